"""Lay cuts out one after the other, with the markers and names that an editor would set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, groupby

from sizzle.clips import ClipKey, Title
from sizzle.layout import Item, ItemKind, Layout, Marker, Picture, Timeline, check
from sizzle.mega import findings
from sizzle.mega.cuts import Cut
from sizzle.mega.findings import SheetFinding
from sizzle.mega.sheet import Row
from sizzle.timecode import TimeRange


def name_titles(rows: Iterable[Row]) -> tuple[list[Title], list[SheetFinding]]:
    """Each title with the name that any of its rows says, else its id; and who says two."""
    names: dict[str, dict[str, int]] = {}
    for row in rows:
        said = names.setdefault(row.title_id, {})
        if row.name:
            said.setdefault(row.name, row.line)
    titles = [Title(title_id, next(iter(said), title_id)) for title_id, said in names.items()]
    return titles, [_differs(title_id, said) for title_id, said in names.items() if len(said) > 1]


def lay_out(
    name: str, cuts: Sequence[Cut], titles: Iterable[Title], layout: Layout, picture: Picture
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


def number(cuts: Iterable[Cut]) -> list[ClipKey]:
    """The key of each cut, numbered from 1 within its title."""
    return [
        ClipKey(title_id, place)
        for title_id, own in groupby(cuts, key=lambda cut: cut.row.title_id)
        for place, _ in enumerate(own, start=1)
    ]


def prove(timeline: Timeline, cuts: Sequence[Cut], layout: Layout) -> list[SheetFinding]:
    """What `sizzle validate` would say of a timeline, at the rows that it comes from."""
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
    ]


def _records(cuts: Iterable[Cut]) -> list[TimeRange]:
    ends = accumulate(cut.row.length for cut in cuts)
    return [TimeRange(end - cut.row.length, end) for cut, end in zip(cuts, ends, strict=True)]


def _differs(title_id: str, said: dict[str, int]) -> SheetFinding:
    return SheetFinding.of(
        findings.NAME_DIFFERS,
        said.values(),
        title_id=title_id,
        expected=f"{next(iter(said))!r} throughout",
        found=" and ".join(map(repr, said)),
        fix="say the title's name once, or the same in all its rows.",
    )
