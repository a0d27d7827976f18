"""Lets the runs of journeys go on: entries, steps, and the messages that come of them.

A step of runs and all that comes of it are one commit, and each message exists once for each run:
nothing is planned twice or left out, however often a worker ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from sizzle.database import Database
from sizzle.outbox.endpoints import Endpoint
from sizzle.outbox.journey_rows import (
    StoredJourney,
    approved_version,
    journeys_in,
    note_step,
    pause,
)
from sizzle.outbox.journey_runs import (
    cancel_sends,
    due_runs,
    look_at_all,
    next_look,
    update_runs,
)
from sizzle.outbox.sends import Send, insert_new, send_id_of
from sizzle.outreach.journeys.durations import DAY, MINUTE, milliseconds_in
from sizzle.outreach.journeys.model import Journey, SendStep, treatment_of
from sizzle.outreach.journeys.run import CancelSends, Effect, Outcome, Run
from sizzle.outreach.journeys.states import JourneyState
from sizzle.outreach.journeys.stepper import step
from sizzle.outreach.timing import Reason
from sizzle.outreach.vocabulary import Channel, MessageClass, SendState
from sizzle.sending.journey_entries import JourneyEntries
from sizzle.sending.journey_facts import JourneyFacts, endpoints_by_member
from sizzle.sending.planner import chosen_endpoints

PAGE: Final = 200
"""Runs of one transaction, for which others wait on SQLite."""

LATE: Final = "its runs are days late"
_LATE: Final = 3 * DAY
_FUTURE: Final = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class JourneyWork:
    """What a worker does for journeys.

    Attributes:
        facts: of members.
        entries: by which members enter.
    """

    database: Database
    facts: JourneyFacts
    entries: JourneyEntries

    def work(self, now: int) -> int:
        """Let members enter, and a page of runs go on. Returns how many of both."""
        with self.database.reading() as connection:
            live = journeys_in(connection, JourneyState.RUNNING, JourneyState.PAUSED)
            running = [stored for stored in live if stored.state is JourneyState.RUNNING]
            looks = [next_look(connection, stored.journey_id) for stored in running]
        if not live:
            return 0
        entered = self.entries.follow(live, now)
        entered += sum(self.entries.look(journey, now) for journey in running)
        due = any(look is not None and look <= now for look in looks)
        back = any(journey.updated > now + _FUTURE for journey in running)
        return entered + (self.step(now) if entered or due or back else 0)

    def step(self, now: int) -> int:
        """Let runs that are due go on. Returns how many."""
        done, held = 0, {}
        with self.database.writing(concurrent=True) as connection:
            for journey in journeys_in(connection, JourneyState.RUNNING):
                if reason := _late(connection, journey, now):
                    held[journey.journey_id] = reason
                    continue
                # Before any run is locked, as whoever closes a journey does it.
                if abs(now - journey.updated) >= MINUTE:
                    note_step(connection, journey, now)
                runs = due_runs(connection, journey.journey_id, now, PAGE - done)
                if not self._step_all(connection, journey, runs, now):
                    held[journey.journey_id] = Reason.NOT_APPROVED.value
                done += len(runs)
        if held:
            with self.database.writing(concurrent=True) as connection:
                for journey_id, reason in held.items():
                    pause(connection, journey_id, reason, now)
        return done

    def next_look(self) -> int | None:
        """When the first run is due; None without one."""
        with self.database.reading() as connection:
            looks = [
                look
                for journey in journeys_in(connection, JourneyState.RUNNING)
                if (look := next_look(connection, journey.journey_id)) is not None
            ]
        return min(looks, default=None)

    def _step_all(
        self, connection: Connection, stored: StoredJourney, runs: Sequence[Run], now: int
    ) -> bool:
        """Let runs go on, each in its version. Returns whether all versions are approved."""
        by_version: dict[int, list[Run]] = defaultdict(list)
        for run in runs:
            by_version[run.version].append(run)
        approved = True
        for version, some in by_version.items():
            found = approved_version(connection, stored.journey_id, version)
            if found is None:
                approved = False
            else:
                self._step(connection, found.journey, some, now)
        return approved

    def _step(
        self, connection: Connection, journey: Journey, runs: Sequence[Run], now: int
    ) -> None:
        endpoints = endpoints_by_member(connection, journey.app, {run.member_id for run in runs})
        facts = self.facts.read(connection, journey, runs, endpoints, now)
        went = [step(journey, run, known, now) for run, known in zip(runs, facts, strict=True)]
        update_runs(connection, [run for run, _ in went], now)
        sends = [
            send
            for run, effects in went
            for send in _sends(journey, run, effects, endpoints.get(run.member_id, ()), now)
        ]
        insert_new(connection, sends)
        cancel_sends(connection, _activities(journey), _cancelled(went), now)


def _late(connection: Connection, journey: StoredJourney, now: int) -> str:
    """Why a journey waits for a person: its runs are days late, as after a jump of the clock."""
    if journey.updated > now + _FUTURE:  # the clock was put back since
        look_at_all(connection, journey.journey_id, now + _FUTURE, now)
    look = next_look(connection, journey.journey_id)
    late = look is not None and max(look, journey.enters_from) < now - _LATE
    return LATE if late else ""


def _sends(
    journey: Journey, run: Run, effects: Sequence[Effect], endpoints: Sequence[Endpoint], now: int
) -> list[Send]:
    planned = [
        journey.step(effect.step) for effect in effects if not isinstance(effect, CancelSends)
    ]
    return [
        _send(journey, each, run, endpoint, now)
        for each in planned
        if isinstance(each, SendStep)
        for endpoint in chosen_endpoints(treatment_of(each), each.reach, endpoints)
    ]


def _send(journey: Journey, planned: SendStep, run: Run, endpoint: Endpoint, now: int) -> Send:
    activity_id = journey.activity_id(planned.id)
    return Send(
        send_id=send_id_of(activity_id, endpoint.app, endpoint.endpoint_id, run.run_id),
        campaign_id=journey.journey_id,
        activity_id=activity_id,
        app=endpoint.app,
        endpoint_id=endpoint.endpoint_id,
        member_id=run.member_id,
        channel=Channel(endpoint.fields.channel_type or ""),
        message_class=MessageClass.MARKETING,
        topic=journey.topic_of(planned),
        state=SendState.PLANNED,
        due=now,
        expires=now + milliseconds_in(planned.valid_for),
        created=now,
        updated=now,
        run_id=run.run_id,
        journey_version=run.version,
    )


def _activities(journey: Journey) -> list[str]:
    return [journey.activity_id(one.id) for one in journey.steps if isinstance(one, SendStep)]


def _cancelled(went: Sequence[tuple[Run, Sequence[Effect]]]) -> Mapping[Outcome, list[str]]:
    """The runs whose messages are skipped, by the reason."""
    found: dict[Outcome, list[str]] = defaultdict(list)
    for run, effects in went:
        for effect in effects:
            if isinstance(effect, CancelSends):
                found[effect.reason].append(run.run_id)
    return found
