"""Which rate an EDL counts by, where its lengths show that another one was given.

An EDL does not hold its rate, and its frame numbers may be valid at several. But 160 frames of 24 a
second are 6 seconds and 16 frames, which at 25 would be 166.
"""

from __future__ import annotations

from collections.abc import Callable

from sizzle.layout import Finding, ItemKind, Layout, Timeline, rules
from sizzle.layout.edits import EXPORT_TIMELINE

_COUNTS = (24, 25, 30, 48, 50, 60)  # frames a second
_USUAL = {24: "23.976", 30: "29.97", 48: "47.952", 60: "59.94"}
_MOST = 0.9  # of the clips: others may be wrong


def usual_rate(count: int) -> str:
    """The rate that most sequences with so many frames a second have, as people write it."""
    return _USUAL.get(count, str(count))


def count_above(frame: int) -> int | None:
    """The lowest usual count that has a frame of this number."""
    return next((count for count in _COUNTS if count > frame), None)


def wrong_rate(timeline: Timeline, layout: Layout) -> Finding | None:
    """The finding of an EDL that was read at another rate than its own, else None.

    Its clips have the layout's lengths at another count of frames a second, and not at this one.
    """
    own = timeline.rate.timebase
    if timeline.rate.drop_frame or _fits(timeline, layout, lambda frame: frame) >= 1 - _MOST:
        return None
    for count in (layout.rate.timebase, *_COUNTS):
        if count != own and _fits(timeline, layout, _recounted(own, count)) >= _MOST:
            return rules.RATE.at(
                timeline,
                0,
                expected=f"clips of {layout.describe_run()} frames",
                found=f"these lengths at {count} frames a second; it was read at {timeline.rate}",
                fix=f"give the rate of its sequence, such as --rate {usual_rate(count)}.",
                edits=EXPORT_TIMELINE,
            )
    return None


def _fits(timeline: Timeline, layout: Layout, recount: Callable[[int], int]) -> float:
    """How large a share of the clips has one of the layout's lengths."""
    lengths = set(layout.run)
    records = [
        item.record
        for item in timeline.items
        if item.track == layout.track and item.kind is ItemKind.CLIP
    ]
    fitting = sum(
        recount(timeline.start + record.end) - recount(timeline.start + record.start) in lengths
        for record in records
    )
    return fitting / max(1, len(records))


def _recounted(own: int, count: int) -> Callable[[int], int]:
    """Turns a frame into that of the same timecode at another count."""

    def recount(frame: int) -> int:
        seconds, rest = divmod(frame, own)
        return seconds * count + rest

    return recount
