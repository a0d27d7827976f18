"""Names what is wrong with a film's frames as an editor would."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Literal

from player_stub.verify.alignment import Difference, SourceFrame, differences
from sizzle.reel.timecode_list import CutEntry, TimecodeList

Kind = Literal[
    "missing",  # frames that are not shown
    "duplicated",  # frames shown again
    "extra",  # frames that belong nowhere there
    "swapped",  # the right frames in the wrong order
    "early",  # a whole cut, a few frames too early in the clip
    "late",  # a whole cut, a few frames too late in the clip
    "wrong clip",  # another clip instead of a cut
    "unrecognised",  # frames that are not found in the media
    "wrong",  # anything else
]
_LISTED = 6


@dataclass(frozen=True, slots=True)
class FrameFault:
    """One thing wrong with the picture.

    Attributes:
        kind: its name.
        record_frame: the reel's frame where it begins.
        timecode: of that frame, in the reel.
        clip_key: of the cut that plays there.
        frames: how many are affected.
        expected: the source frames that the timecode list names.
        found: the source frames that the film shows.
    """

    kind: Kind
    record_frame: int
    timecode: str
    clip_key: str
    frames: int
    expected: str
    found: str

    def __str__(self) -> str:
        return (
            f"{self.kind} at record frame {self.record_frame} ({self.timecode}, {self.clip_key}): "
            f"expected {self.expected}, found {self.found}"
        )


def find_faults(reel: TimecodeList, found: Sequence[SourceFrame]) -> list[FrameFault]:
    """All faults, in the order of the reel.

    Args:
        reel: which source frame belongs where.
        found: the source frame that each frame of the film shows, in order.
    """
    cuts, expected = _Cuts(reel), reel.source_frames()
    moves = _paired(list(differences(expected, found)), partial(_move, expected, found))
    slips = _paired(list(_by_cut(moves, cuts)), partial(_slip, cuts, found))
    return [_fault(slip, found, cuts) for slip in slips]


class _Cuts:
    """Finds cuts by record and by source frame."""

    def __init__(self, reel: TimecodeList) -> None:
        self._cuts = reel.cuts
        self._starts = [cut.record.start.frame for cut in reel.cuts]
        self._rate = reel.rate.to_frame_rate()

    def at(self, record: int) -> CutEntry:
        """The cut that plays at a record frame; past the end, the last one."""
        return self._cuts[max(0, bisect_right(self._starts, record) - 1)]

    def timecode(self, record: int) -> str:
        """SMPTE text of a record frame."""
        return self._rate.timecode(record)

    def from_source(self, frames: Sequence[SourceFrame]) -> str:
        """The key of the reel's clip that all these source frames belong to, or an empty text."""
        for cut in self._cuts:
            source = range(cut.source.start.frame, cut.source.stop.frame)
            if all(frame in source for frame in frames):
                return cut.clip_key
        return ""


def _paired(
    found: Sequence[Difference], join: Callable[[Difference, Difference], Difference | None]
) -> Iterator[Difference]:
    """The differences, with neighbours merged where they are two sides of one fault."""
    rest = list(reversed(found))
    while rest:
        first = rest.pop()
        joined = join(first, rest[-1]) if rest else None
        if joined is not None:
            rest.pop()
        yield joined or first


def _move(
    expected: Sequence[int], found: Sequence[SourceFrame], head: Difference, tail: Difference
) -> Difference | None:
    """Frames that one difference lacks and the other has were only moved."""
    if Counter(head.expected + tail.expected) != Counter(head.found + tail.found):
        return None
    wanted = tuple(expected[head.record : tail.record + len(tail.expected)])
    shown = tuple(found[head.film : tail.film + len(tail.found)])
    return Difference(head.record, head.film, wanted, shown)


def _by_cut(found: Iterable[Difference], cuts: _Cuts) -> Iterator[Difference]:
    """Differences that keep time, cut by cut: two wrong cuts in a row are two faults."""
    for difference in found:
        rest = difference
        while (
            rest.keeps_time and not _is_swap(difference) and rest.end > _end(cuts.at(rest.record))
        ):
            here = _end(cuts.at(rest.record)) - rest.record
            yield Difference(rest.record, rest.film, rest.expected[:here], rest.found[:here])
            rest = Difference(
                rest.record + here, rest.film + here, rest.expected[here:], rest.found[here:]
            )
        yield rest


