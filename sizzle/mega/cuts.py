"""From rows to cuts: each with its source and the exact range of its frames."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import starmap
from operator import attrgetter
from pathlib import Path

from sizzle.errors import MediaError, TimecodeError
from sizzle.layout import Layout
from sizzle.layout.shared_frames import find_shared
from sizzle.mega import findings
from sizzle.mega.findings import SheetFinding
from sizzle.mega.sheet import SheetRow
from sizzle.mega.source import Source, probe
from sizzle.mega.source_checks import check_sources
from sizzle.timecode import TimeRange

_FRAME = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SourceCut:
    """A row with the frames of its source that it shows."""

    row: SheetRow
    source: Source
    frames: TimeRange


def find_cuts(
    rows: Sequence[SheetRow], folder: Path, layout: Layout, *, conform: bool
) -> tuple[list[SourceCut], list[SheetFinding]]:
    """The cuts of the rows that can be used, and what is wrong with the others.

    A fault of a source is one finding for all rows that use it.

    Args:
        rows: of a sheet.
        folder: that relative paths start from.
        layout: says the rate.
        conform: whether sources may run at another rate; each of their frames is then played as
            one frame of the layout's rate.
    """
    by_path: dict[Path, list[SheetRow]] = defaultdict(list)
    for row in rows:
        by_path[(folder / row.source).resolve()].append(row)
    used: list[tuple[Source, list[SheetRow]]] = []
    wrong = []
    for path, own in by_path.items():
        try:
            used.append((probe(path), own))
        except MediaError as error:
            wrong.append(_unusable(error, own))
    placed = [_place(row, source) for source, own in used for row in own]
    cuts = [item for item in placed if isinstance(item, SourceCut)]
    wrong += [item for item in placed if isinstance(item, SheetFinding)]
    return cuts, [*wrong, *check_sources(used, layout, conform), *_check_shared_frames(cuts)]


def _unusable(error: MediaError, rows: Sequence[SheetRow]) -> SheetFinding:
    return SheetFinding.of(
        findings.SOURCE,
        [row.line for row in rows],
        expected="a readable video file",
        found=f"{rows[0].source}: {error.what}",
        fix=error.fix,
    )


def _place(row: SheetRow, source: Source) -> SourceCut | SheetFinding:
    try:
        start = _in_point(row, source)
    except TimecodeError as error:
        return _no_in_point(row, error.what, error.fix)
    if start < 0:
        what = f"{row.in_point}, before its start at {source.spell(0)}"
        return _no_in_point(row, what, "use the source's own timecode, or a frame number from 0.")
    cut = SourceCut(row, source, TimeRange.of(start, row.length))
    return cut if cut.frames.end <= source.frames else _past_end(cut)


def _in_point(row: SheetRow, source: Source) -> int:
    """Where a row's clip begins, in frames from the source's first.

    A whole number is a frame. Timecode is what the source's own says, as an editor's screen shows
    it: counted from its start timecode, or from zero where it has none.
    """
    if _FRAME.fullmatch(row.in_point):
        return int(row.in_point)
    if source.start is None:
        as_written = replace(source.rate, drop_frame=";" in row.in_point)
        return as_written.parse_timecode(row.in_point)
    return source.rate.parse_timecode(row.in_point) - source.start


def _no_in_point(row: SheetRow, found: str, fix: str) -> SheetFinding:
    return SheetFinding.of(
        findings.IN_POINT,
        [row.line],
        title_id=row.title_id,
        expected=f"a frame of {row.source}",
        found=found,
        fix=fix,
    )


def _past_end(cut: SourceCut) -> SheetFinding:
    row, source = cut.row, cut.source
    latest = source.frames - row.length
    return SheetFinding.of(
        findings.PAST_END,
        [row.line],
        title_id=row.title_id,
        expected=f"an end by {source.spell(source.frames)}, where {row.source} ends",
        found=f"{row.length} frames from {source.spell(cut.frames.start)}",
        fix=f"start at {source.spell(latest)} or earlier." if latest >= 0 else "use a longer file.",
    )


def _check_shared_frames(cuts: Iterable[SourceCut]) -> Iterator[SheetFinding]:
    """Find frames of a source that a title uses in two clips."""
    together: dict[tuple[str, Path], list[SourceCut]] = defaultdict(list)
    for cut in cuts:
        together[cut.row.title_id, cut.source.path].append(cut)
    for own in together.values():
        shared = find_shared(own, attrgetter("frames"))
        yield from map(_duplicates, shared.alike)
        yield from starmap(_overlap, shared.overlaps)


def _duplicates(cuts: Sequence[SourceCut]) -> SheetFinding:
    row, source = cuts[0].row, cuts[0].source
    return SheetFinding.of(
        findings.DUPLICATE_ROW,
        [cut.row.line for cut in cuts],
        title_id=row.title_id,
        expected="different frames in each clip",
        found=f"{len(cuts)} times {row.length} frames from {source.spell(cuts[0].frames.start)}",
        fix=f"move the in points of all but one, or remove {'them' if len(cuts) > 2 else 'it'}.",
    )


def _overlap(one: SourceCut, other: SourceCut) -> SheetFinding:
    shared = min(one.frames.end, other.frames.end) - other.frames.start
    return SheetFinding.of(
        findings.OVERLAP,
        [one.row.line, other.row.line],
        title_id=one.row.title_id,
        expected="different frames in each clip",
        found=f"{shared} frames in both, from {one.source.spell(other.frames.start)}",
        fix="move one of the two, unless this is intended.",
    )
