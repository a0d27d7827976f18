"""A member who does not exist, and goes through a journey: entries, looks, messages, answers."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sizzle.experiments import fraction
from sizzle.outreach.journeys.durations import DAY, HOUR, milliseconds_in
from sizzle.outreach.journeys.entries import may_enter
from sizzle.outreach.journeys.model import (
    EventMatch,
    Journey,
    SegmentTrigger,
    SendStep,
)
from sizzle.outreach.journeys.run import (
    CancelSends,
    Facts,
    MemberEvent,
    Outcome,
    Run,
    new_run,
)
from sizzle.outreach.journeys.simulation import Assumptions, Simulation
from sizzle.outreach.journeys.stepper import step
from sizzle.outreach.timing import (
    WEEK,
    GateFacts,
    GatePolicy,
    Hold,
    Reason,
    Skip,
    decide,
)
from sizzle.outreach.vocabulary import MessageClass

_MARKETING: Final = MessageClass.MARKETING


@dataclass(frozen=True, slots=True)
class SimulatedWorld:
    """What all members share."""

    journey: Journey
    policy: GatePolicy
    assumed: Assumptions
    found: Simulation
    on_sent: Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A message that has not gone out."""

    run_id: str
    step: str
    expires: int


class SimulatedMember:
    """A member who does not exist, and what happens to them, in the order of its time."""

    def __init__(self, world: SimulatedWorld, member_id: str, zones: tuple[str, ...]) -> None:
        self.member_id = member_id
        self._world = world
        self._journey, self._assumed, self._found = world.journey, world.assumed, world.found
        self._zones = zones
        self._drawn = 0
        self._run: Run | None = None
        self._last: int | None = None
        self._events: list[MemberEvent] = []
        self._unsubscribed: int | None = None
        self._sent: list[int] = []
        self._agenda: list[tuple[int, int, int | _Planned | None]] = []
        journey = world.journey
        self._asked = [one for one in journey.event_matches if one != journey.goal]
        self._segments = {
            one
            for one in sorted(journey.segments)
            if one == journey.segment_id or self._draw() < world.assumed.in_segment
        }

    def entries(self, now: int) -> Iterator[int]:
        """When the member would enter, by an event or a segment."""
        trigger, at = self._journey.trigger, float(now)
        if isinstance(trigger, SegmentTrigger) and trigger.existing:
            yield now
        if not self._assumed.entries:
            return
        pause = 365 * DAY / self._assumed.entries
        while (at := at - math.log(self._draw()) * pause) < now + self._assumed.days * DAY:
            yield int(at)

    def live(self, entries: Iterable[int], end: int, *, held_out: bool) -> None:
        """Go through all that happens until an end."""
        for at in entries:
            self._plan(at, at)
        while self._agenda and self._agenda[0][0] < end:
            now, _, what = heapq.heappop(self._agenda)
            if isinstance(what, _Planned):
                self._gate(what, now)
            elif what is None:
                self._look(now)
            else:
                self._enter(what, now, held_out=held_out)
        if self._run is not None:
            self._found.outcomes["still inside"] += 1
        self._found.members_by_messages[len(self._sent)] += 1
        self._found.members_by_most_a_week[_most_a_week(self._sent)] += 1

    def _plan(self, at: int, what: int | _Planned | None) -> None:
        self._drawn += 1
        heapq.heappush(self._agenda, (at, self._drawn, what))

    def _draw(self) -> float:
        self._drawn += 1
        return fraction(f"{self._assumed.seed}", f"{self.member_id} {self._drawn}")

    def _enter(self, at: int, now: int, *, held_out: bool) -> None:
        if not may_enter(self._journey, self._last, inside=self._run is not None, at=at):
            return
        self._last = at
        self._found.runs += 1
        if held_out:
            self._found.outcomes[Outcome.HELD_OUT.value] += 1
            return
        first = self._journey.steps[0].id
        self._run = new_run(self._journey.journey_id, 1, first, self.member_id, f"{at}", at)
        self._behave(now, self._asked, self._assumed.answers)
        self._look(now)

    def _look(self, now: int) -> None:
        """Let the run go on, where there is one: looking too often changes nothing."""
        if self._run is None:
            return
        facts = Facts(
            self._zones,
            self._segments,
            self._events,
            unsubscribed=self._unsubscribed is not None and self._unsubscribed <= now,
        )
        self._run, effects = step(self._journey, self._run, facts, now)
        run = self._run
        for effect in effects:
            if not isinstance(effect, CancelSends):
                self._planned(run, effect.step, now)
        if run.outcome is None:
            self._plan(run.due, None)
        else:
            self._found.outcomes[run.outcome.value] += 1
            self._run = None
            if any(isinstance(effect, CancelSends) for effect in effects):
                self._cancel(run)

    def _planned(self, run: Run, step_id: str, now: int) -> None:
        planned = self._journey.step(step_id)
        assert isinstance(planned, SendStep)
        self._found.steps[step_id].planned += 1
        expires = now + milliseconds_in(planned.valid_for)
        self._plan(now, _Planned(run.run_id, step_id, expires))

    def _cancel(self, run: Run) -> None:
        """Skip what the run has planned."""
        for _, _, what in self._agenda:
            if isinstance(what, _Planned) and what.run_id == run.run_id:
                assert run.outcome is not None
                self._found.steps[what.step].skipped[run.outcome.value] += 1
        kept = [
            one
            for one in self._agenda
            if not (isinstance(one[2], _Planned) and one[2].run_id == run.run_id)
        ]
        heapq.heapify(kept)
        self._agenda = kept

    def _gate(self, message: _Planned, now: int) -> None:
        """What becomes of a message, by the code that decides for all messages."""
        figures = self._found.steps[message.step]
        refusal = self._unsubscribed is not None and self._unsubscribed <= now
        facts = GateFacts(
            _MARKETING,
            Reason.OPTED_OUT if refusal else "",
            self._zones,
            [one for one in self._sent if one > now - WEEK],
            message.expires,
        )
        decision = decide(facts, self._world.policy, now)
        if isinstance(decision, Hold):
            figures.held[str(decision.reason)] += 1
            self._plan(decision.until, message)
        elif isinstance(decision, Skip):
            figures.skipped[str(decision.reason)] += 1
        else:
            figures.sent += 1
            self._sent.append(now)
            self._world.on_sent(self.member_id, now)
            self._answer(now)

    def _answer(self, now: int) -> None:
        """What the member does after a message."""
        self._behave(now, self._asked, self._assumed.answers)
        if self._journey.goal is not None:
            self._behave(now, [self._journey.goal], self._assumed.converts)
        if self._unsubscribed is None and self._draw() < self._assumed.unsubscribes:
            self._unsubscribed = now + HOUR
            self._plan(self._unsubscribed, None)

    def _behave(self, now: int, matches: Sequence[EventMatch], chance: float) -> None:
        for match in matches:
            if self._draw() < chance:
                at = now + 1 - int(math.log(self._draw()) * DAY)
                attributes = {name: values[0] for name, values in match.attributes.items()}
                self._events.append(MemberEvent(match.type, attributes, at))
                self._plan(at, None)


def _most_a_week(sent: Sequence[int]) -> int:
    """The most messages within any seven days."""
    most = first = 0
    for last, time in enumerate(sent):
        while sent[first] <= time - WEEK:
            first += 1
        most = max(most, last - first + 1)
    return most
