"""Markers that are off their cuts by the same, from one clip on: one edit left them behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sizzle.clips import ClipKey
from sizzle.layout.timeline import Item


@dataclass(frozen=True, slots=True)
class NamingMarker:
    """A marker whose name is a clip's key."""

    frame: int
    key: ClipKey


@dataclass(frozen=True, slots=True)
class MovedMarkers:
    """Markers of neighbouring clips that are off by the same.

    Attributes:
        frames: how far they are after their cuts; negative where they are before.
        pairs: each marker with its clip, in timeline order.
    """

    frames: int
    pairs: tuple[tuple[NamingMarker, Item], ...]


def find_moved(names: Sequence[NamingMarker], clips: Sequence[Item]) -> list[MovedMarkers]:
    """Find the runs of two or more, where each clip has its marker and all are in order.

    Args:
        names: the markers, by frame.
        clips: of the track, by start.
    """
    if len(names) != len(clips) or len({name.key for name in names}) != len(names):
        return []
    pairs = zip(names, clips, strict=True)
    runs = groupby(pairs, key=lambda pair: pair[0].frame - pair[1].record.start)
    moved = [MovedMarkers(frames, tuple(run)) for frames, run in runs if frames]
    return [run for run in moved if len(run.pairs) > 1]
