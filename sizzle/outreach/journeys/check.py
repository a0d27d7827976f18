"""What the author of a journey should know before anybody enters it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain

from sizzle.errors import InputError
from sizzle.outreach.campaign_file import milliseconds_of
from sizzle.outreach.journeys.check_graph import graph_findings
from sizzle.outreach.journeys.durations import milliseconds_in
from sizzle.outreach.journeys.findings import JourneyFinding, error, warning
from sizzle.outreach.journeys.local_time import moment_of
from sizzle.outreach.journeys.model import (
    LONGEST,
    Condition,
    EventTrigger,
    Journey,
    ScheduleTrigger,
    SendStep,
    Split,
    Step,
    Wait,
    WaitForEvent,
    WaitUntil,
    edges,
)
from sizzle.outreach.timing.zones import is_zone


def check_journey(journey: Journey, now: int) -> list[JourneyFinding]:
    """What is wrong with a journey, whoever the members are, errors first.

    Args:
        journey: of which.
        now: milliseconds since 1970.
    """
    found = [
        *_of_the_whole(journey),
        *_of_trigger(journey, now),
        *chain.from_iterable(_of_step(journey, step, now) for step in journey.steps),
        *graph_findings(journey),
    ]
    return sorted(found, key=lambda one: str(one.severity))


def _of_the_whole(journey: Journey) -> Iterator[JourneyFinding]:
    for repeated in _repeated(step.id for step in journey.steps):
        yield error(
            "repeated-step", repeated, f"Several steps are called {repeated}.", "rename one."
        )
    if journey.goal is None:
        yield warning(
            "no-goal", "", "Nobody leaves because the goal is reached.", "name an event as `goal`."
        )
    if journey.end_after > LONGEST:
        yield error("too-long", "", f"A run may take {journey.longest}.", "use at most 730 days.")
    if not any(isinstance(step, SendStep) for step in journey.steps):
        yield warning("sends-nothing", "", "No step sends a message.", "add a step `send`.")


def _of_trigger(journey: Journey, now: int) -> Iterator[JourneyFinding]:
    trigger = journey.trigger
    if isinstance(trigger, EventTrigger) and trigger.event == journey.goal:
        yield warning(
            "goal-is-trigger",
            "",
            "The event that starts a run also ends it when it comes again.",
            "name another event as `goal`.",
        )
    if isinstance(trigger, ScheduleTrigger):
        yield from _of_schedule(journey, trigger, now)


def _of_schedule(journey: Journey, trigger: ScheduleTrigger, now: int) -> Iterator[JourneyFinding]:
    problem = _schedule_problem(trigger)
    if problem:
        yield error("unclear-schedule", "", problem, "write times as 2026-12-01T09:00.")
        return
    last = trigger.first if trigger.every == "once" else trigger.last
    if last and moment_of(last, trigger.zone) < now:
        yield warning(
            "schedule-is-over", "", f"The last time was {last}.", "name times that are to come."
        )
    if trigger.every != "once" and journey.reenter_after is None:
        yield warning(
            "enters-once",
            "",
            f"It recurs every {trigger.every}, and each member enters once for ever.",
            "set `reenter_after`.",
        )


def _schedule_problem(trigger: ScheduleTrigger) -> str:
    if not is_zone(trigger.zone):
        return f"{trigger.zone[:60]!r} is no time zone."
    for text in (trigger.first, trigger.last):
        try:
            if text:
                datetime.fromisoformat(text)
        except ValueError:
            return f"{text!r} is no time."
    if trigger.last and trigger.last < trigger.first:
        return "Its last time is before its first."
    return ""


def _of_step(journey: Journey, step: Step, now: int) -> Iterator[JourneyFinding]:
    match step:
        case Wait() | WaitForEvent():
            yield from _of_wait(journey, step)
        case WaitUntil():
            yield from _of_wait_until(step, now)
        case Condition():
            yield from _of_condition(journey, step)
        case Split():
            for repeated in _repeated(branch.name for branch in step.branches):
                message = f"Several branches are called {repeated}."
                yield error("repeated-branch", step.id, message, "rename one.")
        case SendStep() if not journey.topic_of(step):
            yield error(
                "send-without-topic",
                step.id,
                "Nobody can say of this message that they do not want it.",
                "name the `topic` of consent, here or for the whole journey.",
            )
    yield from _unknown_targets(journey, step)


def _unknown_targets(journey: Journey, step: Step) -> Iterator[JourneyFinding]:
    for label, target in edges(step):
        if target and journey.step(target) is None:
            way = f" ({label})" if label else ""
            message = f"The way{way} leads to {target!r}, which is no step."
            yield error("unknown-step", step.id, message, "name a step's id, or leave it out.")


def _of_wait(journey: Journey, step: Wait | WaitForEvent) -> Iterator[JourneyFinding]:
    length = step.duration if isinstance(step, Wait) else step.limit
    if length is None:
        yield error(
            "wait-without-end",
            step.id,
            "Who never has the event waits for ever.",
            "set `limit`, such as `7 days`.",
        )
    elif milliseconds_in(length) > journey.end_after:
        yield warning(
            "wait-too-long",
            step.id,
            f"It waits {length}; a run ends after {journey.longest}.",
            "shorten the wait, or set `longest`.",
        )
    if isinstance(step, WaitForEvent) and step.next == step.otherwise:
        yield _idle(step.id)


def _of_wait_until(step: WaitUntil, now: int) -> Iterator[JourneyFinding]:
    if bool(step.time) is (step.hour is not None):
        yield error(
            "unclear-wait", step.id, "It is not clear until when.", "set either `time` or `hour`."
        )
    elif step.hour is not None and not step.days:
        yield error("wait-without-end", step.id, "There is no day that counts.", "name `days`.")
    elif step.time:
        yield from _of_moment(step, now)


def _of_moment(step: WaitUntil, now: int) -> Iterator[JourneyFinding]:
    try:
        until = milliseconds_of(step.time, step.id)
    except InputError as problem:
        yield error("unclear-wait", step.id, problem.what, problem.fix or "write another time.")
        return
    if until < now:
        yield warning(
            "wait-in-the-past", step.id, "Nobody waits here any more.", "name a time to come."
        )


def _of_condition(journey: Journey, step: Condition) -> Iterator[JourneyFinding]:
    test = step.test
    asked = (bool(test.segment_id), test.event is not None, test.treatment is not None)
    if sum(asked) != 1:
        yield error(
            "unclear-condition",
            step.id,
            "It does not ask exactly one thing.",
            "set one of `segment_id`, `event` and `treatment`.",
        )
    if test.treatment is not None:
        split = journey.step(test.treatment.split)
        names = [branch.name for branch in split.branches] if isinstance(split, Split) else []
        if test.treatment.branch not in names:
            yield error(
                "unknown-branch",
                step.id,
                f"There is no split {test.treatment.split} with a branch {test.treatment.branch}.",
                "name a split and one of its branches.",
            )
    if step.next == step.otherwise:
        yield _idle(step.id)


def _idle(step: str) -> JourneyFinding:
    message = "Both ways lead to the same step."
    return warning("idle-condition", step, message, "take the step out, or let one way differ.")


def _repeated(names: Iterable[str]) -> list[str]:
    seen, found = set[str](), []
    for name in names:
        if name in seen and name not in found:
            found.append(name)
        seen.add(name)
    return found