def _slip(
    cuts: _Cuts, found: Sequence[SourceFrame], head: Difference, tail: Difference
) -> Difference | None:
    """A frame too many at one end of a cut and one too few at the other: the whole cut is off."""
    cut = cuts.at(head.record)
    start, end = cut.record.start.frame, _end(cut)
    # Of two equal frames either is the repeated one: after the cut's end counts as at its end.
    again = not tail.expected and tail.end - len(tail.found) == end
    at_edges = head.record == start and (tail.end == end or again)
    evened_out = len(head.found) - len(head.expected) == len(tail.expected) - len(tail.found)
    if not (at_edges and evened_out):
        return None
    expected = tuple(range(cut.source.start.frame, cut.source.stop.frame))
    whole = Difference(start, head.film, expected, tuple(found[head.film :][: end - start]))
    return whole if _shift(whole) else None


def _shift(difference: Difference) -> int:
    """By how many source frames all of it is off; 0 where that differs within it."""
    if not difference.keeps_time or None in difference.found:
        return 0
    pairs = zip(difference.expected, difference.found, strict=True)
    shifts = {frame - wanted for wanted, frame in pairs if frame is not None}
    return shifts.pop() if len(shifts) == 1 else 0


def _fault(difference: Difference, found: Sequence[SourceFrame], cuts: _Cuts) -> FrameFault:
    kind = _kind(difference, found, cuts.at(difference.record))
    # A duplicate follows the frame that it repeats, which may be the last of the cut before.
    record = difference.record - (kind == "duplicated" and not difference.expected)
    clip = cuts.from_source(difference.found) if kind == "wrong clip" else ""
    return FrameFault(
        kind=kind,
        record_frame=record,
        timecode=cuts.timecode(record),
        clip_key=cuts.at(record).clip_key,
        frames=max(len(difference.expected), len(difference.found)),
        expected=_format(difference.expected),
        found=_format(difference.found) + (f" of {clip}" if clip else ""),
    )


def _kind(difference: Difference, found: Sequence[SourceFrame], cut: CutEntry) -> Kind:
    if not difference.found:
        return "missing"
    if None in difference.found:
        return "unrecognised"
    if shift := _shift_of_cut(difference, cut):
        return _kind_of_shift(shift, cut)
    if _is_of_another(difference, cut):
        return "wrong clip"
    if _repeats_a_neighbour(difference, found):
        return "duplicated"
    if not difference.expected:
        return "extra"
    return "swapped" if _is_swap(difference) else "wrong"


def _is_swap(difference: Difference) -> bool:
    return Counter(difference.expected) == Counter(difference.found)


def _shift_of_cut(difference: Difference, cut: CutEntry) -> int:
    whole = len(difference.expected) == cut.record.to_time_range().duration
    return _shift(difference) if whole else 0


def _kind_of_shift(shift: int, cut: CutEntry) -> Kind:
    if abs(shift) >= cut.record.to_time_range().duration:
        return "wrong clip"
    return "early" if shift < 0 else "late"


def _is_of_another(difference: Difference, cut: CutEntry) -> bool:
    """Whether a whole cut shows nothing of its clip."""
    own = range(cut.source.start.frame, cut.source.stop.frame)
    whole = len(difference.expected) == len(own) and difference.keeps_time
    return whole and not any(frame in own for frame in difference.found)


def _repeats_a_neighbour(difference: Difference, found: Sequence[SourceFrame]) -> bool:
    """Whether it repeats what the film shows right before or right after it."""
    start, length = difference.film, len(difference.found)
    before = tuple(found[max(0, start - length) : start])
    behind = tuple(found[start + length : start + 2 * length])
    frozen = {*found[max(0, start - 1) : start]} == {*difference.found}
    return difference.found in (before, behind) or frozen


def _end(cut: CutEntry) -> int:
    return cut.record.stop.frame


def _format(frames: Sequence[SourceFrame]) -> str:
    """`7`, `[7, 12)` or `9, [7, 9)`."""
    if not frames:
        return "nothing"
    if {*frames} == {None}:
        return "nothing in the media"
    # Consecutive frames share the difference of frame and index.
    runs = groupby(enumerate(frames), key=_difference)
    formatted = [_format_run([frame for _, frame in run]) for _, run in runs]
    return ", ".join(formatted[:_LISTED]) + (", ..." if len(formatted) > _LISTED else "")


def _difference(indexed: tuple[int, SourceFrame]) -> SourceFrame:
    index, frame = indexed
    return None if frame is None else frame - index


def _format_run(run: Sequence[SourceFrame]) -> str:
    if run[0] is None or len(run) == 1:
        return str(run[0]).lower()
    return f"[{run[0]}, {run[0] + len(run)})"
