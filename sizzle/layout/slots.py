"""The timeline as it should be, clip by clip, beside what is there.

Each title's clips are aligned with the layout's run, so that a lost clip is one missing clip, and
not a wrong length for each that follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import groupby

from sizzle.clips import ClipKey
from sizzle.layout.align import align
from sizzle.layout.naming_marker import NamingMarker
from sizzle.layout.units import Unit


class SlotKind(Enum):
    """What is to be said of a slot."""

    CLIP = auto()
    MISSING = auto()
    EXTRA = auto()


@dataclass(frozen=True, slots=True)
class Slot:
    """A clip that should be there, or a unit that should not.

    Attributes:
        kind: whether there is such a unit, and should be.
        expected: frames that belong here.
        key: the clip's right key, or None for a unit of no title.
        unit: what is there, or None.
        goes_on: whether it is the rest of the clip in the slot before it, parted from it.
    """

    kind: SlotKind
    expected: int
    key: ClipKey | None
    unit: Unit | None = None
    goes_on: bool = False

    @property
    def excess(self) -> int:
        """Frames by which what follows is late because of it."""
        return (self.unit.shown if self.unit else 0) - self.expected


@dataclass(frozen=True, slots=True)
class Slots:
    """All slots in timeline order, and what they do not show.

    Attributes:
        slots: in timeline order.
        disordered: the slots of each title whose clips have the right lengths in a wrong order.
        split: the groups of clips that are apart from their title's others.
    """

    slots: tuple[Slot, ...]
    disordered: tuple[tuple[Slot, ...], ...]
    split: tuple[tuple[Slot, ...], ...]


def slots_of(
    units: Sequence[Unit],
    strays: Sequence[NamingMarker],
    run: Sequence[int],
    lengths: Sequence[int],
) -> Slots:
    """The slots of a timeline.

    Args:
        units: in timeline order.
        strays: markers that name none of them.
        run: the lengths of a title's clips, or empty where titles may differ.
        lengths: all lengths that a clip can have.
    """
    groups = _rejoined(_retitled(_groups(units), run))
    homes: dict[str, _Group] = {}
    for group in groups:
        home = homes.get(group.title_id)
        if home is None or len(group.members) > len(home.members):
            homes[group.title_id] = group
    builder = _Builder(run, lengths)
    for group in groups:
        builder.add(group, at_home=group is homes[group.title_id])
    for index, slot in _lost_titles(units, strays, set(homes), run):
        builder.before.setdefault(index, []).append(slot)
    return builder.slots(units)


class _Builder:
    """Collects the slots of each unit, and those that stand before it."""

    def __init__(self, run: Sequence[int], lengths: Sequence[int]) -> None:
        self._run = run
        self._lengths = lengths
        self._own: dict[int, Slot] = {}
        self._disordered: list[tuple[Slot, ...]] = []
        self._split: list[tuple[Slot, ...]] = []
        self.before: dict[int, list[Slot]] = {}

    def add(self, group: _Group, *, at_home: bool) -> None:
        """Take in a group; one that is not at home is apart from its title's others."""
        if not at_home:
            apart = [Slot(SlotKind.EXTRA, 0, unit.key, unit) for _, unit in group.members]
            self._own.update(zip(group.indexes, apart, strict=True))
            self._split.append(tuple(apart))
        elif right_order(group.lengths, self._run, self._lengths):
            slots = [Slot(SlotKind.CLIP, unit.length, unit.key, unit) for _, unit in group.members]
            self._own.update(zip(group.indexes, map(_without_marker, slots), strict=True))
            self._disordered.append(tuple(slots))
        else:
            for index, slot in _aligned(group, self._run, self._lengths):
                if slot.unit:
                    self._own[index] = slot
                else:
                    self.before.setdefault(index, []).append(slot)

    def slots(self, units: Sequence[Unit]) -> Slots:
        """All of them; a unit of no title is one too many."""
        slots: list[Slot] = []
        for index, unit in enumerate(units):
            slots += self.before.get(index, ())
            slots.append(self._own.get(index) or Slot(SlotKind.EXTRA, 0, None, unit))
        slots += self.before.get(len(units), ())
        return Slots(tuple(slots), tuple(self._disordered), tuple(self._split))


@dataclass(frozen=True, slots=True)
class _Group:
    """Neighbouring clips of one title, with their indexes among all units."""

    title_id: str
    members: tuple[tuple[int, Unit], ...]

    @property
    def indexes(self) -> list[int]:
        return [index for index, _ in self.members]

    @property
    def lengths(self) -> list[int]:
        return [unit.length for _, unit in self.members]


def _groups(units: Sequence[Unit]) -> list[_Group]:
    """The groups; what has no key does not part them."""
    keyed = [(index, unit, unit.key) for index, unit in enumerate(units) if unit.key]
    return [
        _Group(title_id, tuple((index, unit) for index, unit, _ in members))
        for title_id, members in groupby(keyed, key=lambda member: member[2].title_id)
    ]


