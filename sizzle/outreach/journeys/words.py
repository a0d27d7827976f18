"""A journey in words, for its picture and the table beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sizzle.outreach.journeys.model import (
    DAYS,
    Condition,
    EventMatch,
    EventTrigger,
    Exit,
    Journey,
    SegmentTrigger,
    SendStep,
    Split,
    Step,
    Trigger,
    Wait,
    WaitForEvent,
    WaitUntil,
    edges,
)

COMPLETED: Final = "completed"
"""Where ways lead that name no step."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step, as a row of the table that says the same as the picture.

    Attributes:
        what: the step does.
        leads_to: the ways on, each with its label.
        standing: how many runs stand there.
    """

    step: str
    name: str
    what: str
    leads_to: str
    standing: int


def step_rows(journey: Journey, standing: Mapping[str, int]) -> list[StepRow]:
    """All steps in their order.

    Args:
        journey: of which.
        standing: how many runs stand where, by step.
    """
    return [
        StepRow(one.id, one.name, step_text(one), _ways(one), standing.get(one.id, 0))
        for one in journey.steps
    ]


def trigger_text(trigger: Trigger) -> str:
    """What starts a run."""
    match trigger:
        case EventTrigger():
            return f"on {_event(trigger.event)}"
        case SegmentTrigger():
            return f"on entering segment {trigger.segment_id}"
        case _:
            every = "at" if trigger.every == "once" else f"every {trigger.every} from"
            return f"{every} {trigger.first} ({trigger.zone}), segment {trigger.segment_id}"


def step_text(step: Step) -> str:
    """What a step does."""
    match step:
        case Wait():
            return f"wait {step.duration}"
        case WaitUntil():
            return _until(step)
        case WaitForEvent():
            limit = f", at most {step.limit}" if step.limit else ""
            return f"wait for {_event(step.event)}{limit}"
        case Condition():
            return f"if {_asked(step)}"
        case SendStep():
            channels = " or ".join(channel.value for channel in step.channels)
            return f"send {step.kind.value} {step.promoted_id} by {channels}"
        case Split():
            held = f", {step.holdout:.0%} held out" if step.holdout else ""
            return f"split {_shares(step)}{held}"
        case Exit():
            return "end"


def _until(step: WaitUntil) -> str:
    if step.hour is None:
        return f"wait until {step.time}"
    days = "" if set(step.days) == set(DAYS) else f" on {', '.join(step.days)}"
    return f"wait until {step.hour}{days}"


def _asked(step: Condition) -> str:
    test = step.test
    if test.event is not None:
        return f"{_event(test.event)} since entry"
    if test.treatment is not None:
        return f"{test.treatment.split} gave {test.treatment.branch}"
    return f"in segment {test.segment_id}"


def _event(match: EventMatch) -> str:
    given = (f"{name} {' or '.join(values[:3])}" for name, values in match.attributes.items())
    return f"{match.type}{', '.join(['', *given])}"


def _shares(step: Split) -> str:
    whole = sum(branch.weight for branch in step.branches)
    return ", ".join(f"{branch.name} {branch.weight / whole:.0%}" for branch in step.branches)


def _ways(step: Step) -> str:
    ways = [
        f"{way.label}: {way.target or COMPLETED}" if way.label else way.target or COMPLETED
        for way in edges(step)
    ]
    return "; ".join(ways)
