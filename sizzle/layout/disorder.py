"""Titles whose clips have the right lengths in a wrong order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from sizzle.layout import rules
from sizzle.layout.edits import Edit, Operation, Ripple, move_marker
from sizzle.layout.findings import Finding
from sizzle.layout.policy import Layout
from sizzle.layout.timeline import Timeline
from sizzle.layout.units import Unit


def wrong_order(
    timeline: Timeline, layout: Layout, units: Sequence[Unit], right: Sequence[int]
) -> Finding:
    """The finding of a title whose clips must be put in another order.

    Args:
        timeline: that is checked.
        layout: that it must keep to.
        units: the title's clips as they are.
        right: their lengths in the right order.
    """
    travelled = _numbers(units) != sorted(_numbers(units))
    target = _by_number(units)
    if not travelled or [unit.length for unit in target] != list(right):
        target, travelled = _by_length(units, right), False
    ripple = Ripple.ALL if travelled else Ripple.CLIPS
    edits = [*_moves(units, target, ripple)]
    if not travelled:
        edits += _marker_moves(units, right)
    first = next(unit for unit, right in zip(units, target, strict=True) if unit is not right)
    count = len([edit for edit in edits if edit.operation is Operation.MOVE_CLIP])
    where = timeline.timecode(int(edits[0].after or 0))
    more = f", and so on: {count} moves" if count > 1 else ""
    return rules.WRONG_ORDER.on(
        timeline,
        first.item,
        clip=first.called,
        expected=layout.describe_run(),
        found=", ".join(str(unit.length) for unit in units),
        fix=f"move {edits[0].name} to {where}{more}.",
        edits=edits,
    )


def _numbers(units: Sequence[Unit]) -> list[int]:
    return [unit.key.number if unit.key else 0 for unit in units]


def _by_number(units: Sequence[Unit]) -> list[Unit]:
    return sorted(units, key=lambda unit: unit.key.number if unit.key else 0)


def _by_length(units: Sequence[Unit], run: Sequence[int]) -> list[Unit]:
    """The clips in the run's order; those that have the right length where they are stay there."""
    loose = [unit for unit, length in zip(units, run, strict=True) if unit.length != length]
    order = []
    for unit, length in zip(units, run, strict=True):
        if unit.length == length:
            order.append(unit)
        else:
            fitting = next(unit for unit in loose if unit.length == length)
            loose = [unit for unit in loose if unit is not fitting]
            order.append(fitting)
    return order


def _moves(units: Sequence[Unit], target: Sequence[Unit], ripple: Ripple) -> Iterator[Edit]:
    """Move clips, the foremost first, until the order is the target's."""
    current = list(units)
    base = units[0].start
    for position, wanted in enumerate(target):
        at = next(index for index, unit in enumerate(current) if unit is wanted)
        if at == position:
            continue
        starts = [base, *accumulate((unit.length for unit in current), initial=base)][1:]
        yield Edit(
            Operation.MOVE_CLIP,
            starts[at],
            wanted.item.track,
            wanted.called,
            starts[at],
            starts[position],
            ripple,
        )
        current.insert(position, current.pop(at))


def _marker_moves(units: Sequence[Unit], run: Sequence[int]) -> Iterator[Edit]:
    """What puts the markers, which stay, on the cuts of the right order."""
    first = units[0]
    off = first.marker.frame - first.start if first.marker else 0
    starts = accumulate(run[:-1], initial=first.start + off)
    for unit, frame in zip(units, starts, strict=True):
        if unit.marker and unit.marker.frame != frame:
            yield move_marker(unit.marker.frame, str(unit.marker.key), frame)
