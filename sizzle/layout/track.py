"""Check the structure of the layout's track: its clips, their order, their names and their cuts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sizzle.clips import ClipKey
from sizzle.layout.cause_findings import cause_finding
from sizzle.layout.causes import Cause, CauseKind, find_causes
from sizzle.layout.disorder import wrong_order
from sizzle.layout.edits import Edit, Ripple, move_marker
from sizzle.layout.findings import Finding
from sizzle.layout.marker_findings import beside_clips, misnumbered, missing_markers, off_cut
from sizzle.layout.moved_clips import find_moved, moved_finding, split_finding
from sizzle.layout.naming import Labels, label
from sizzle.layout.naming_marker import NamingMarker
from sizzle.layout.parted import joint, parted
from sizzle.layout.policy import Layout
from sizzle.layout.put_back import put_back
from sizzle.layout.ripples import find_ripples
from sizzle.layout.slots import Slot, SlotKind, Slots, right_order, slots_of
from sizzle.layout.structure import Structure
from sizzle.layout.through_edits import through_edits
from sizzle.layout.timeline import Item, LabelledClip, Timeline
from sizzle.layout.units import Label, Unit, units_of

# Causes whose clips have markers of their own inside, which the edit may have left behind.
_WITH_MARKERS = {CauseKind.LENGTH, CauseKind.TRIMMED, CauseKind.ROLLED, CauseKind.SLID}
_RENUMBERING = {CauseKind.MISSING, CauseKind.LIFTED, CauseKind.EXTRA}


@dataclass(frozen=True, slots=True)
class TrackCheck:
    """What the check of a track found.

    Attributes:
        findings: in no order.
        clips: those that have a key.
    """

    findings: tuple[Finding, ...]
    clips: tuple[LabelledClip, ...]


def check_track(
    timeline: Timeline, layout: Layout, clips: Sequence[Item], others: Sequence[Item]
) -> TrackCheck:
    """Check the clips of the layout's track.

    Args:
        timeline: that is checked.
        layout: that it must keep to.
        clips: of the layout's track, by start.
        others: the items of other tracks.
    """
    if not layout.titles_may_differ:
        return _check_clips(timeline, layout, clips, others)
    back = put_back(clips, others, timeline.markers, layout)
    left = [item for item in others if all(item not in group for group in back.moved)]
    track = _check_clips(timeline, layout, back.clips, left)
    return replace(track, findings=(*track.findings, *back.findings(timeline, layout.track)))


def _check_clips(
    timeline: Timeline, layout: Layout, clips: Sequence[Item], others: Sequence[Item]
) -> TrackCheck:
    run = () if layout.titles_may_differ else layout.run
    labels = label(timeline, clips, layout.naming, run)
    if labels.nothing:
        return TrackCheck((*labels.findings, *_bare_gaps(timeline, layout, clips)), ())
    if _is_right(clips, labels, run):
        named = zip(clips, labels.of_clips, strict=True)
        return TrackCheck(
            labels.findings, tuple(LabelledClip(item, _key(each)) for item, each in named)
        )
    units = units_of(clips, labels.of_clips, run, layout.run)
    shape = slots_of(units, labels.strays, run, layout.run)
    shape = replace(shape, slots=tuple(parted(shape.slots, clips)))
    causes = find_causes(shape.slots, _gaps(clips, shape.slots))
    ripples = find_ripples(shape.slots, causes)
    lost = _lost_markers(shape.slots, labels.strays)
    structure = Structure(timeline, layout, shape.slots, ripples, lost, others)
    report = _Report(structure, shape, causes)
    left = [name for name in labels.strays if lost.get(str(name.key)) is not name]
    findings = (
        *labels.findings,
        *report.findings(left),
        *through_edits(timeline, units),
    )
    return TrackCheck(
        findings, tuple(LabelledClip(each.item, each.key) for each in units if each.key)
    )


def _is_right(clips: Sequence[Item], labels: Labels, run: Sequence[int]) -> bool:
    """Whether there is nothing to find: each title's clips in order, named, and end to end."""
    if not run or labels.strays or len(clips) % len(run):
        return False
    seen: set[str] = set()
    title_id, end = "", 0
    for index, (item, each) in enumerate(zip(clips, labels.of_clips, strict=True)):
        at = index % len(run)
        if at == 0:
            title_id = each.title_id or ""
        first = at == 0 and title_id in seen
        off = each.marker is not None and each.marker.frame != item.record.start
        key = (each.title_id, each.number)
        if first or off or key != (title_id, at + 1) or not title_id:
            return False
        if item.record.start != end or item.record.duration != run[at]:
            return False
        seen.add(title_id)
        end = item.record.end
    return True


def _key(label: Label) -> ClipKey:
    assert label.title_id
    assert label.number
    return ClipKey(label.title_id, label.number)


def _bare_gaps(timeline: Timeline, layout: Layout, clips: Sequence[Item]) -> Iterator[Finding]:
    """Gaps and overlaps of clips that nothing names."""
    slots = [Slot(SlotKind.CLIP, item.record.duration, None, Unit((item,))) for item in clips]
    causes = find_causes(slots, _gaps(clips, slots))
    ripples = find_ripples(slots, causes)
    of = Structure(timeline, layout, slots, ripples, {}, ())
    for cause, mode in zip(causes, ripples.modes, strict=True):
        yield cause_finding(of, cause, mode)


def _gaps(clips: Sequence[Item], slots: Sequence[Slot]) -> dict[int, int]:
    """Frames between each slot's clip and the one before it on the track, by the slot's index."""
    ends = [0, *(item.record.end for item in clips)]
    index_of = {id(item): index for index, item in enumerate(clips)}
    units = ((at, slot.unit) for at, slot in enumerate(slots) if slot.unit)
    return {at: unit.start - ends[index_of[id(unit.item)]] for at, unit in units}


def _lost_markers(slots: Sequence[Slot], strays: Sequence[NamingMarker]) -> dict[str, NamingMarker]:
    """The markers that are left of clips that are missing, by their names."""
    missing = {str(slot.key) for slot in slots if slot.kind is SlotKind.MISSING}
    # Of several of one name the first counts.
    return {str(name.key): name for name in reversed(strays) if str(name.key) in missing}


class _Report:
    """Collects the findings: of edits first, then of what these do not explain."""

    def __init__(self, structure: Structure, shape: Slots, causes: Sequence[Cause]) -> None:
        self._of = structure
        self._shape = shape
        self._causes = causes
        self._findings: list[Finding | None] = self._of_causes()

    def findings(self, strays: Sequence[NamingMarker]) -> list[Finding]:
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
        beside = [name for name in strays if all(name is not each for each in used)]
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

    def _of_unmarked(self, strays: dict[str, NamingMarker]) -> Iterator[Finding]:
        """Clips of titles that no marker names, neighbours together."""
        if not self._of.layout.naming.by_marker:
            return
        together: list[tuple[Unit, int]] = []
        for index, slot in enumerate(self._of.slots):
            unit = slot.unit
            if slot.kind is SlotKind.CLIP and unit and not unit.named:
                right = replace(unit, key=slot.key)
                together.append((right, self._of.ripples.slots[index].frame))
                continue
            yield from missing_markers(self._of.timeline, together, strays)
            together = []
        yield from missing_markers(self._of.timeline, together, strays)


def _off(unit: Unit, right: int) -> int:
    return unit.marker.frame - right if unit.marker else 0
