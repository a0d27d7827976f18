"""Pair markers with clips, though some are missing, too many, or left behind by an edit.

Both are in timeline order, so this is an alignment of two sequences. A marker that is off its
clip's first frame by as much as the one before it costs nothing: where an edit moves clips and not
markers, all that follow are off by the same, and that is one change. What costs is each change of
that shift, each clip without a marker, and each marker without a clip.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from sizzle.clips import ClipKey
from sizzle.layout.named_media import titles_in_names
from sizzle.layout.timeline import Item, Marker, frames_shown

_NEW_SHIFT = 7
_UNMARKED, _NEXT_UNMARKED = 12, 4
_STRAY, _NEXT_STRAY = 12, 4
_ORPHAN = 6  # markers where no clip is
_COPY, _NEXT_COPY = 4, 2  # an unmarked clip whose frames another clip shows as well
_MARKED_COPY = 2
_PASSED_OVER = 4  # an unmarked clip though a marker stands on its first frame
_WRONG_ORDER = 8  # a marker whose number does not go on from the one before it in its title
_OTHER_MEDIA = 3  # a clip of another file than the one before it, though of the same title
_OTHER_NAME = 10  # a clip that is named after another title than its marker's
_WRONG_LENGTH = 8  # a clip that is not as long as the layout has it for its marker's number

# The dearest and the most states that are followed beside the cheapest one.
_DEAREST = 80
_MOST = 16
_MARGIN = 40  # clips at either end of what is searched that need no search by themselves
_MOST_SKIPPED = 4  # neighbouring markers that may be strays, beside those of whole titles


_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NamingMarker:
    """A marker whose name is a clip's key."""

    frame: int
    key: ClipKey


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which marker names which clip.

    Attributes:
        markers: of each clip, or None.
        strays: the markers that name no clip, by frame.
    """

    markers: tuple[NamingMarker | None, ...]
    strays: tuple[NamingMarker, ...]


def naming_markers(markers: Sequence[Marker]) -> list[NamingMarker]:
    """Those whose names are keys, by frame."""
    keyed = ((marker.frame, ClipKey.parse(marker.name)) for marker in markers)
    named = (NamingMarker(frame, key) for frame, key in keyed if key)
    return sorted(named, key=lambda name: name.frame)


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
        name for name in names if name.frame in right and _contradicts(named[name.frame], name)
    ]
    apart = set(map(id, strangers))
    left = [name for name in names if id(name) not in apart]
    pairing = _aligned(left, clips, titles, run)
    strays = sorted([*pairing.strays, *strangers], key=lambda name: name.frame)
    return Pairing(pairing.markers, tuple(strays))


def _contradictions(pairing: Pairing, titles: Sequence[frozenset[str]]) -> int:
    """How many clips are named after other titles than their markers."""
    pairs = zip(titles, pairing.markers, strict=True)
    return sum(name is not None and _contradicts(each, name) for each, name in pairs)


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
    chosen = _Alignment(names[middle], clips[between], titles[between], run, goal).best()
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
    copies = _have_twins(clips)
    most = min(len(names), len(clips))

    def is_clear(index: int, shift: int) -> bool:
        own = not copies[index] and not _contradicts(titles[index], names[index])
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


def _contradicts(titles: frozenset[str], name: NamingMarker) -> bool:
    """Whether a clip is named after other titles than a marker's."""
    return bool(titles) and name.key.title_id not in titles


@dataclass(frozen=True, slots=True)
class _State:
    """How far an alignment has come.

    Attributes:
        used: how many markers lie behind it.
        shift: how far the last marker was after its clip's start.
        unmarked: 1 after a clip without a marker, 2 after a copy without one.
    """

    used: int = 0
    shift: int = 0
    unmarked: int = 0


# The state before, and the marker that the clip was given.
_Step = tuple[_State, int | None]


