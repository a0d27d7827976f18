"""Clips that stand elsewhere than they belong: too many in one place, missing in another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.causes import Cause, CauseKind, Trouble
from sizzle.layout.edits import Edit, Operation, Ripple, move_marker, set_marker
from sizzle.layout.findings import Finding
from sizzle.layout.slots import Slot
from sizzle.layout.structure import Structure
from sizzle.layout.units import Unit


@dataclass(frozen=True, slots=True)
class MovedClips:
    """Two causes that are one: clips were taken from one place to another.

    Attributes:
        extra: the index of the cause where they are.
        missing: the index of the cause where they belong.
    """

    extra: int
    missing: int


def find_moved(slots: Sequence[Slot], causes: Sequence[Cause]) -> Iterator[MovedClips]:
    """Pair each group of clips that are too many with the place where just these are missing."""
    lacking = {
        index: cause
        for index, cause in enumerate(causes)
        # A gap where they were means that nothing else has moved.
        if all(part.trouble is Trouble.MISSING for part in cause.parts)
    }
    for index, cause in enumerate(causes):
        if cause.kind is not CauseKind.EXTRA:
            continue
        units = _units(slots, cause)
        if any(unit.copy_of for unit in units):
            continue
        for place, other in lacking.items():
            if _fits(units, [slots[at] for at in range(other.first, other.last + 1)]):
                yield MovedClips(index, place)
                del lacking[place]
                break


def _units(slots: Sequence[Slot], cause: Cause) -> list[Unit]:
    found = (slots[at].unit for at in range(cause.first, cause.last + 1))
    return [unit for unit in found if unit]


def _fits(units: Sequence[Unit], missing: Sequence[Slot]) -> bool:
    """Whether clips have the lengths of those that are missing, and no other title's names."""
    if [unit.length for unit in units] != [slot.expected for slot in missing]:
        return False
    return all(
        not unit.named
        or unit.key is None
        or slot.key is None
        or unit.key.title_id == slot.key.title_id
        for unit, slot in zip(units, missing, strict=True)
    )


def moved_finding(of: Structure, extra: Cause, missing: Cause, mode: Ripple) -> Finding:
    """One finding for both, at the clips that stand elsewhere."""
    units = _units(of.slots, extra)
    places = of.missing(missing)
    to = of.frame_before(missing.first)
    edits = [*_moves(units, to, mode), *_markers(of, extra, places, to, mode)]
    first, key = units[0], places[0][1].key
    them = "it" if len(units) == 1 else f"these {len(units)} clips"
    what = "other titles between them" if first.named else f"a clip of {first.length} frames here"
    found = f"{what}; {key} is missing at {of.timecode(to)}"
    return _split_title(of, first, key, found, f"move {them} to {of.timecode(to)}.", edits)


def _split_title(
    of: Structure, first: Unit, key: ClipKey | None, found: str, fix: str, edits: Sequence[Edit]
) -> Finding:
    return rules.SPLIT_TITLE.on(
        of.timeline,
        first.item,
        clip=first.called,
        expected=f"all clips of {key.title_id if key else 'the title'} together",
        found=found,
        fix=fix,
        edits=edits,
    )


def _moves(units: Sequence[Unit], to: int, mode: Ripple) -> Iterator[Edit]:
    """The foremost first: each is put behind the one before it."""
    start = units[0].start
    for unit in units:
        # Of clips that move on, each next one has come to where the first one was.
        at = unit.start if to < start else start
        yield Edit(Operation.MOVE_CLIP, at, unit.item.track, unit.called, at, to, mode)
        to += unit.length if to < start else 0


def _markers(
    of: Structure,
    extra: Cause,
    places: Sequence[tuple[int, Slot]],
    to: int,
    mode: Ripple,
) -> Iterator[Edit]:
    """What gives the moved clips their markers, where those have not come along."""
    if not of.layout.naming.by_marker:
        return
    units = _units(of.slots, extra)
    # What makes place for the clips here no longer moves what lies behind them.
    own = extra.frames if mode is Ripple.ALL and extra.last < places[0][0] else 0
    start, length = units[0].start, sum(unit.length for unit in units)
    for unit, (index, slot) in zip(units, places, strict=True):
        marker = unit.marker or of.strays.get(str(slot.key))
        right = of.ripples.slots[index].frame - own
        if marker is None:
            yield set_marker(right, str(slot.key))
            continue
        now = marker.frame
        if mode is Ripple.ALL:
            now = frame_after_move(now, start, length, to)
        if now != right:
            yield move_marker(now, str(marker.key), right)


def frame_after_move(frame: int, start: int, length: int, to: int) -> int:
    """Where a frame is after clips that start there were moved before another frame."""
    end = start + length
    if start <= frame < end:
        return frame - start + (to if to < start else to - length)
    if to <= frame < start:
        return frame + length
    return frame - length if end <= frame < to else frame


def split_finding(of: Structure, units: Sequence[Unit], edits: Sequence[Edit]) -> Finding:
    """Clips apart from their title's others, which lacks none of these."""
    first, count = units[0], len(units)
    what = "it has all its clips without this one" if count == 1 else "it is complete without these"
    fix = f"delete {'it' if count == 1 else 'them'}, or correct the name."
    found = f"other titles between them; {what}"
    return _split_title(of, first, first.key, found, fix, edits)
