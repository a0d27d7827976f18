"""What findings of a track's structure are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sizzle.layout.causes import Cause, Trouble
from sizzle.layout.edits import Edit, Ripple, move_marker, set_marker
from sizzle.layout.naming_marker import NamingMarker
from sizzle.layout.policy import Layout
from sizzle.layout.ripples import Ripples
from sizzle.layout.slots import Slot, SlotKind
from sizzle.layout.timeline import Item, Timeline
from sizzle.layout.units import Unit


@dataclass(frozen=True, slots=True)
class Structure:
    """What findings of a track's structure are made from.

    Attributes:
        timeline: that is checked.
        layout: that it must keep to.
        slots: in timeline order.
        ripples: where their markers belong.
        strays: the markers of clips that are missing, by key.
        others: the items of other tracks that are not accounted for yet.
    """

    timeline: Timeline
    layout: Layout
    slots: Sequence[Slot]
    ripples: Ripples
    strays: Mapping[str, NamingMarker]
    others: Sequence[Item]

    def units(self, cause: Cause, trouble: Trouble) -> list[Unit]:
        """The units of a cause's discrepancies of a kind."""
        slots = (
            self.slots[index]
            for part in cause.parts
            if part.trouble is trouble
            for index in range(part.first, part.last + 1)
        )
        return [slot.unit for slot in slots if slot.unit]

    def unit(self, cause: Cause, trouble: Trouble) -> Unit:
        """The first of them."""
        return self.units(cause, trouble)[0]

    def missing(self, cause: Cause) -> list[tuple[int, Slot]]:
        """The slots without a clip among those of a cause, with their indexes."""
        return [
            (index, self.slots[index])
            for index in range(cause.first, cause.last + 1)
            if self.slots[index].kind is SlotKind.MISSING
        ]

    def frame_before(self, index: int) -> int:
        """The frame at which a slot's clip would start, as the track is now."""
        while index > 0:
            index -= 1
            unit = self.slots[index].unit
            if unit:
                return unit.end
        return 0

    def timecode(self, frame: int) -> str:
        """As the editor sees it."""
        return self.timeline.timecode(frame)

    def markers_of(
        self, missing: Iterable[tuple[int, Slot]], mode: Ripple, at: int, by: int
    ) -> Iterator[Edit]:
        """The edits that give clips that are inserted their markers.

        Args:
            missing: the clips' slots, with their indexes.
            mode: what the insertion moves.
            at: the frame from which it moves it.
            by: how far.
        """
        if not self.layout.naming.by_marker:
            return
        for index, slot in missing:
            key, right = str(slot.key), self.ripples.slots[index].frame
            stray = self.strays.get(key)
            if stray is None:
                yield set_marker(right, key)
                continue
            moves = mode is Ripple.ALL and stray.frame >= at
            now = stray.frame + by if moves else stray.frame
            if now != right:
                yield move_marker(now, key, right)
