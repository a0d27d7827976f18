"""Findings of a range that was taken out across cuts: the ends of two clips, and all between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sizzle.layout import rules
from sizzle.layout.causes import Cause, Trouble
from sizzle.layout.edits import Edit, Operation, Ripple, on_item
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.missing_findings import insertions
from sizzle.layout.structure import Structure


def range_lifted(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """A range that was lifted: its gap is left."""
    before, after = of.units(cause, Trouble.LENGTH)
    frames = count_frames(cause.part(Trouble.GAP).frames)
    return rules.GAP.at(
        of.timeline,
        before.end,
        track=of.layout.track,
        clip=before.called,
        expected=f"all frames of {before.called} to {after.called}",
        found=f"a gap of {frames}, with the end of {before.called} and the start of {after.called}",
        fix=f"undo the lift, or put back what was there: {before.called} and {after.called} reach"
        " into the gap.",
        edits=_edits(of, cause, Ripple.NONE),
    )


def range_extracted(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """A range that was extracted: what followed it has moved up."""
    before, after = of.units(cause, Trouble.LENGTH)
    return rules.WRONG_LENGTH.on(
        of.timeline,
        before.item,
        clip=before.called,
        expected=f"all frames of {before.called} to {after.called}",
        found=f"{count_frames(-cause.frames)} less, from the end of {before.called} to the start"
        f" of {after.called}",
        fix=f"undo the extraction, or insert what was there: {before.called} lacks frames at its"
        f" tail, {after.called} at its head.",
        edits=_edits(of, cause, mode),
    )


def _edits(of: Structure, cause: Cause, mode: Ripple) -> Iterator[Edit]:
    """From the first clip on: each frame is that of the timeline as mended so far."""
    before, after = of.units(cause, Trouble.LENGTH)
    lengths = [part for part in cause.parts if part.trouble is Trouble.LENGTH]
    tail, head = -lengths[0].frames, -lengths[1].frames
    end = before.end + tail
    yield replace(on_item(Operation.TRIM_TAIL, before.item, before.end, end), ripple=mode)
    missing = of.missing(cause)
    between = [slot for slot in missing if slot[0] < lengths[1].first]
    yield from insertions(of, between, end, mode)
    start = after.start
    if mode is not Ripple.NONE:
        start += tail + sum(slot.expected for _, slot in between)
    trim = on_item(Operation.TRIM_HEAD, after.item, start, start - head)
    yield replace(trim, frame=start, ripple=mode)
    behind = start + after.shown + head
    yield from insertions(of, missing[len(between) :], behind, mode)
