"""Findings of clips that are too many: inserted, pasted, or put over others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sizzle.clips import ClipKey
from sizzle.layout import rules
from sizzle.layout.causes import Cause, Trouble
from sizzle.layout.edits import Edit, Operation, Ripple, on_item, remove_marker
from sizzle.layout.findings import Finding, count_frames
from sizzle.layout.missing_findings import insertions
from sizzle.layout.slots import SlotKind
from sizzle.layout.structure import Structure
from sizzle.layout.timeline import frames_shown
from sizzle.layout.units import Unit


def extra_finding(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """Clips that were inserted, and all that follows moved."""
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
    fix = f"delete {them}, and close the gap (Edit > Ripple Delete)."
    if _may_be_titles(of, units):
        fix = "set their markers, if they are a title; else " + fix
    return rules.EXTRA_CLIP.on(
        of.timeline,
        first.item,
        clip=first.called,
        expected=of.layout.describe_run(),
        found=f"{what} too many{unnamed}{parted}",
        fix=fix,
        edits=edits,
    )


def _may_be_titles(of: Structure, units: Sequence[Unit]) -> bool:
    """Whether they have the lengths of whole titles, and no markers."""
    run = of.layout.run
    lengths = [unit.shown for unit in units]
    unmarked = of.layout.naming.by_marker and not any(unit.named for unit in units)
    return unmarked and lengths == list(run) * (len(units) // len(run))


def _original(of: Structure, copy: Unit) -> ClipKey | None:
    """The clip that shows the same frames as one that is too many."""
    shown = frames_shown(copy.item)
    others = (slot.unit for slot in of.slots if slot.kind is SlotKind.CLIP and slot.unit)
    same = (unit.key for unit in others if shown and frames_shown(unit.item) == shown)
    return next(same, None)


def replaced(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """A clip that was put over others."""
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
    edits += insertions(of, missing, frame, Ripple.NONE)
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
