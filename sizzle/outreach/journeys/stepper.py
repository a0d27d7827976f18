"""The stepper: where a run goes, by what is known now. It is looked at as often as anyone likes.

A run stands at a step and waits, or goes on through steps that do not wait. Waits count from when
the one before was over, not from when a worker came to see it, so that they do not drift; but from
an hour ago at most, so that a chain of them is not passed through at once after a long pause.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from sizzle.experiments import HOLDOUT, assign
from sizzle.outreach.campaign_file import milliseconds_of
from sizzle.outreach.journeys.durations import HOUR, MINUTE, milliseconds_in
from sizzle.outreach.journeys.local_time import next_hour
from sizzle.outreach.journeys.model import (
    LONGEST,
    Condition,
    EventMatch,
    Exit,
    Journey,
    SendStep,
    Split,
    Step,
    Wait,
    WaitForEvent,
    WaitUntil,
)
from sizzle.outreach.journeys.run import (
    CancelSends,
    Effect,
    Facts,
    Outcome,
    PlanSend,
    Run,
)

_LATENESS: Final = HOUR
_MOST_MOVES: Final = 64
"""Of one look; a run that goes round in a circle is left for a minute then."""


@dataclass(frozen=True, slots=True)
class _Stay:
    until: int


@dataclass(frozen=True, slots=True)
class _Move:
    """To the next step, which counts from `since`; None for now."""

    target: str
    since: int | None = None
    branch: str = ""


@dataclass(frozen=True, slots=True)
class _End:
    outcome: Outcome


_Turn = _Stay | _Move | _End


def step(journey: Journey, run: Run, facts: Facts, now: int) -> tuple[Run, list[Effect]]:
    """Where a run goes, and what comes of that.

    Args:
        journey: in the version of the run.
        run: as it was left.
        facts: of its member.
        now: milliseconds since 1970.

    Returns:
        The run, and what has to happen together with it, once.
    """
    if run.outcome is not None:
        return run, []
    run = _by_this_clock(run, now)
    if (ended := _ended_for_all(journey, run, facts, now)) is not None:
        return replace(run, outcome=ended, due=now), [CancelSends(ended)]
    effects: list[Effect] = []
    for _ in range(_MOST_MOVES):
        current = journey.step(run.step)
        turn = _turn(journey, current, run, facts, now)
        if isinstance(turn, _Stay):
            return replace(run, due=min(turn.until, run.entered + journey.end_after)), effects
        if isinstance(current, SendStep) and PlanSend(current.id) not in effects:
            effects.append(PlanSend(current.id))
        if isinstance(turn, _End) or not turn.target:
            outcome = turn.outcome if isinstance(turn, _End) else Outcome.COMPLETED
            return replace(run, outcome=outcome, due=now), effects
        run = _moved(run, turn, now)
    return replace(run, due=now + MINUTE), effects


def _by_this_clock(run: Run, now: int) -> Run:
    """A run that was written by a clock which has been put back since counts from now."""
    if run.since <= now and run.entered <= now:
        return run
    return replace(run, since=min(run.since, now), entered=min(run.entered, now))


def _ended_for_all(journey: Journey, run: Run, facts: Facts, now: int) -> Outcome | None:
    """Why a run ends, wherever it is; None where it goes on."""
    ends = (
        (facts.closed, Outcome.CLOSED),
        (facts.held_out, Outcome.HELD_OUT),
        (_came(journey.goal, facts, run.entered, now), Outcome.CONVERTED),
        (facts.unsubscribed, Outcome.UNSUBSCRIBED),
        (_has_left(journey, facts), Outcome.LEFT_SEGMENT),
        (now >= run.entered + journey.end_after, Outcome.TOO_LONG),
    )
    return next((outcome for holds, outcome in ends if holds), None)


def _has_left(journey: Journey, facts: Facts) -> bool:
    return bool(journey.segment_id) and journey.segment_id not in facts.segments


def _came(match: EventMatch | None, facts: Facts, after: int, until: int) -> bool:
    """Whether there was such an event after a time, up to another one."""
    return match is not None and any(
        after < event.time <= until and match.matches(event.type, event.attributes)
        for event in facts.events
    )


def _moved(run: Run, turn: _Move, now: int) -> Run:
    since = now if turn.since is None else max(turn.since, now - _LATENESS)
    branches = {**run.branches, run.step: turn.branch} if turn.branch else run.branches
    return replace(run, step=turn.target, since=since, branches=branches)


def _turn(journey: Journey, current: Step | None, run: Run, facts: Facts, now: int) -> _Turn:
    """What a step says: stay, go on, or end."""
    match current:
        case Wait() | WaitUntil():
            until = _wait_end(current, run, facts)
            return _Stay(until) if now < until else _Move(current.next, until)
        case WaitForEvent():
            return _wait_for(current, run, facts, now)
        case Condition():
            holds = _holds(current, run, facts, now)
            return _Move(current.next if holds else current.otherwise, run.since)
        case SendStep():
            return _Move(current.next, run.since)
        case Split():
            return _split(journey, current, run)
        case Exit() | None:
            return _End(Outcome.COMPLETED)


def _wait_end(current: Wait | WaitUntil, run: Run, facts: Facts) -> int:
    if isinstance(current, Wait):
        return run.since + milliseconds_in(current.duration)
    if current.hour is not None:
        return next_hour(run.since, facts.zones, current.hour, current.days)
    return max(milliseconds_of(current.time, current.id), run.since)


def _wait_for(current: WaitForEvent, run: Run, facts: Facts, now: int) -> _Turn:
    end = run.since + milliseconds_in(current.limit) if current.limit else None
    if _came(current.event, facts, run.since, now if end is None else min(now, end)):
        return _Move(current.next)
    if end is None:
        return _Stay(now + LONGEST)  # the run's own end comes before
    return _Stay(end) if now < end else _Move(current.otherwise, end)


def _holds(current: Condition, run: Run, facts: Facts, now: int) -> bool:
    test = current.test
    if test.segment_id:
        return test.segment_id in facts.segments
    if test.treatment is not None:
        return run.branches.get(test.treatment.split) == test.treatment.branch
    return _came(test.event, facts, run.entered, now)


def _split(journey: Journey, current: Split, run: Run) -> _Turn:
    weights = {branch.name: branch.weight for branch in current.branches}
    experiment = journey.activity_id(current.id)
    name = assign("", experiment, run.member_id, weights, current.holdout)
    if name == HOLDOUT:
        return _End(Outcome.HELD_OUT)
    target = next(branch.next for branch in current.branches if branch.name == name)
    return _Move(target, run.since, name)