def _retitled(groups: list[_Group], run: Sequence[int]) -> list[_Group]:
    """Give clips to the title beside them that lacks just these: their names are wrong."""
    complete = list(run)
    merged: list[_Group] = []
    at = 0
    while at < len(groups):
        group = groups[at]
        before = merged[-1] if merged else None
        after = groups[at + 1] if at + 1 < len(groups) else None
        joined = _joined_rightly(before, group, after, complete) if run else None
        if joined is None:
            merged.append(group)
            at += 1
            continue
        with_before, with_after, whole = joined
        if with_before:
            merged.pop()
        merged.append(whole)
        at += 1 + with_after
    return merged


def _joined_rightly(
    before: _Group | None, group: _Group, after: _Group | None, complete: list[int]
) -> tuple[bool, bool, _Group] | None:
    """The complete title that a group makes with those beside it, and which of the two it takes."""
    if group.lengths == complete:
        return None
    count = len(group.members)
    if before and after and before.title_id == after.title_id:
        around = _Group(before.title_id, (*before.members, *group.members, *after.members))
        # Otherwise it is a guest in that title.
        return (True, True, around) if around.lengths == complete else None
    if before and count <= len(before.members):
        behind = _Group(before.title_id, (*before.members, *group.members))
        if behind.lengths == complete:
            return True, False, behind
    if after and count <= len(after.members):
        in_front = _Group(after.title_id, (*group.members, *after.members))
        if in_front.lengths == complete:
            return False, True, in_front
    return None


def _rejoined(groups: list[_Group]) -> list[_Group]:
    """Join the halves of a title that a few clips of another one part."""
    largest: dict[str, int] = {}
    for group in groups:
        largest[group.title_id] = max(largest.get(group.title_id, 0), len(group.members))
    joined: list[_Group] = []
    for group in groups:
        parted = len(joined) > 1 and joined[-2].title_id == group.title_id
        if parted and len(joined[-1].members) < largest[joined[-1].title_id]:
            apart = joined.pop()
            half = joined.pop()
            joined += [_Group(group.title_id, (*half.members, *group.members)), apart]
        else:
            joined.append(group)
    return joined


def right_order(
    found: Sequence[int], run: Sequence[int], lengths: Sequence[int]
) -> list[int] | None:
    """The order of a title's lengths that is right, where it has just these in another one."""
    if run:
        right = list(run) if sorted(found) == sorted(run) else list(found)
    elif set(found) <= set(lengths):
        right = sorted(found, key=list(lengths).index)
    else:
        return None
    return None if right == list(found) else right


def _aligned(
    group: _Group, run: Sequence[int], lengths: Sequence[int]
) -> Iterator[tuple[int, Slot]]:
    """A group's slots, each with the index of its unit, or of the unit that it stands before."""
    if not run:
        yield from _free(group, lengths)
        return
    numbers = [unit.key.number if unit.key and unit.named else 0 for _, unit in group.members]
    behind = group.indexes[0]
    for in_run, in_group in align(run, group.lengths, numbers):
        if in_group is None:
            assert in_run is not None
            key = ClipKey(group.title_id, in_run + 1)
            yield behind, Slot(SlotKind.MISSING, run[in_run], key)
            continue
        index, unit = group.members[in_group]
        behind = index + 1
        if in_run is None:
            yield index, Slot(SlotKind.EXTRA, 0, unit.key, unit)
        else:
            key = ClipKey(group.title_id, in_run + 1)
            yield index, Slot(SlotKind.CLIP, run[in_run], key, unit)


def _free(group: _Group, lengths: Sequence[int]) -> Iterator[tuple[int, Slot]]:
    """Of a title that may have any number of clips: each should have the nearest length."""
    for number, (index, unit) in enumerate(group.members, start=1):
        nearest = min(lengths, key=lambda allowed: abs(allowed - unit.length))
        yield index, Slot(SlotKind.CLIP, nearest, ClipKey(group.title_id, number), unit)


def _lost_titles(
    units: Sequence[Unit], strays: Sequence[NamingMarker], known: set[str], run: Sequence[int]
) -> Iterator[tuple[int, Slot]]:
    """Titles of which only the markers are left, with the index of the unit they stand before."""
    lost: dict[str, dict[int, NamingMarker]] = {}
    for name in strays:
        if name.key.title_id not in known:
            lost.setdefault(name.key.title_id, {})[name.key.number] = name
    for title_id, markers in lost.items():
        if run and _is_whole(markers, len(run)):
            first = min(name.frame for name in markers.values())
            starts = (index for index, unit in enumerate(units) if unit.start >= first)
            index = next(starts, len(units))
            for number, length in enumerate(run, start=1):
                yield index, Slot(SlotKind.MISSING, length, ClipKey(title_id, number))


def _is_whole(markers: Mapping[int, NamingMarker], count: int) -> bool:
    """Whether most of a title's markers are there: one alone may be of anything."""
    return 2 * sum(number <= count for number in markers) > count


def _without_marker(slot: Slot) -> Slot:
    """The slot of a clip that will move: where its marker is says nothing of others."""
    assert slot.unit
    return replace(slot, unit=replace(slot.unit, marker=None))
