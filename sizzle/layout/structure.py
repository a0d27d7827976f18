"""Findings of the edits that a track shows, each with the edits that mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.causes import Cause, CauseKind, Trouble
from sizzle.layout.edits import (
    Edit,
    Operation,
    Ripple,
    move_marker,
    on_item,
    remove_marker,
    set_marker,
)
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.pairing import NamingMarker
from sizzle.layout.policy import Layout
from sizzle.layout.ripples import Ripples
from sizzle.layout.slots import Slot, SlotKind
from sizzle.layout.timeline import Item, Timeline, frames_shown
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

    def finding(self, cause: Cause, mode: Ripple) -> Finding:
        """The finding of a cause, without the edits of markers that are off."""
        return _OF_KIND[cause.kind](self, cause, mode)

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


def _gap(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    after = of.unit(cause, Trouble.GAP) if of.units(cause, Trouble.GAP) else None
    assert after
    frames = cause.frames
    edit = Edit(
        Operation.CLOSE_GAP, after.start - frames, after.item.track, after.called, frames, 0, mode
    )
    if frames < 0:
        return rules.OVERLAP.on(
            of.timeline,
            after.item,
            expected=f"a start at {of.timecode(after.start - frames)}",
            found=f"a start {count_frames(-frames)} before the end of the clip before it",
            fix=f"move it and all that follows by {count_frames(-frames)}.",
            edits=(edit,),
        )
    return rules.GAP.at(
        of.timeline,
        after.start - frames,
        expected=f"{after.item.name} here",
        found=f"a gap of {count_frames(frames)}",
        fix="close the gap (Sequence > Close Gap).",
        track=after.item.track,
        clip=after.item.name,
        edits=(edit,),
    )


def _length(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    unit, excess = of.unit(cause, Trouble.LENGTH), cause.frames
    frames = count_frames(abs(excess))
    at_head = _is_of_head(of, cause.first, excess)
    before, after = (unit.start, unit.start + excess) if at_head else (unit.end, unit.end - excess)
    operation = Operation.TRIM_HEAD if at_head else Operation.TRIM_TAIL
    edit = replace(on_item(operation, unit.item, before, after), ripple=mode)
    fix = f"trim {frames} at the tail." if excess > 0 else f"extend it by {frames}."
    if at_head:
        fix = fix.replace("at the tail", "at the head").replace("it by", "its head by")
    return _wrong_length(of, cause, fix, (edit,))


def _is_of_head(of: Structure, index: int, excess: int) -> bool:
    """Whether it was a clip's head that was trimmed: its tail shows frames up to its neighbour's.

    Where clips follow one another in their footage as well, a change at the wrong end would show
    frames twice, or leave some out.
    """
    unit = of.slots[index].unit
    before = of.slots[index - 1].unit if index else None
    after = of.slots[index + 1].unit if index + 1 < len(of.slots) else None
    if unit is None:
        return False
    to_tail = _between(unit.pieces[-1], after.item) if after else None
    to_head = _between(before.pieces[-1], unit.item) if before else None
    if excess < 0:
        return to_tail is not None and 0 <= to_tail < -excess and to_head != 0
    return to_head is not None and -excess <= to_head < 0 and to_tail != -excess


def _between(item: Item, after: Item) -> int | None:
    """Frames of the footage between what two items show of the same file."""
    one, other = frames_shown(item), frames_shown(after)
    if one is None or other is None or one[0] != other[0]:
        return None
    return other[1] - one[1] - one[2]


def _wrong_length(of: Structure, cause: Cause, fix: str, edits: Iterable[Edit]) -> Finding:
    unit = of.unit(cause, Trouble.LENGTH)
    expected = of.slots[cause.part(Trouble.LENGTH).first].expected
    return rules.WRONG_LENGTH.on(
        of.timeline,
        unit.item,
        clip=unit.called,
        expected=count_frames(expected),
        found=count_frames(unit.shown),
        fix=fix,
        edits=edits,
    )


def _trimmed(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    unit, gap = of.unit(cause, Trouble.LENGTH), cause.part(Trouble.GAP)
    excess = cause.part(Trouble.LENGTH).frames
    at_head = gap.first == cause.part(Trouble.LENGTH).first
    frames = count_frames(abs(excess))
    if at_head:
        edit = on_item(Operation.TRIM_HEAD, unit.item, unit.start, unit.start - gap.frames)
    else:
        edit = on_item(Operation.TRIM_TAIL, unit.item, unit.end, unit.end - excess)
    end = "head" if at_head else "tail"
    if excess < 0:
        fix = f"extend its {end} by {frames}, over the gap {'before' if at_head else 'behind'} it."
        return _wrong_length(of, cause, fix, (edit,))
    over = "the clip before it" if at_head else "the clip behind it"
    return rules.OVERLAP.on(
        of.timeline,
        unit.item,
        clip=unit.called,
        expected=count_frames(unit.shown - excess),
        found=f"{count_frames(unit.shown)}: it overlaps {over} by {frames}",
        fix=f"trim {frames} off its {end}.",
        edits=(edit,),
    )


def _rolled(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    before, after = of.units(cause, Trouble.LENGTH)
    late = cause.parts[0].frames
    edit = on_item(Operation.ROLL_CUT, after.item, after.start, after.start - late)
    frames, which = count_frames(abs(late)), "late" if late > 0 else "early"
    expected = of.slots[cause.first].expected
    return rules.WRONG_LENGTH.on(
        of.timeline,
        before.item,
        clip=before.called,
        expected=count_frames(expected),
        found=f"{count_frames(before.shown)}: the cut to {after.called} is {frames} {which}",
        fix=f"roll the cut to {of.timecode(after.start - late)}.",
        edits=(edit,),
    )


def _slid(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    middle = of.slots[cause.first + 1].unit
    assert middle
    late = cause.parts[0].frames
    edit = on_item(Operation.SLIDE_CLIP, middle.item, middle.start, middle.start - late)
    frames, which = count_frames(abs(late)), "late" if late > 0 else "early"
    return rules.WRONG_LENGTH.on(
        of.timeline,
        middle.item,
        clip=middle.called,
        expected=f"a start at {of.timecode(middle.start - late)}",
        found=f"{frames} {which}: slid over its neighbour",
        fix=f"slide it {'back' if late > 0 else 'on'} by {frames}.",
        edits=(edit,),
    )


def _missing(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    missing = of.missing(cause)
    at = of.frame_before(cause.first)
    edits = list(_insertions(of, missing, at, mode))
    return _missing_clips(of, missing, at, edits)


def _insertions(
    of: Structure, missing: Sequence[tuple[int, Slot]], at: int, mode: Ripple
) -> Iterator[Edit]:
    track, frame = of.layout.track, at
    for _, slot in missing:
        key = str(slot.key)
        yield Edit(Operation.INSERT_CLIP, frame, track, key, None, slot.expected, mode)
        frame += slot.expected
    yield from of.markers_of(missing, mode, at, frame - at)


def _missing_clips(
    of: Structure, missing: Sequence[tuple[int, Slot]], at: int, edits: Iterable[Edit]
) -> Finding:
    lengths = [str(slot.expected) for _, slot in missing]
    first, last = missing[0][1].key, missing[-1][1].key
    count = len(missing)
    which = f"{first} is" if count == 1 else f"{first} to {last} are"
    return rules.MISSING_CLIP.at(
        of.timeline,
        at,
        track=of.layout.track,
        clip=str(first),
        expected=of.layout.describe_run(),
        found=f"{which} missing here",
        fix=f"insert {count} clip{'s' if count > 1 else ''} of {' + '.join(lengths)} frames.",
        edits=edits,
    )


def _lifted(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    missing = of.missing(cause)
    at = frame = of.frame_before(cause.first)
    edits: list[Edit] = []
    moved: list[Item] = []
    for _, slot in missing:
        above = _at(of.others, frame, slot.expected)
        if above:
            moved.append(above)
            edits.append(on_item(Operation.CHANGE_TRACK, above, above.track, of.layout.track))
        else:
            key, track = str(slot.key), of.layout.track
            edits.append(Edit(Operation.INSERT_CLIP, frame, track, key, None, slot.expected))
        frame += slot.expected
    edits += of.markers_of(missing, Ripple.NONE, at, 0)
    if moved:
        return _moved_up(of, missing, moved, edits)
    if cause.last + 1 == len(of.slots):
        return _missing_clips(of, missing, at, edits)
    return _left_gap(of, missing, at, edits)


def _at(items: Iterable[Item], frame: int, length: int) -> Item | None:
    fitting = (item for item in items if item.record.start == frame)
    return next((item for item in fitting if item.record.duration == length), None)


def _left_gap(
    of: Structure, missing: Sequence[tuple[int, Slot]], at: int, edits: Iterable[Edit]
) -> Finding:
    frames = sum(slot.expected for _, slot in missing)
    first, last = missing[0][1].key, missing[-1][1].key
    which = str(first) if len(missing) == 1 else f"{first} to {last}"
    clips = "clip" if len(missing) == 1 else f"{len(missing)} clips"
    return rules.MISSING_CLIP.at(
        of.timeline,
        at,
        track=of.layout.track,
        clip=str(first),
        expected=f"{which} here",
        found=f"a gap of {count_frames(frames)}: lifted, or moved elsewhere",
        fix=f"put the {clips} back into the gap.",
        edits=edits,
    )


def _moved_up(
    of: Structure,
    missing: Sequence[tuple[int, Slot]],
    moved: Sequence[Item],
    edits: Iterable[Edit],
) -> Finding:
    item, track = moved[0], of.layout.track
    count = len(moved)
    these = str(missing[0][1].key) if count == 1 else f"{count} clips"
    return rules.OTHER_TRACK.on(
        of.timeline,
        item,
        clip=str(missing[0][1].key) if count == len(missing) else item.name,
        expected=f"{these} on V{track}",
        found=f"on V{item.track}, above a gap of V{track}",
        fix=f"move {'it' if count == 1 else 'them'} down to V{track}.",
        edits=edits,
    )


def _extra(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    units = of.units(cause, Trouble.EXTRA)
    joined = _joined(of, units)
    edits = [*_removals(units, mode)]
    if joined:
        edits.append(on_item(Operation.JOIN_CLIPS, joined.item, units[0].start))
    return _too_many(of, units, joined, edits)


def _removals(units: Sequence[Unit], mode: Ripple) -> Iterator[Edit]:
    """The last first, so that none moves another."""
    for unit in reversed(units):
        if unit.marker:
            yield remove_marker(unit.marker.frame, str(unit.marker.key))
        length = unit.item.record.duration
        yield Edit(
            Operation.REMOVE_CLIP, unit.start, unit.item.track, unit.called, length, None, mode
        )


def _joined(of: Structure, units: Sequence[Unit]) -> Unit | None:
    """The clip that units were edited into, where it goes on behind them."""
    start, end = units[0].start, units[-1].end
    for slot in of.slots:
        unit = slot.unit
        if unit and unit.start < start < unit.end and len(unit.pieces) > 1:
            borders = {piece.record.end for piece in unit.pieces[:-1]}
            return unit if start in borders and unit.end > end else None
    return None


def _too_many(
    of: Structure, units: Sequence[Unit], joined: Unit | None, edits: Iterable[Edit]
) -> Finding:
    first, count = units[0], len(units)
    frames = sum(unit.shown for unit in units)
    them = "it" if count == 1 else "them"
    what = f"{count} clips, {frames} frames" if count > 1 else f"a clip of {count_frames(frames)}"
    parted = f", edited into {joined.called}" if joined else ""
    original = first.copy_of or _original(of, first)
    if original:
        which = str(original)
        unmarked = ", without a marker" if of.layout.naming.by_marker and not first.marker else ""
        if count > 1:
            which += f" and the {count - 1} clips that follow it"
        return rules.DUPLICATE_CLIP.on(
            of.timeline,
            first.item,
            expected="different frames in each clip",
            found=f"a copy of {which}: the same frames{unmarked}{parted}",
            fix=f"delete {them}, and close the gap (Edit > Ripple Delete).",
            edits=edits,
        )
    unnamed = "" if first.named else ", which nothing names"
    return rules.EXTRA_CLIP.on(
        of.timeline,
        first.item,
        clip=first.called,
        expected=of.layout.describe_run(),
        found=f"{what} too many{unnamed}{parted}",
        fix=f"delete {them}, and close the gap (Edit > Ripple Delete).",
        edits=edits,
    )


def _original(of: Structure, copy: Unit) -> ClipKey | None:
    """The clip that shows the same frames as one that is too many."""
    shown = frames_shown(copy.item)
    others = (slot.unit for slot in of.slots if slot.kind is SlotKind.CLIP and slot.unit)
    same = (unit.key for unit in others if shown and frames_shown(unit.item) == shown)
    return next(same, None)


def _replaced(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    units = of.units(cause, Trouble.EXTRA)
    edits, covered = [*_removals(units, Ripple.NONE)], []
    start, end = units[0].start, units[-1].end
    frame = start
    for part in cause.parts:
        unit = of.slots[part.first].unit
        if part.trouble is not Trouble.LENGTH or unit is None:
            continue
        covered.append(unit.called)
        if unit.hole:
            edits.append(
                Edit(Operation.TRIM_TAIL, unit.start, unit.item.track, unit.called, start, end)
            )
            edits.append(on_item(Operation.JOIN_CLIPS, unit.item, end))
        elif unit.start < start:
            frame = unit.end - part.frames
            edits.append(on_item(Operation.TRIM_TAIL, unit.item, unit.end, frame))
        else:
            edits.append(
                on_item(Operation.TRIM_HEAD, unit.item, unit.start, unit.start + part.frames)
            )
    missing = of.missing(cause)
    covered += [str(slot.key) for _, slot in missing]
    edits += _insertions(of, missing, frame, Ripple.NONE)
    return _put_over(of, units, covered, edits)


def _put_over(
    of: Structure, units: Sequence[Unit], covered: Sequence[str], edits: Iterable[Edit]
) -> Finding:
    first = units[0]
    over = (
        " and ".join(covered) if len(covered) < 3 else f"{covered[0]} and {len(covered) - 1} more"
    )
    rule = rules.DUPLICATE_CLIP if first.copy_of else rules.EXTRA_CLIP
    what = (
        f"a copy of {first.copy_of}"
        if first.copy_of
        else f"{count_frames(first.shown)} of another clip"
    )
    return rule.on(
        of.timeline,
        first.item,
        clip=first.called,
        expected=f"all frames of {over}",
        found=f"{what}, put over {over}",
        fix="delete it, and bring back what it covers (or undo the overwrite).",
        edits=edits,
    )


_OF_KIND: Mapping[CauseKind, Callable[[Structure, Cause, Ripple], Finding]] = {
    CauseKind.GAP: _gap,
    CauseKind.LENGTH: _length,
    CauseKind.MISSING: _missing,
    CauseKind.EXTRA: _extra,
    CauseKind.TRIMMED: _trimmed,
    CauseKind.LIFTED: _lifted,
    CauseKind.ROLLED: _rolled,
    CauseKind.SLID: _slid,
    CauseKind.REPLACED: _replaced,
}
