"""The steps of a journey as a graph: who is reached from where, and where it goes in circles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set

from sizzle.outreach.journeys.model import Journey, Step, Wait, WaitForEvent, edges

Ways = Mapping[str, Sequence[str]]
"""The ids of the steps that come next, by the id of a step."""


def ways_of(journey: Journey) -> dict[str, list[str]]:
    """Where each step leads to, as far as there is such a step."""
    known = {step.id for step in journey.steps}
    return {
        step.id: [edge.target for edge in edges(step) if edge.target in known]
        for step in journey.steps
    }


def reached(ways: Ways, start: str, *, past: Callable[[str], bool] = lambda _: True) -> set[str]:
    """The steps that are reached from one, itself included.

    Args:
        ways: of the journey.
        start: from where.
        past: whether a way leads on from a step that is reached.
    """
    found, left = {start}, [start]
    while left:
        current = left.pop()
        if current != start and not past(current):
            continue
        new = [target for target in ways[current] if target not in found]
        found.update(new)
        left += new
    return found


def cycles(ways: Ways) -> list[Set[str]]:
    """The groups of steps that lead back to themselves."""
    beyond = {one: _beyond(ways, one) for one in ways}
    found: list[Set[str]] = []
    for one in ways:
        if one in beyond[one] and not any(one in group for group in found):
            group = {other for other in beyond[one] if one in beyond[other]}
            found.append(group)
    return found


def without(ways: Ways, left_out: Iterable[str]) -> dict[str, list[str]]:
    """The same without some steps."""
    gone = set(left_out)
    return {
        one: [target for target in targets if target not in gone]
        for one, targets in ways.items()
        if one not in gone
    }


def takes_time(step: Step) -> bool:
    """Whether a run that comes again to a step waits for some time each time."""
    return isinstance(step, Wait | WaitForEvent)


def _beyond(ways: Ways, start: str) -> set[str]:
    return {one for target in ways[start] for one in reached(ways, target)}
