"""The entry of members into a journey: assigned first, then a run for each who may enter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from sizzle.outbox.experiments import enrol
from sizzle.outbox.journey_rows import StoredVersion
from sizzle.outbox.journey_runs import insert_runs, last_entries
from sizzle.outbox.promoted import titles_counted
from sizzle.outreach.journeys.entries import may_enter
from sizzle.outreach.journeys.experiment import MOST_MINUTES, journey_experiment, journey_treatments
from sizzle.outreach.journeys.model import Journey
from sizzle.outreach.journeys.run import Outcome, new_run
from sizzle.outreach.results.experiment import EVERYBODY, quarter_experiment, shared_treatments


@dataclass(frozen=True, slots=True)
class Entrant:
    """Who would enter, by what, and when: milliseconds since 1970."""

    member_id: str
    entry: str
    at: int


def enter(
    connection: Connection,
    version: StoredVersion,
    entrants: Sequence[Entrant],
    held_out_of_all: float,
    now: int,
) -> int:
    """Begin the runs of those who may enter, also of those held out. Returns how many."""
    journey = version.journey
    known = last_entries(connection, journey.journey_id, [one.member_id for one in entrants])
    first: dict[str, Entrant] = {}
    for one in entrants:
        last = known.get(one.member_id)
        entered, inside = (None, False) if last is None else last
        if may_enter(journey, entered, inside=inside, at=one.at):
            first.setdefault(one.member_id, one)
    treatments = _assign(connection, journey, list(first), held_out_of_all, now)
    runs = [
        replace(
            new_run(
                journey.journey_id,
                version.version,
                journey.steps[0].id,
                one.member_id,
                one.entry,
                one.at,
            ),
            due=now,
            outcome=None if treatments[one.member_id] == EVERYBODY else Outcome.HELD_OUT,
        )
        for one in first.values()
    ]
    insert_runs(connection, runs, now)
    return len(runs)


def _assign(
    connection: Connection,
    journey: Journey,
    members: Sequence[str],
    held_out_of_all: float,
    now: int,
) -> dict[str, str]:
    """Assign those who enter, before anything of them is looked at; the treatment of each."""
    treatments = journey_treatments(journey, members, held_out_of_all)
    if members:
        experiment = journey_experiment(journey, now, partial(titles_counted, connection))
        enrol(connection, experiment, treatments, now)
        if held_out_of_all:
            shared = shared_treatments(members, held_out_of_all)
            enrol(connection, quarter_experiment(now, MOST_MINUTES), shared, now)
    return treatments
