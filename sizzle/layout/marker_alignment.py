"""The alignment of markers with clips at the least cost.

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

from sizzle.layout.naming_marker import NamingMarker, contradicts
from sizzle.layout.timeline import Item, frames_shown

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
_MOST_SKIPPED = 4  # neighbouring markers that may be strays, beside those of whole titles


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


class MarkerAlignment:
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
        self._copies = have_twins(clips)
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
        by_cost = sorted(reached, key=reached.__getitem__)
        # Where a title has no markers, many ways are cheaper until the next one's are reached.
        exact = next((state for state in by_cost[_MOST:] if not state.shift), None)
        kept = [*by_cost[:_MOST], *([exact] if exact else [])]
        return {state: reached[state] for state in kept if reached[state] <= limit}, came_from

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
            cost += contradicts(self._named_after[position], name) * _OTHER_NAME
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


def have_twins(clips: Sequence[Item]) -> list[bool]:
    """Whether another clip shows the same frames, of each clip."""
    seen: dict[tuple[str, int, int], int] = {}
    shown = [frames_shown(item) for item in clips]
    for frames in shown:
        if frames:
            seen[frames] = seen.get(frames, 0) + 1
    return [frames is not None and seen[frames] > 1 for frames in shown]
