"""Clips whose pieces are apart: each piece gets a slot of its own, and what parts them shows.

A clip that was cut in two and had a gap opened between the halves, or frames taken out there, is
still one clip of its title.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from sizzle.layout.edits import Operation, on_item
from sizzle.layout.findings import Finding
from sizzle.layout.slots import Slot, SlotKind
from sizzle.layout.timeline import Item, frames_left_out
from sizzle.layout.units import Unit


def parted(slots: Iterable[Slot], clips: Sequence[Item]) -> Iterator[Slot]:
    """The same slots, but one for each part of a clip that something other than a cut parts.

    Args:
        slots: in timeline order.
        clips: of the track, by start.
    """
    index_of = {id(item): index for index, item in enumerate(clips)}
    for slot in slots:
        parts = _parts(slot.unit.pieces, index_of) if slot.unit else []
        if slot.kind is SlotKind.CLIP and slot.unit and len(parts) > 1:
            yield from _slots_of(slot, slot.unit, parts)
        else:
            yield slot


def _parts(pieces: Sequence[Item], index_of: Mapping[int, int]) -> list[tuple[Item, ...]]:
    """The pieces, those together that only cuts part, or what lies on the track between them."""
    parts = [[pieces[0]]]
    for before, after in pairwise(pieces):
        beside = index_of[id(after)] == index_of[id(before)] + 1
        cut = before.record.end == after.record.start and frames_left_out(before, after) == 0
        if beside and not cut:
            parts.append([])
        parts[-1].append(after)
    return [tuple(part) for part in parts]


def _slots_of(slot: Slot, unit: Unit, parts: Sequence[tuple[Item, ...]]) -> Iterator[Slot]:
    expected = slot.expected
    for number, (part, behind) in enumerate(zip(parts, [*parts[1:], None], strict=True)):
        hole = sum(frames_left_out(one, other) or 0 for one, other in pairwise(part))
        own = replace(unit, pieces=part, hole=hole)
        if behind is None:
            length = expected
        else:
            length = own.length + (frames_left_out(part[-1], behind[0]) or 0)
        expected -= length
        if number:
            own = replace(own, key=slot.key, marker=None, named=True)
        yield replace(slot, expected=length, unit=own, goes_on=number > 0)


def joint(before: Slot, finding: Finding) -> Finding:
    """The finding of what parts a clip, which joins it again behind the slot of its first part."""
    assert before.unit
    cut = before.unit.start + before.expected
    join = on_item(Operation.JOIN_CLIPS, before.unit.item, cut)
    return replace(
        finding,
        fix=f"{finding.fix.rstrip('.')}, and join the clip again (Join Through Edits).",
        edits=(*finding.edits, join),
    )
