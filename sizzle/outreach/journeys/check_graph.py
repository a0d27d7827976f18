"""What the ways between the steps of a journey say."""

from __future__ import annotations

from collections.abc import Iterator, Set

from sizzle.outreach.journeys.findings import JourneyFinding, error, warning
from sizzle.outreach.journeys.graph import Ways, cycles, reached, takes_time, ways_of, without
from sizzle.outreach.journeys.model import Condition, Journey, SendStep, Split, WaitUntil


def graph_findings(journey: Journey) -> Iterator[JourneyFinding]:
    """Findings about the ways between steps."""
    if len({step.id for step in journey.steps}) < len(journey.steps):
        return  # ways between steps of one name are not clear
    ways, start = ways_of(journey), journey.steps[0].id
    there = reached(ways, start)
    for step in journey.steps:
        if step.id not in there:
            yield warning(
                "unreachable-step",
                step.id,
                "No way leads here from the first step.",
                "let a step lead to it, or take it out.",
            )
    yield from _circles(journey, ways)
    yield from _sends_in_a_row(journey, ways)
    yield from _branches_not_given(journey, ways, start, there)


def _circles(journey: Journey, ways: Ways) -> Iterator[JourneyFinding]:
    waits = {step.id for step in journey.steps if takes_time(step)}
    for group in cycles(without(ways, waits)):
        yield error(
            "cycle-without-wait",
            _first(journey, group),
            f"{_names(journey, group)} lead back to themselves without a wait.",
            "put a `wait` into the circle, or let it end.",
        )
    for group in cycles(ways):
        if group & waits:
            yield warning(
                "cycle",
                _first(journey, group),
                f"{_names(journey, group)} lead back to themselves until the run ends otherwise.",
                "let the circle end.",
            )
        for step in journey.steps:
            if step.id in group and isinstance(step, SendStep):
                yield warning(
                    "repeated-send",
                    step.id,
                    "A run that comes here again does not send it again.",
                    "let other steps send what is to be sent later.",
                )


def _sends_in_a_row(journey: Journey, ways: Ways) -> Iterator[JourneyFinding]:
    sends = {step.id for step in journey.steps if isinstance(step, SendStep)}
    waiting = {step.id for step in journey.steps if takes_time(step) or isinstance(step, WaitUntil)}
    for one in sorted(sends):
        near = reached(ways, one, past=lambda step: step not in waiting) - {one}
        for other in sorted(near & sends):
            yield warning(
                "sends-without-wait",
                other,
                f"It follows {one} at once.",
                "put a `wait` between them.",
            )


def _branches_not_given(
    journey: Journey, ways: Ways, start: str, there: Set[str]
) -> Iterator[JourneyFinding]:
    splits = {step.id for step in journey.steps if isinstance(step, Split)}
    for step in journey.steps:
        if not (isinstance(step, Condition) and step.test.treatment is not None):
            continue
        split = step.test.treatment.split
        if split not in splits or step.id not in there:
            continue
        around = set() if start == split else reached(without(ways, [split]), start)
        if step.id in around:
            yield warning(
                "branch-not-given",
                step.id,
                f"It is reached without {split}, whose branches it asks for.",
                "put the split before it.",
            )


def _first(journey: Journey, group: Set[str]) -> str:
    return next(step.id for step in journey.steps if step.id in group)


def _names(journey: Journey, group: Set[str]) -> str:
    names = [step.id for step in journey.steps if step.id in group]
    return ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")
