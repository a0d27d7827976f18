"""The findings of a track: of edits first, then of what these do not explain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from sizzle.layout.cause_findings import cause_finding
from sizzle.layout.causes import Cause, CauseKind, Trouble
from sizzle.layout.disorder import wrong_order
from sizzle.layout.edits import Edit, Ripple, move_marker, set_marker
from sizzle.layout.findings import Finding
from sizzle.layout.marker_findings import beside_clips, misnumbered, missing_markers, off_cut
from sizzle.layout.moved_clips import find_moved, moved_finding, split_finding
from sizzle.layout.naming_marker import NamingMarker
from sizzle.layout.parted import joint
from sizzle.layout.slots import Slot, SlotKind, Slots, right_order
from sizzle.layout.structure import Structure
from sizzle.layout.units import Unit

# Causes whose clips have markers of their own inside, which the edit may have left behind.
_RANGES = {CauseKind.RANGE_LIFTED, CauseKind.RANGE_EXTRACTED}
_WITH_MARKERS = _RANGES | {CauseKind.LENGTH, CauseKind.TRIMMED, CauseKind.ROLLED, CauseKind.SLID}
_RENUMBERING = {CauseKind.MISSING, CauseKind.LIFTED, CauseKind.EXTRA}


class TrackFindings:
    """Collects the findings: of edits first, then of what these do not explain."""

    def __init__(self, structure: Structure, shape: Slots, causes: Sequence[Cause]) -> None:
        """Start with the findings of the causes."""
        self._of = structure
        self._shape = shape
        self._causes = causes
        self._findings: list[Finding | None] = self._of_causes()

    def collected(self, strays: Sequence[NamingMarker]) -> list[Finding]:
        """All of them, in no order.

        Args:
            strays: markers that name no clip, and belong to none that is missing.
        """
        by_name = {str(name.key): name for name in strays}
        left = dict(by_name)
        more = [
            *self._of_names(),
            *self._of_markers(),
            *self._of_unmarked(left),
            *(self._of_order(slots) for slots in self._shape.disordered),
        ]
        units = [slot.unit for slot in self._of.slots if slot.unit]
        used = [name for key, name in by_name.items() if key not in left]
        beside = [name for name in strays if all(name is not marker for marker in used)]
        more += beside_clips(self._of.timeline, beside, units)
        return [*filter(None, self._findings), *more]

    def _of_causes(self) -> list[Finding | None]:
        """The finding of each cause; None where another cause's finding has it."""
        of, causes = self._of, self._causes
        findings: list[Finding | None] = [
            cause_finding(of, cause, mode)
            for cause, mode in zip(causes, of.ripples.modes, strict=True)
        ]
        apart = {id(slot) for slots in self._shape.split for slot in slots}
        for index, cause in enumerate(causes):
            units = [slot.unit for slot in of.slots[cause.first : cause.last + 1] if slot.unit]
            finding = findings[index]
            if cause.kind is CauseKind.EXTRA and id(of.slots[cause.first]) in apart and finding:
                findings[index] = split_finding(of, units, finding.edits)
        for moved in find_moved(of.slots, causes):
            extra, missing = causes[moved.extra], causes[moved.missing]
            # The markers between the two places show what moved along.
            first, second = sorted((moved.extra, moved.missing))
            mode = of.ripples.modes[first]
            mode = of.ripples.modes[second] if mode is Ripple.NONE else mode
            findings[moved.extra] = moved_finding(of, extra, missing, mode)
            findings[moved.missing] = None
        for index, slot in enumerate(of.slots):
            if slot.goes_on:
                self._join(findings, index)
        return findings

    def _join(self, findings: list[Finding | None], index: int) -> None:
        """Have the finding of what parts a clip join it again as well."""
        for at, cause in enumerate(self._causes):
            finding = findings[at]
            if finding and (cause.concerns(index) or cause.last == index - 1):
                findings[at] = joint(self._of.slots[index - 1], finding)
                return

    def _of_order(self, slots: Sequence[Slot]) -> Finding:
        units = [slot.unit for slot in slots if slot.unit]
        layout = self._of.layout
        run = () if layout.titles_may_differ else layout.run
        right = right_order([unit.length for unit in units], run, layout.run)
        assert right, "they are in disorder"
        return wrong_order(self._of.timeline, layout, units, right)

    def _of_names(self) -> Iterator[Finding]:
        """Clips with the keys of others; those numbered anew behind a lost clip belong to it."""
        wrong = [
            (index, slot.unit, slot.key)
            for index, slot in enumerate(self._of.slots)
            if slot.kind is SlotKind.CLIP and slot.unit and slot.unit.named and slot.key
            if slot.unit.key != slot.key
        ]
        by_marker = self._of.layout.naming.by_marker
        for title_id, group in groupby(wrong, key=lambda each: each[2].title_id):
            members = list(group)
            finding = misnumbered(
                self._of.timeline,
                [(unit, key, self._of.ripples.slots[index].frame) for index, unit, key in members],
                by_marker=by_marker,
            )
            cause = self._renumbering(title_id, members[0][0])
            if cause is None:
                yield finding
            else:
                # The names first: their frames are those of the timeline as it is.
                self._add(cause, first=finding.edits)

    def _renumbering(self, title_id: str, index: int) -> int | None:
        """The cause in the same title behind which its clips were numbered anew."""
        for at, cause in enumerate(self._causes):
            keys = [slot.key for slot in self._of.slots[cause.first : cause.last + 1]]
            own = any(key and key.title_id == title_id for key in keys)
            if own and cause.kind in _RENUMBERING and cause.first <= index and self._findings[at]:
                return at
        return None

    def _add(self, cause: int, *, first: Iterable[Edit] = (), last: Iterable[Edit] = ()) -> None:
        finding = self._findings[cause]
        assert finding
        self._findings[cause] = replace(finding, edits=(*first, *finding.edits, *last))

    def _of_markers(self) -> Iterator[Finding]:
        """Markers that are off their cuts, even when all edits are mended."""
        for run in self._runs_off_cut():
            owner = self._owner([index for index, _, _ in run])
            if owner is None:
                yield off_cut(self._of.timeline, [(unit, right) for _, unit, right in run])
                continue
            moves = [
                move_marker(unit.marker.frame, str(unit.marker.key), right)
                for _, unit, right in run
                if unit.marker
            ]
            self._add(owner, last=moves)

    def _runs_off_cut(self) -> Iterator[list[tuple[int, Unit, int]]]:
        """Neighbouring clips whose markers are off by the same: index, clip, right frame."""
        marked = [
            (index, slot.unit, self._of.ripples.slots[index].frame)
            for index, slot in enumerate(self._of.slots)
            if slot.kind is SlotKind.CLIP and slot.unit and slot.unit.marker
            if slot.unit.key == slot.key  # a misnamed one is moved as it is renamed
        ]
        for off, run in groupby(marked, key=lambda each: _off(each[1], each[2])):
            if off:
                yield list(run)

    def _owner(self, indexes: Sequence[int]) -> int | None:
        """The cause that all these slots belong to."""
        for at, cause in enumerate(self._causes):
            its_own = all(cause.concerns(index) for index in indexes)
            if its_own and cause.kind in _WITH_MARKERS and self._findings[at]:
                return at
        return None

    def _range_of(self, index: int) -> int | None:
        """The range, taken out, that a clip's first frames were in, with its marker."""
        for at, cause in enumerate(self._causes):
            if cause.kind not in _RANGES or not self._findings[at]:
                continue
            lengths = [part for part in cause.parts if part.trouble is Trouble.LENGTH]
            if lengths[-1].first == index:
                return at
        return None

    def _marker_of(self, index: int, strays: dict[str, NamingMarker]) -> Iterator[Edit]:
        """What gives a clip its marker, which may be there already."""
        key, right = str(self._of.slots[index].key), self._of.ripples.slots[index].frame
        stray = strays.pop(key, None)
        if stray is None:
            yield set_marker(right, key)
        elif stray.frame != right:
            yield move_marker(stray.frame, key, right)

    def _of_unmarked(self, strays: dict[str, NamingMarker]) -> Iterator[Finding]:
        """Clips of titles that no marker names, neighbours together."""
        if not self._of.layout.naming.by_marker:
            return
        together: list[tuple[Unit, int]] = []
        for index, slot in enumerate(self._of.slots):
            unit = slot.unit
            if slot.kind is SlotKind.CLIP and unit and not unit.named:
                owner = self._range_of(index)
                if owner is not None:
                    self._add(owner, last=self._marker_of(index, strays))
                    continue
                right = replace(unit, key=slot.key)
                together.append((right, self._of.ripples.slots[index].frame))
                continue
            yield from missing_markers(self._of.timeline, together, strays)
            together = []
        yield from missing_markers(self._of.timeline, together, strays)


def _off(unit: Unit, right: int) -> int:
    return unit.marker.frame - right if unit.marker else 0
