"""What one edit did to a track: the discrepancies that it left are one cause.

A clip that was lifted leaves a missing clip and a gap of its length; a rolled cut leaves one clip
too long and its neighbour too short by as much. Read side by side, each is one edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby

from sizzle.layout.slots import Slot, SlotKind

_MOST_REPLACED = 8  # discrepancies that one pasted clip may leave


class Trouble(Enum):
    """The kinds of discrepancies."""

    GAP = auto()  # or, negative, an overlap
    LENGTH = auto()
    MISSING = auto()
    EXTRA = auto()


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that is not as it should be.

    Attributes:
        trouble: its kind.
        first: the index of its first slot; a gap lies before that.
        last: the index of its last slot.
        frames: by which what follows is late because of it.
    """

    trouble: Trouble
    first: int
    last: int
    frames: int

    def is_beside(self, other: Discrepancy) -> bool:
        """Whether nothing that is right lies between this and a later one."""
        return other.first <= self.last + 1


class CauseKind(Enum):
    """The kinds of edits."""

    GAP = auto()
    LENGTH = auto()  # a clip trimmed, and all that follows moved
    MISSING = auto()  # clips deleted, and all that follows moved
    EXTRA = auto()  # clips inserted, and all that follows moved
    TRIMMED = auto()  # a clip trimmed, and a gap left, or its neighbour overlapped
    LIFTED = auto()  # clips deleted, and a gap left
    ROLLED = auto()  # a cut moved
    SLID = auto()  # a clip moved between its neighbours
    REPLACED = auto()  # something put over clips
    RANGE_LIFTED = auto()  # from within one clip to within another, and a gap left
    RANGE_EXTRACTED = auto()  # the same, and all that follows moved


@dataclass(frozen=True, slots=True)
class Cause:
    """An edit, with the discrepancies that it left."""

    kind: CauseKind
    parts: tuple[Discrepancy, ...]

    @property
    def first(self) -> int:
        """The index of the first slot that it concerns."""
        return min(part.first for part in self.parts)

    @property
    def last(self) -> int:
        """The index of the last slot that it concerns."""
        return max(part.last for part in self.parts)

    @property
    def frames(self) -> int:
        """Frames by which what follows is late because of it."""
        return sum(part.frames for part in self.parts)

    @property
    def behind(self) -> int:
        """The index of the first slot that moves as this is mended."""
        return self.first if self.kind is CauseKind.GAP else self.last + 1

    def part(self, trouble: Trouble) -> Discrepancy:
        """Its first discrepancy of a kind."""
        return next(part for part in self.parts if part.trouble is trouble)

    def concerns(self, index: int) -> bool:
        """Whether the slot of that index is among those that it is about."""
        return self.first <= index <= self.last


def find_causes(slots: Sequence[Slot], gaps: Mapping[int, int]) -> list[Cause]:
    """The causes, in timeline order.

    Args:
        slots: in timeline order.
        gaps: frames between a slot's unit and what lies before it, by the slot's index; negative
            where they overlap.
    """
    left = list(_discrepancies(slots, gaps))
    causes = []
    while left:
        kind, count = _match(left, slots)
        if kind is CauseKind.MISSING and left[0].last + 1 == len(slots):
            kind = CauseKind.LIFTED  # nothing is behind it that could have moved
        causes.append(Cause(kind, tuple(left[:count])))
        left = left[count:]
    return causes


def _discrepancies(slots: Sequence[Slot], gaps: Mapping[int, int]) -> Iterator[Discrepancy]:
    """All of them; neighbours that are missing, or too many, are one."""
    indexed = enumerate(slots)
    for kind, group in groupby(indexed, key=lambda each: (each[1].kind, gaps.get(each[0], 0) != 0)):
        members = list(group)
        if kind[0] is SlotKind.MISSING:
            first, last = members[0][0], members[-1][0]
            frames = sum(slot.excess for _, slot in members)
            yield Discrepancy(Trouble.MISSING, first, last, frames)
        elif kind == (SlotKind.EXTRA, False):
            for first, last, frames in _alike(members):
                yield Discrepancy(Trouble.EXTRA, first, last, frames)
        else:
            for index, slot in members:
                if gaps.get(index, 0):
                    yield Discrepancy(Trouble.GAP, index, index, gaps[index])
                if slot.excess:
                    trouble = Trouble.EXTRA if slot.kind is SlotKind.EXTRA else Trouble.LENGTH
                    yield Discrepancy(trouble, index, index, slot.excess)


