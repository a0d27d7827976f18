"""Pair markers with clips, though some are missing, too many, or left behind by an edit.

They are aligned by where they are; where a whole title is lost, also by what clips are named after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sizzle.layout.marker_alignment import MarkerAlignment, have_twins
from sizzle.layout.named_media import titles_in_names
from sizzle.layout.naming_marker import NamingMarker, contradicts
from sizzle.layout.timeline import Item

_MARGIN = 40  # clips at either end of what is searched that need no search by themselves
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which marker names which clip.

    Attributes:
        markers: of each clip, or None.
        strays: the markers that name no clip, by frame.
    """

    markers: tuple[NamingMarker | None, ...]
    strays: tuple[NamingMarker, ...]


def pair(names: Sequence[NamingMarker], clips: Sequence[Item], run: Sequence[int]) -> Pairing:
    """Pair markers with clips at the least cost.

    Args:
        names: by frame.
        clips: of the track, by start.
        run: the lengths of a title's clips, or empty where titles may differ.
    """
    if [name.frame for name in names] == [item.record.start for item in clips]:
        return Pairing(tuple(names), ())
    pairing = _aligned(names, clips, [_NOTHING] * len(clips), run)
    if len(pairing.strays) < max(1, len(run)):
        return pairing
    # Where a whole title is lost, markers may stand on the cuts of other titles' clips.
    titles = titles_in_names(clips, {name.key.title_id for name in names})
    by_name = _without_strangers(names, clips, titles, run)
    better = _contradictions(by_name, titles) < _contradictions(pairing, titles)
    return by_name if better and len(by_name.strays) <= len(pairing.strays) else pairing


def _without_strangers(
    names: Sequence[NamingMarker],
    clips: Sequence[Item],
    titles: Sequence[frozenset[str]],
    run: Sequence[int],
) -> Pairing:
    """A pairing by what clips are named after.

    Of several markers on a clip's first frame those of other titles are left out, where there is
    one of the clip's.
    """
    named = dict(zip((item.record.start for item in clips), titles, strict=True))
    right = {name.frame for name in names if name.key.title_id in named.get(name.frame, _NOTHING)}
    strangers = [
        name for name in names if name.frame in right and contradicts(named[name.frame], name)
    ]
    apart = set(map(id, strangers))
    left = [name for name in names if id(name) not in apart]
    pairing = _aligned(left, clips, titles, run)
    strays = sorted([*pairing.strays, *strangers], key=lambda name: name.frame)
    return Pairing(pairing.markers, tuple(strays))


def _contradictions(pairing: Pairing, titles: Sequence[frozenset[str]]) -> int:
    """How many clips are named after other titles than their markers."""
    pairs = zip(titles, pairing.markers, strict=True)
    return sum(name is not None and contradicts(each, name) for each, name in pairs)


def _aligned(
    names: Sequence[NamingMarker],
    clips: Sequence[Item],
    titles: Sequence[frozenset[str]],
    run: Sequence[int],
) -> Pairing:
    """The pairing at the least cost; where no titles are given, names cost nothing."""
    ends = _clear_ends(names, clips, titles)
    middle = slice(ends.first, len(names) - ends.last)
    between = slice(ends.first, len(clips) - ends.last)
    goal = ends.shift if ends.last else None
    chosen = MarkerAlignment(names[middle], clips[between], titles[between], run, goal).best()
    indexes = [
        *range(ends.first),
        *(None if index is None else ends.first + index for index in chosen),
        *range(len(names) - ends.last, len(names)),
    ]
    paired = set(indexes)
    return Pairing(
        tuple(None if index is None else names[index] for index in indexes),
        tuple(name for index, name in enumerate(names) if index not in paired),
    )


@dataclass(frozen=True, slots=True)
class _ClearEnds:
    """How many clips at either end need no search.

    Attributes:
        first: those at the start have their markers on their first frames.
        last: those at the end have their markers all off by the same.
        shift: by how much.
    """

    first: int
    last: int
    shift: int


def _clear_ends(
    names: Sequence[NamingMarker], clips: Sequence[Item], titles: Sequence[frozenset[str]]
) -> _ClearEnds:
    """The ends of a timeline that an edit in its middle left as they were."""
    copies = have_twins(clips)
    most = min(len(names), len(clips))

    def is_clear(index: int, shift: int) -> bool:
        own = not copies[index] and not contradicts(titles[index], names[index])
        return own and _shift(names, clips, index) == shift

    first = 0
    while first < most and is_clear(first, 0):
        first += 1
    shift = _shift(names, clips, -1) if most else 0
    last = 0
    while last < most - first and is_clear(-1 - last, shift):
        last += 1
    return _ClearEnds(max(0, first - _MARGIN), max(0, last - _MARGIN), shift)


def _shift(names: Sequence[NamingMarker], clips: Sequence[Item], index: int) -> int:
    return names[index].frame - clips[index].record.start
