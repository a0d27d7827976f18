"""Which frames of a cut can be copied, and which have to be encoded (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile

from sizzle.timecode import TimeRange


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a cut's frames that is made in one way."""

    source: TimeRange
    copied: bool


@dataclass(frozen=True, slots=True)
class Stored:
    """A packet of media: the frame that it holds, and whether decoding can start with it."""

    frame: int
    starts: bool


def pieces(source: TimeRange, stored: Iterable[Stored]) -> list[Piece]:
    """Part a cut into what is encoded, copied and encoded, in the order of showing.

    Copied are the packets from the first in the cut that starts decoding anew, as far as they show
    all frames up to some frame and none beyond the cut: a beginning of what is stored never leans
    on what is stored behind it.

    Args:
        source: the cut's frames.
        stored: the media's packets in decoding order, from the cut's start or before to its end.
    """
    inside = dropwhile(lambda each: not (each.starts and source.start <= each.frame), stored)
    first = end = -1
    highest, count = -1, 0
    for each in inside:
        first = each.frame if count == 0 else first
        if not first <= each.frame < source.end:
            break
        highest, count = max(highest, each.frame), count + 1
        if highest - first + 1 == count:
            end = highest + 1
    if end < 0:
        return [Piece(source, copied=False)]
    around = ((source.start, first, False), (first, end, True), (end, source.end, False))
    return [Piece(TimeRange(a, b), copied) for a, b, copied in around if a < b]