def _alike(members: Sequence[tuple[int, Slot]]) -> Iterator[tuple[int, int, int]]:
    """Neighbours that are too many, parted where copies end and other clips begin."""

    def is_copy(each: tuple[int, Slot]) -> tuple[bool, bool]:
        unit = each[1].unit
        return (unit is not None and unit.copy_of is not None, each[1].key is None)

    for _, group in groupby(members, key=is_copy):
        alike = list(group)
        yield alike[0][0], alike[-1][0], sum(slot.excess for _, slot in alike)


def _match(found: Sequence[Discrepancy], slots: Sequence[Slot]) -> tuple[CauseKind, int]:
    """The cause of the first discrepancies, and how many of them it explains."""
    count = _replaced(found, slots)
    if count:
        return CauseKind.REPLACED, count
    ranged = _ranged(found)
    if ranged:
        return ranged
    pair = found[:2]
    if len(pair) == 2 and sum(part.frames for part in pair) == 0:
        kind = _pair_kind(pair[0], pair[1], slots)
        if kind:
            return kind, 2
    alone = {
        Trouble.GAP: CauseKind.GAP,
        Trouble.LENGTH: CauseKind.LENGTH,
        Trouble.MISSING: CauseKind.MISSING,
        Trouble.EXTRA: CauseKind.EXTRA,
    }
    return alone[found[0].trouble], 1


def _pair_kind(one: Discrepancy, other: Discrepancy, slots: Sequence[Slot]) -> CauseKind | None:
    """Why two discrepancies make up for each other."""
    troubles = {one.trouble, other.trouble}
    if one.is_beside(other):
        if troubles == {Trouble.MISSING, Trouble.GAP}:
            return CauseKind.LIFTED
        if troubles == {Trouble.LENGTH, Trouble.GAP}:
            return CauseKind.TRIMMED
        return CauseKind.ROLLED if troubles == {Trouble.LENGTH} else None
    if troubles == {Trouble.LENGTH} and other.first == one.last + 2:
        between = slots[one.last + 1]
        return CauseKind.SLID if between.kind is SlotKind.CLIP else None
    return None


def _ranged(found: Sequence[Discrepancy]) -> tuple[CauseKind, int] | None:
    """Whether the first discrepancies are the ends of two clips, with what was between them.

    Which of a title's clips the second one is may be open: some may be missing behind it instead.
    """
    beside = [found[0]]
    for part in found[1:5]:
        if not beside[-1].is_beside(part):
            break
        beside.append(part)
    ends = [at for at, part in enumerate(beside) if part.trouble is Trouble.LENGTH][:2]
    if len(ends) < 2 or ends[0] or any(beside[at].frames > 0 for at in ends):
        return None
    between = [part.trouble for part in beside[1 : ends[1]] if part.trouble is not Trouble.MISSING]
    count = ends[1] + 1
    if between == [Trouble.GAP] and sum(part.frames for part in beside[:count]) == 0:
        return CauseKind.RANGE_LIFTED, count
    if between:
        return None
    more = beside[count : count + 1]
    return CauseKind.RANGE_EXTRACTED, count + sum(p.trouble is Trouble.MISSING for p in more)


def _replaced(found: Sequence[Discrepancy], slots: Sequence[Slot]) -> int:
    """How many of the first discrepancies make up for a clip that is none of the title's."""
    total, extra = 0, False
    for count, part in enumerate(found[:_MOST_REPLACED], start=1):
        if count > 1 and not found[count - 2].is_beside(part):
            return 0
        if part.trouble is Trouble.GAP:
            return 0
        total += part.frames
        extra = extra or part.trouble is Trouble.EXTRA
        if extra and total == 0 and count > 1:
            return count
    return 0
