"""Splits cuts into parts that can be copied, and parts that must be encoded (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile

from sizzle.timecode import TimeRange


@dataclass(frozen=True, slots=True)
class CutPart:
    """A run of a cut's frames that are all copied, or all encoded."""

    source: TimeRange
    copied: bool


@dataclass(frozen=True, slots=True)
class StoredFrame:
    """A packet of the media: the frame that it holds, and whether decoding can start there."""

    frame: int
    starts: bool


def split_cut(source: TimeRange, stored: Iterable[StoredFrame]) -> list[CutPart]:
    """Split a cut into up to three parts in display order: encoded, copied, encoded.

    Copied are the packets from the first one in the cut where decoding can start, up to the last at
    which they show every frame so far and none beyond the cut. Packets never depend on later ones
    in decoding order, so such a run decodes by itself.

    Args:
        source: the cut's frames.
        stored: the media's packets in decoding order, from the cut's start or before it to its end.
    """
    inside = dropwhile(lambda packet: not (packet.starts and source.start <= packet.frame), stored)
    first = end = -1
    highest, count = -1, 0
    for packet in inside:
        first = packet.frame if count == 0 else first
        if not first <= packet.frame < source.end:
            break
        highest, count = max(highest, packet.frame), count + 1
        if highest - first + 1 == count:
            end = highest + 1
    if end < 0:
        return [CutPart(source, copied=False)]
    around = ((source.start, first, False), (first, end, True), (end, source.end, False))
    return [CutPart(TimeRange(a, b), copied) for a, b, copied in around if a < b]
