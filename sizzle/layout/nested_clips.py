"""Clips that an editor nested: one item stands in place of several, and their markers stay.

The track is checked as if the clips were still there, so that the nest is all there is to mend.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from sizzle.clips import ClipKey
from sizzle.layout.edits import Edit, Operation, on_item
from sizzle.layout.timeline import Item, ItemKind, Marker
from sizzle.timecode import TimeRange

_NESTS = {ItemKind.NESTED, ItemKind.MULTICAM}


def unfolded(clips: Iterable[Item], markers: Sequence[Marker]) -> list[Item]:
    """The clips of a track, nests in the pieces that markers show."""
    return [piece for item in clips for piece in pieces_of(item, markers)]


def pieces_of(item: Item, markers: Sequence[Marker]) -> list[Item]:
    """What stands in a nest: a piece from each naming marker to the next; else the item itself.

    Args:
        item: of the track.
        markers: of the sequence, by frame.
    """
    if item.kind not in _NESTS:
        return [item]
    first = bisect_right(markers, item.record.start, key=lambda marker: marker.frame)
    last = bisect_left(markers, item.record.end, key=lambda marker: marker.frame)
    named = (marker.frame for marker in markers[first:last] if ClipKey.parse(marker.name))
    cuts = sorted({item.record.start, *named, item.record.end})
    if len(cuts) == 2:
        return [item]
    records = (TimeRange(start, end) for start, end in pairwise(cuts))
    return [replace(item, record=record, source_in=None) for record in records]


def unnesting(item: Item, pieces: Iterable[Item]) -> Iterator[Edit]:
    """The edits that put a nest's clips in its place."""
    yield on_item(Operation.REMOVE_CLIP, item, item.record.duration)
    for piece in pieces:
        yield on_item(Operation.INSERT_CLIP, piece, after=piece.record.duration)
