"""Clips that a razor cut in two, though nothing else happened to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from sizzle.layout import rules
from sizzle.layout.edits import Operation, on_item
from sizzle.layout.findings import Finding
from sizzle.layout.timeline import Timeline, frames_left_out
from sizzle.layout.units import Unit


def through_edits(timeline: Timeline, units: Iterable[Unit]) -> Iterator[Finding]:
    """One finding for each clip that has cuts which nothing lies between."""
    for unit in units:
        cuts = [
            after.record.start
            for before, after in pairwise(unit.pieces)
            if before.record.end == after.record.start and not frames_left_out(before, after)
        ]
        if cuts:
            yield _through_edit(timeline, unit, cuts)


def _through_edit(timeline: Timeline, unit: Unit, cuts: list[int]) -> Finding:
    (first, *more) = cuts
    them = "them" if more else "it"
    also = f", and {len(more)} more cuts" if more else ""
    return rules.THROUGH_EDIT.at(
        timeline,
        first,
        track=unit.item.track,
        clip=unit.called,
        expected=f"{unit.called} in one piece",
        found=f"a cut through it at {timeline.timecode(first)}, where it goes on{also}",
        fix=f"select {'the cuts' if more else 'the cut'} and delete {them}, to join the clip again"
        " (Join Through Edits).",
        # The last first, so that each joins the piece behind it to the one before.
        edits=[on_item(Operation.JOIN_CLIPS, unit.item, cut) for cut in reversed(cuts)],
    )
