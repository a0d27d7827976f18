"""Check the structure of the layout's track: its clips, their order, their names and their cuts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sizzle.clips import ClipKey
from sizzle.layout.cause_findings import cause_finding
from sizzle.layout.causes import find_causes
from sizzle.layout.findings import Finding
from sizzle.layout.naming import Labels, label
from sizzle.layout.naming_marker import NamingMarker
from sizzle.layout.parted import parted
from sizzle.layout.policy import Layout
from sizzle.layout.put_back import put_back
from sizzle.layout.ripples import find_ripples
from sizzle.layout.slots import Slot, SlotKind, slots_of
from sizzle.layout.structure import Structure
from sizzle.layout.through_edits import through_edits
from sizzle.layout.timeline import Item, LabelledClip, Timeline
from sizzle.layout.track_findings import TrackFindings
from sizzle.layout.units import Label, Unit, units_of


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
    report = TrackFindings(structure, shape, causes)
    left = [name for name in labels.strays if lost.get(str(name.key)) is not name]
    findings = (
        *labels.findings,
        *report.collected(left),
        *through_edits(timeline, units),
    )
    return TrackCheck(
        findings, tuple(LabelledClip(unit.item, unit.key) for unit in units if unit.key)
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
