"""Lay cuts out one after the other, with the markers and names that an editor would set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby

from sizzle.clips import ClipKey, Title
from sizzle.layout import FrameSize, Item, ItemKind, Layout, Marker, Severity, Timeline, check
from sizzle.mega import findings
from sizzle.mega.cuts import SourceCut
from sizzle.mega.findings import SheetFinding
from sizzle.mega.sheet import SheetRow
from sizzle.timecode import TimeRange


def name_titles(rows: Iterable[SheetRow]) -> tuple[list[Title], list[SheetFinding]]:
    """Each title with the name that its rows give, else its id; and findings on titles with two."""
    names: dict[str, dict[str, int]] = {}
    for row in rows:
        spellings = names.setdefault(row.title_id, {})
        if row.name:
            spellings.setdefault(row.name, row.line)
    titles = [
        Title(title_id, next(iter(spellings), title_id)) for title_id, spellings in names.items()
    ]
    return titles, [
        _differs(title_id, spellings) for title_id, spellings in names.items() if len(spellings) > 1
    ]


def lay_out(
    name: str,
    cuts: Sequence[SourceCut],
    titles: Iterable[Title],
    layout: Layout,
    picture: FrameSize,
) -> Timeline:
    """The timeline of cuts in their order.

    A marker at each clip's first frame says its key, and its comment the title's name. The clip
    itself is called by its key too, unless its row says another name.
    """
    names = {title.title_id: title.name for title in titles}
    keys = number(cuts)
    records = _records(cuts)
    return Timeline(
        name,
        layout.rate,
        layout.start,
        tuple(
            Item(
                ItemKind.CLIP,
                cut.row.clip or str(key),
                layout.track,
                record,
                cut.frames.start,
                media=cut.source.url,
            )
            for cut, key, record in zip(cuts, keys, records, strict=True)
        ),
        tuple(
            Marker(str(key), record.start, names[key.title_id])
            for key, record in zip(keys, records, strict=True)
        ),
        picture,
    )


def number(cuts: Iterable[SourceCut]) -> list[ClipKey]:
    """The key of each cut, numbered from 1 within its title."""
    return [
        ClipKey(title_id, clip_number)
        for title_id, own in groupby(cuts, key=lambda cut: cut.row.title_id)
        for clip_number, _ in enumerate(own, start=1)
    ]


def prove(timeline: Timeline, cuts: Sequence[SourceCut], layout: Layout) -> list[SheetFinding]:
    """The findings of `sizzle validate` on a timeline, at the rows it was built from."""
    cut_at = {item.record.start: cut for item, cut in zip(timeline.items, cuts, strict=True)}
    return [
        SheetFinding.of(
            findings.BREAKS_LAYOUT,
            [cut_at[finding.frame].row.line] if finding.frame in cut_at else [],
            title_id=cut_at[finding.frame].row.title_id if finding.frame in cut_at else "",
            expected=finding.expected,
            found=f"{finding.rule}: {finding.found}",
            fix=finding.fix,
        )
        for finding in check(timeline, layout).findings
        if finding.severity is Severity.ERROR
    ]


def _records(cuts: Iterable[SourceCut]) -> list[TimeRange]:
    ends = accumulate(cut.row.length for cut in cuts)
    return [TimeRange(end - cut.row.length, end) for cut, end in zip(cuts, ends, strict=True)]


def _differs(title_id: str, spellings: dict[str, int]) -> SheetFinding:
    return SheetFinding.of(
        findings.NAME_DIFFERS,
        spellings.values(),
        title_id=title_id,
        expected=f"{next(iter(spellings))!r} in all rows",
        found=" and ".join(map(repr, spellings)),
        fix="give the title's name once, or the same in all its rows.",
    )