class _Alignment:
    """The search, clip by clip, through the cheapest states."""

    def __init__(
        self,
        names: Sequence[NamingMarker],
        clips: Sequence[Item],
        titles: Sequence[frozenset[str]],
        run: Sequence[int],
        goal: int | None,
    ) -> None:
        """Prepare a search that ends at a shift, where what lies behind it is off by that."""
        self._named_after = titles
        self._goal = goal
        self._names = names
        self._clips = clips
        self._run = run
        self._frames = [name.frame for name in names]
        # The first of the markers at each frame.
        self._at = {frame: index for index, frame in reversed(list(enumerate(self._frames)))}
        self._copies = _have_twins(clips)
        holders = list(_holders(names, clips))
        # Markers in a copy are those of clips that it covers.
        alone = (at is not None and not self._copies[at] for at in holders)
        self._inside = list(accumulate(alone, initial=0))
        self._titles = [index for index, name in enumerate(names) if name.key.number == 1]

    def best(self) -> list[int | None]:
        """The marker of each clip."""
        costs = {_State(): 0}
        steps: list[dict[_State, _Step]] = []
        for position in range(len(self._clips)):
            costs, came_from = self._advance(costs, position)
            steps.append(came_from)
        state = min(costs, key=lambda each: costs[each] + self._cost_of_end(each))
        chosen: list[int | None] = []
        for came_from in reversed(steps):
            state, index = came_from[state]
            chosen.append(index)
        return chosen[::-1]

    def _cost_of_end(self, state: _State) -> int:
        shifted = self._goal is not None and state.shift != self._goal
        return self._skipped(state.used, None) + shifted * _NEW_SHIFT

    def _advance(
        self, costs: dict[_State, int], position: int
    ) -> tuple[dict[_State, int], dict[_State, _Step]]:
        reached: dict[_State, int] = {}
        came_from: dict[_State, _Step] = {}
        for before, spent in costs.items():
            for after, cost, index in self._moves(before, position):
                if after not in reached or spent + cost < reached[after]:
                    reached[after] = spent + cost
                    came_from[after] = (before, index)
        limit = min(reached.values()) + _DEAREST
        kept = sorted((cost, number) for number, cost in enumerate(reached.values()))[:_MOST]
        states = list(reached)
        return {states[number]: cost for cost, number in kept if cost <= limit}, came_from

    def _moves(self, before: _State, position: int) -> Iterator[tuple[_State, int, int | None]]:
        """What the clip can be: the state after it, its cost, and its marker."""
        copy = self._copies[position]
        kind = 2 if copy else 1
        first, following = (_COPY, _NEXT_COPY) if copy else (_UNMARKED, _NEXT_UNMARKED)
        item = self._clips[position]
        cost = following if before.unmarked == kind else first
        cost += (self._at.get(item.record.start, -1) >= before.used) * _PASSED_OVER
        yield _State(before.used, before.shift, kind), cost, None
        for index in self._candidates(before, item):
            name = self._names[index]
            shift = name.frame - item.record.start
            cost = self._skipped(before.used, index) + (shift != before.shift) * _NEW_SHIFT
            cost += copy * _MARKED_COPY + self._misfits(name, item) * _WRONG_LENGTH
            cost += self._is_foreign(before, name, position) * _OTHER_MEDIA
            cost += self._goes_back(before.used - 1, name) * _WRONG_ORDER
            cost += _contradicts(self._named_after[position], name) * _OTHER_NAME
            yield _State(index + 1, shift), cost, index

    def _candidates(self, before: _State, item: Item) -> set[int]:
        """The markers that may be the clip's: the next, those where they should be, or nearby."""
        start = item.record.start
        exact = (self._at.get(start + before.shift), self._at.get(start))
        found = {index for index in exact if index is not None and index >= before.used}
        # One clip or a few may be gone, or a whole title.
        found |= set(range(before.used, min(before.used + _MOST_SKIPPED, len(self._names))))
        title = bisect_left(self._titles, before.used)
        found |= set(self._titles[title : title + 2])
        return found

    def _skipped(self, used: int, until: int | None) -> int:
        """The cost of the markers that are passed over; None is the end."""
        until = len(self._names) if until is None else until
        if until <= used:
            return 0
        count = self._inside[until] - self._inside[used]
        return _STRAY + _NEXT_STRAY * (count - 1) if count else _ORPHAN

    def _is_foreign(self, before: _State, name: NamingMarker, position: int) -> bool:
        if not before.used or before.unmarked or not position:
            return False
        same_title = self._names[before.used - 1].key.title_id == name.key.title_id
        return same_title and self._clips[position].media != self._clips[position - 1].media

    def _goes_back(self, last: int, name: NamingMarker) -> bool:
        """Whether a marker's number is not above that of the last clip of its title."""
        if last < 0:
            return False
        before = self._names[last].key
        return before.title_id == name.key.title_id and before.number >= name.key.number

    def _misfits(self, name: NamingMarker, item: Item) -> bool:
        number = name.key.number
        if not self._run:
            return False
        return number > len(self._run) or self._run[number - 1] != item.record.duration


def _holders(names: Sequence[NamingMarker], clips: Sequence[Item]) -> Iterator[int | None]:
    """The index of the clip that each marker stands in, or None."""
    starts = [item.record.start for item in clips]
    for name in names:
        at = bisect_right(starts, name.frame) - 1
        yield at if at >= 0 and name.frame < clips[at].record.end else None


def _have_twins(clips: Sequence[Item]) -> list[bool]:
    """Whether another clip shows the same frames, of each clip."""
    seen: dict[tuple[str, int, int], int] = {}
    shown = [frames_shown(item) for item in clips]
    for each in shown:
        if each:
            seen[each] = seen.get(each, 0) + 1
    return [each is not None and seen[each] > 1 for each in shown]
