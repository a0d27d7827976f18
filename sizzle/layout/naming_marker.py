"""Markers that name clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sizzle.clips import ClipKey
from sizzle.layout.timeline import Marker


@dataclass(frozen=True, slots=True)
class NamingMarker:
    """A marker whose name is a clip's key."""

    frame: int
    key: ClipKey


def naming_markers(markers: Sequence[Marker]) -> list[NamingMarker]:
    """Those whose names are keys, by frame."""
    keyed = ((marker.frame, ClipKey.parse(marker.name)) for marker in markers)
    named = (NamingMarker(frame, key) for frame, key in keyed if key)
    return sorted(named, key=lambda name: name.frame)


def contradicts(titles: frozenset[str], name: NamingMarker) -> bool:
    """Whether a clip is named after other titles than a marker's."""
    return bool(titles) and name.key.title_id not in titles
