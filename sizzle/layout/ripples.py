"""What moved along with each edit: the clips behind it, or the markers too.

An editor may have markers follow ripple edits or not. Which of the two it was shows in the next
marker: behind an edit that moved clips only, markers are off by what the edit moved.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, product

from sizzle.layout.causes import Cause, CauseKind
from sizzle.layout.edits import Ripple
from sizzle.layout.naming_marker import NamingMarker
from sizzle.layout.slots import Slot, SlotKind

_MOST_TOGETHER = 3  # edits between two markers of which each is tried both ways


@dataclass(frozen=True, slots=True)
class PlacedSlot:
    """A slot with where its marker belongs, before and after what precedes it is mended.

    Attributes:
        index: of the slot.
        start: its first frame once all is mended.
        moved: frames by which markers here move on as what precedes the slot is mended.
    """

    index: int
    start: int
    moved: int

    @property
    def frame(self) -> int:
        """Where its marker belongs as long as what precedes it is not mended."""
        return self.start - self.moved


@dataclass(frozen=True, slots=True)
class Ripples:
    """How each cause is mended, and where that leaves the markers.

    Attributes:
        modes: what must move along with the fix of each cause.
        slots: all slots, placed.
    """

    modes: tuple[Ripple, ...]
    slots: tuple[PlacedSlot, ...]


def find_ripples(slots: Sequence[Slot], causes: Sequence[Cause]) -> Ripples:
    """Choose for each cause what moves along, so that most markers are right afterwards."""
    starts = [0, *accumulate(slot.expected for slot in slots)]
    chooser = _Chooser(slots, starts)
    for cause in causes:
        chooser.add(cause)
    chooser.finish()
    return Ripples(tuple(chooser.modes), tuple(_placed(starts, causes, chooser.modes, len(slots))))


def _placed(
    starts: Sequence[int], causes: Sequence[Cause], modes: Sequence[Ripple], count: int
) -> Iterator[PlacedSlot]:
    moved, at = 0, 0
    for index in range(count):
        while at < len(causes) and causes[at].behind <= index:
            moved -= causes[at].frames if modes[at] is Ripple.ALL else 0
            at += 1
        yield PlacedSlot(index, starts[index], moved)


class _Chooser:
    """Goes through the causes, and decides those between two markers together."""

    def __init__(self, slots: Sequence[Slot], starts: Sequence[int]) -> None:
        self._slots = slots
        self._starts = starts
        self._marked = [index for index in range(len(slots)) if self._marker(index)]
        self._moved = 0  # by which markers move on as what was decided is mended
        self._waiting: list[Cause] = []
        self.modes: list[Ripple] = []

    def add(self, cause: Cause) -> None:
        """Take in the next cause."""
        if self._waiting and self._next_marked(self._waiting[-1].behind) < cause.behind:
            self._decide()
        self._waiting.append(cause)

    def finish(self) -> None:
        """Decide the last ones."""
        self._decide()

    def _decide(self) -> None:
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        before = self._off(self._last_marked(waiting[0].behind - 1))
        behind = self._off(self._next_marked(waiting[-1].behind))

        def badness(modes: tuple[Ripple, ...]) -> tuple[bool, bool, int]:
            moved = _sum(waiting, modes)
            left = None if behind is None else behind - moved
            as_before = left is None or left == (before or 0)
            return (not as_before, left not in (0, None), modes.count(Ripple.CLIPS))

        best = min(_ways(len(waiting)), key=badness)
        self._moved += _sum(waiting, best)
        self.modes += [
            mode if cause.frames and cause.kind is not CauseKind.LIFTED else Ripple.NONE
            for cause, mode in zip(waiting, best, strict=True)
        ]

    def _next_marked(self, index: int) -> int:
        """The first slot from an index on whose clip has a marker of its own, or the end."""
        at = bisect_left(self._marked, index)
        return self._marked[at] if at < len(self._marked) else len(self._slots)

    def _last_marked(self, index: int) -> int:
        """The last slot up to an index whose clip has a marker of its own, or the end."""
        at = bisect_left(self._marked, index + 1)
        return self._marked[at - 1] if at else len(self._slots)

    def _off(self, index: int) -> int | None:
        """By how much the marker of a slot must move on, as far as it is decided."""
        name = self._marker(index) if index < len(self._slots) else None
        return None if name is None else self._starts[index] - self._moved - name.frame

    def _marker(self, index: int) -> NamingMarker | None:
        slot = self._slots[index]
        if slot.kind is not SlotKind.CLIP or slot.unit is None:
            return None
        return slot.unit.marker


def _ways(count: int) -> list[tuple[Ripple, ...]]:
    """What to try for that many causes."""
    if count <= _MOST_TOGETHER:
        return list(product((Ripple.ALL, Ripple.CLIPS), repeat=count))
    return [(Ripple.ALL,) * count, (Ripple.CLIPS,) * count]


def _sum(causes: Sequence[Cause], modes: Sequence[Ripple]) -> int:
    """By how much markers move on as these are mended."""
    return -sum(
        cause.frames for cause, mode in zip(causes, modes, strict=True) if mode is Ripple.ALL
    )
