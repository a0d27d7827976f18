"""Which parts of a timeline are shown in detail, and which findings are listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import median_low

from sizzle.layout import Finding, ItemKind, Timeline
from sizzle.timecode import TimeRange

_ITEM_WIDTH = 34  # pixels of a typical item: enough for its number
_FEW_ROWS = 4  # timelines of so many rows are shown whole


@dataclass(frozen=True, slots=True)
class Numbered:
    """A finding and its number in the picture, counted from 1 in timeline order."""

    number: int
    finding: Finding


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the timeline: one row in detail, or any length of it summed up in a strip."""

    frames: TimeRange
    in_detail: bool


def listed(findings: Sequence[Finding], most: int) -> list[Numbered]:
    """The findings that are listed: all, or where they are too many as many of each rule as fit."""
    counts = Counter(finding.rule for finding in findings)
    share = next(
        share
        for share in range(most, -1, -1)
        if sum(min(count, share) for count in counts.values()) <= most
    )
    taken: Counter[str] = Counter()
    chosen = []
    for number, finding in enumerate(findings, start=1):
        taken[finding.rule] += 1
        if taken[finding.rule] <= share:
            chosen.append(Numbered(number, finding))
    return chosen


def end_of(timeline: Timeline, findings: Sequence[Finding]) -> int:
    """The frame where the picture ends: past every item, and every finding beyond them."""
    return max(timeline.duration, *(finding.frame + 1 for finding in findings), 1)


def row_length(timeline: Timeline, end: int, width: int) -> int:
    """How many frames a row of `width` pixels holds, so that a typical item shows its number.

    Rows are of one length, and never so few that the last one is nearly empty.
    """
    lengths = [
        item.record.duration for item in timeline.items if item.kind is not ItemKind.TRANSITION
    ]
    typical = median_low(lengths) if lengths else timeline.rate.timebase
    longest = width * typical // _ITEM_WIDTH or 1
    count = -(-end // (longest + longest // 2))
    return -(-end // count)


def worth_detail(length: int, end: int, frames: Collection[int]) -> list[TimeRange]:
    """The rows that hold one of the frames; all of them where they are few."""
    count = -(-end // length)
    wanted = range(count) if count <= _FEW_ROWS else sorted({frame // length for frame in frames})
    return [TimeRange(row * length, min((row + 1) * length, end)) for row in wanted]


def stretches(detailed: Iterable[TimeRange], end: int) -> list[Stretch]:
    """The whole timeline: some rows in detail, in order, and what lies between them summed up."""
    shown: list[Stretch] = []
    at = 0
    for row in (*detailed, TimeRange(end, end)):
        if at < row.start:
            shown.append(Stretch(TimeRange(at, row.start), in_detail=False))
        if row.duration:
            shown.append(Stretch(row, in_detail=True))
        at = row.end
    return shown
