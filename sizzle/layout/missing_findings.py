"""Findings of clips that are not where they belong: deleted, lifted, or on another track."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sizzle.layout import rules
from sizzle.layout.causes import Cause
from sizzle.layout.edits import Edit, Operation, Ripple, on_item
from sizzle.layout.findings import Finding
from sizzle.layout.put_back import above_a_gap, left_gap
from sizzle.layout.slots import Slot
from sizzle.layout.structure import Structure
from sizzle.layout.timeline import Item


def missing_finding(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """Clips that were deleted, and all that follows moved."""
    missing = of.missing(cause)
    at = of.frame_before(cause.first)
    edits = list(insertions(of, missing, at, mode))
    return _missing_clips(of, missing, at, edits)


def insertions(
    of: Structure, missing: Sequence[tuple[int, Slot]], at: int, mode: Ripple
) -> Iterator[Edit]:
    """The edits that insert missing clips, with their markers.

    Args:
        of: the track.
        missing: the clips' slots, with their indexes.
        at: the frame of the first.
        mode: what moves along.
    """
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


def lifted(of: Structure, cause: Cause, mode: Ripple) -> Finding:
    """Clips that were deleted or moved to another track, and a gap left."""
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
        key = str(missing[0][1].key)
        clip = key if len(moved) == len(missing) else ""
        return above_a_gap(of.timeline, moved, of.layout.track, edits, key=key, clip=clip)
    if cause.last + 1 == len(of.slots):
        return _missing_clips(of, missing, at, edits)
    names = [str(slot.key) for _, slot in missing]
    return left_gap(of.timeline, of.layout.track, at, frame - at, names, edits)


def _at(items: Iterable[Item], frame: int, length: int) -> Item | None:
    fitting = (item for item in items if item.record.start == frame)
    return next((item for item in fitting if item.record.duration == length), None)
