"""Findings of cuts: gaps, overlaps and wrong lengths, each with the edits that mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sizzle.layout import rules
from sizzle.layout.causes import Cause, Trouble
from sizzle.layout.edits import Edit, Operation, Ripple, on_item
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.structure import Structure
from sizzle.layout.timeline import frames_left_out


def gap(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """A gap that was inserted, or an overlap."""
    after = of.unit(cause, Trouble.GAP)
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
    inside = f" inside {after.called}" if of.slots[cause.first].goes_on else ""
    return rules.GAP.at(
        of.timeline,
        after.start - frames,
        expected=f"{after.item.name} here",
        found=f"a gap of {count_frames(frames)}{inside}",
        fix="close the gap (Sequence > Close Gap).",
        track=after.item.track,
        clip=after.item.name,
        edits=(edit,),
    )


def wrong_length(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """A clip that was trimmed, and all that follows moved."""
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
    to_tail = frames_left_out(unit.pieces[-1], after.item) if after else None
    to_head = frames_left_out(before.pieces[-1], unit.item) if before else None
    if excess < 0:
        return to_tail is not None and 0 <= to_tail < -excess and to_head != 0
    return to_head is not None and -excess <= to_head < 0 and to_tail != -excess


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


def trimmed(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """A clip that was trimmed, and a gap left or its neighbour overlapped."""
    unit, left = of.unit(cause, Trouble.LENGTH), cause.part(Trouble.GAP)
    excess = cause.part(Trouble.LENGTH).frames
    at_head = left.first == cause.part(Trouble.LENGTH).first
    frames = count_frames(abs(excess))
    if at_head:
        edit = on_item(Operation.TRIM_HEAD, unit.item, unit.start, unit.start - left.frames)
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


def rolled(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """A cut that was moved."""
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


def slid(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """A clip that was moved between its neighbours."""
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
