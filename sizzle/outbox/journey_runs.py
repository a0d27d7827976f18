"""Runs of journeys in the database, in transactions of those who let them go on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    Connection,
    RowMapping,
    bindparam,
    case,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from sizzle.database.connections import is_postgresql
from sizzle.database.journey_tables import JOURNEY_RUNS, JOURNEY_SEGMENT_MEMBERS
from sizzle.database.schema import EVENTS
from sizzle.database.send_tables import SENDS
from sizzle.eventlog.append import found_in
from sizzle.eventlog.positions import write_position
from sizzle.events.event import canonical
from sizzle.outbox.sends import UNFINISHED
from sizzle.outreach.journeys.run import Outcome, Run
from sizzle.outreach.vocabulary import SendState

FOLLOWER: Final = "journeys"
"""The name under which it is kept how far the log of events was followed."""

_PARAMETERS: Final = 500  # of one statement: databases limit them
# No parameter, so that the index of those that go on is used for certain.
_GOES_ON: Final = JOURNEY_RUNS.c.outcome == literal_column("''")


class LastEntry(NamedTuple):
    """When a member entered last, and whether a run of the member goes on."""

    entered: int
    inside: bool


def insert_runs(connection: Connection, runs: Sequence[Run], now: int) -> None:
    """Insert those that do not exist yet."""
    dialect = postgresql if is_postgresql(connection) else sqlite
    statement = dialect.insert(JOURNEY_RUNS).on_conflict_do_nothing()
    if rows := [{**_row(run), "updated": now} for run in runs]:
        connection.execute(statement, rows)


def due_runs(connection: Connection, journey_id: str, now: int, limit: int) -> list[Run]:
    """Runs that are to be looked at, the longest due first; nobody else has them meanwhile."""
    query = select(JOURNEY_RUNS).where(
        JOURNEY_RUNS.c.journey_id == journey_id, _GOES_ON, JOURNEY_RUNS.c.due <= now
    )
    query = query.order_by(JOURNEY_RUNS.c.due).limit(limit).with_for_update(skip_locked=True)
    return [run_of(row) for row in connection.execute(query).mappings()]


def next_look(connection: Connection, journey_id: str) -> int | None:
    """When the first of a journey's runs is due; None where none goes on."""
    query = select(func.min(JOURNEY_RUNS.c.due)).where(
        JOURNEY_RUNS.c.journey_id == journey_id, _GOES_ON
    )
    found: int | None = connection.execute(query).scalar()
    return found


def update_runs(connection: Connection, runs: Iterable[Run], now: int) -> None:
    """Write where runs are now."""
    rows = [
        {"of_id": run.run_id, "of_now": now, **{f"new_{name}": _row(run)[name] for name in _MOVES}}
        for run in runs
    ]
    if rows:
        connection.execute(_CHANGED, rows)


def last_entries(
    connection: Connection, journey_id: str, member_ids: Collection[str]
) -> dict[str, LastEntry]:
    """When members entered a journey last; without those who never did."""
    rows = found_in(connection, _ENTRIES, member_ids, of_journey=journey_id)
    return {member_id: LastEntry(entered, bool(inside)) for member_id, entered, inside in rows}


def wake_runs(connection: Connection, member_ids: Collection[str], now: int) -> None:
    """Have the runs of members looked at now: something has happened that they may wait for."""
    ids = sorted(member_ids)
    for start in range(0, len(ids), _PARAMETERS):
        some = JOURNEY_RUNS.c.member_id.in_(ids[start : start + _PARAMETERS])
        asleep = JOURNEY_RUNS.c.due > now
        connection.execute(update(JOURNEY_RUNS).where(some, _GOES_ON, asleep).values(due=now))


def cancel_sends(
    connection: Connection,
    activity_ids: Sequence[str],
    run_ids: Mapping[Outcome, Sequence[str]],
    now: int,
) -> None:
    """Skip what runs have planned and has not gone out."""
    for outcome, ids in run_ids.items():
        for start in range(0, len(ids), _PARAMETERS):
            connection.execute(
                update(SENDS)
                .where(
                    SENDS.c.activity_id.in_(activity_ids),
                    SENDS.c.run_id.in_(ids[start : start + _PARAMETERS]),
                    SENDS.c.state.in_(UNFINISHED),
                )
                .values(state=SendState.SKIPPED.value, reason=outcome.value, updated=now)
            )


def cancelled_runs(connection: Connection, run_ids: Collection[str]) -> dict[str, str]:
    """Runs whose messages are no longer sent, and why: those that ended before their last step."""
    there = dict(map(tuple, found_in(connection, _OUTCOMES, run_ids)))
    going = ("", Outcome.COMPLETED.value)
    # A run that is gone was erased with its member.
    outcomes = {one: there.get(one, Outcome.CLOSED.value) for one in run_ids}
    return {one: outcome for one, outcome in outcomes.items() if outcome not in going}


def close_runs(connection: Connection, journey_id: str, now: int) -> None:
    """End all runs of a journey; what is being handed over just now ends as it does."""
    closed = Outcome.CLOSED.value
    of = JOURNEY_RUNS.c.journey_id == journey_id
    ended = {"outcome": closed, "due": now, "updated": now}
    connection.execute(update(JOURNEY_RUNS).where(of, _GOES_ON).values(ended))
    connection.execute(
        update(SENDS)
        .where(SENDS.c.campaign_id == journey_id, SENDS.c.state.in_(UNFINISHED))
        .values(state=SendState.SKIPPED.value, reason=closed, updated=now)
    )
    forget_inside(connection, journey_id)


def forget_inside(connection: Connection, journey_id: str) -> None:
    """Forget who is in the segment that starts a journey."""
    inside = JOURNEY_SEGMENT_MEMBERS.c.journey_id == journey_id
    connection.execute(delete(JOURNEY_SEGMENT_MEMBERS).where(inside))


def look_at_all(connection: Connection, journey_id: str, latest: int, now: int) -> None:
    """Have the runs of a journey looked at that a clock has written which was put back since.

    Args:
        connection: in a transaction that writes.
        journey_id: of the journey.
        latest: later than this nothing can have been written.
        now: milliseconds since 1970.
    """
    of = JOURNEY_RUNS.c.journey_id == journey_id
    wrong = JOURNEY_RUNS.c.updated > latest
    connection.execute(update(JOURNEY_RUNS).where(of, _GOES_ON, wrong).values(due=now, updated=now))


def start_following(connection: Connection) -> None:
    """Follow the log of events from its end on: what happened before concerns no journey."""
    end = connection.execute(select(func.max(EVENTS.c.position))).scalar() or 0
    write_position(connection, FOLLOWER, end)


def runs_of_member(connection: Connection, member_id: str) -> list[Run]:
    """All runs of a member, the last entry first."""
    query = select(JOURNEY_RUNS).where(JOURNEY_RUNS.c.member_id == member_id)
    query = query.order_by(JOURNEY_RUNS.c.entered.desc())
    return [run_of(row) for row in connection.execute(query).mappings()]


def run_page(
    connection: Connection, journey_id: str, after: str, limit: int, step: str | None = None
) -> list[Run]:
    """Runs of a journey whose ids come after one, in their order; where `step`, those there."""
    query = select(JOURNEY_RUNS).where(
        JOURNEY_RUNS.c.journey_id == journey_id, JOURNEY_RUNS.c.run_id > after
    )
    if step is not None:
        query = query.where(_GOES_ON, JOURNEY_RUNS.c.step == step)
    query = query.order_by(JOURNEY_RUNS.c.run_id).limit(limit)
    return [run_of(row) for row in connection.execute(query).mappings()]


_OUTCOMES: Final = select(JOURNEY_RUNS.c.run_id, JOURNEY_RUNS.c.outcome).where(
    JOURNEY_RUNS.c.run_id.in_(bindparam("values", expanding=True))
)
_ENTRIES: Final = (
    select(
        JOURNEY_RUNS.c.member_id,
        func.max(JOURNEY_RUNS.c.entered),
        func.max(case((_GOES_ON, 1), else_=0)),
    )
    .where(
        JOURNEY_RUNS.c.member_id.in_(bindparam("values", expanding=True)),
        JOURNEY_RUNS.c.journey_id == bindparam("of_journey"),
    )
    .group_by(JOURNEY_RUNS.c.member_id)
)
_MOVES: Final = ("entered", "step", "since", "due", "branches", "outcome")
_CHANGED: Final = (
    update(JOURNEY_RUNS)
    .where(JOURNEY_RUNS.c.run_id == bindparam("of_id"))
    .values(
        **{name: bindparam(f"new_{name}") for name in _MOVES},
        updated=bindparam("of_now"),
    )
)
_branches: Final = msgspec.json.Decoder(dict[str, str])
_SAME: Final = (
    "run_id", "journey_id", "version", "member_id", "entry", "entered", "step", "since", "due",
)  # fmt: skip


def run_of(row: RowMapping) -> Run:
    """A row of the table."""
    return Run(
        **{name: row[name] for name in _SAME},
        branches=_branches.decode(row["branches"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
    )


def _row(run: Run) -> dict[str, Any]:
    return {
        **{name: getattr(run, name) for name in _SAME},
        "branches": canonical(run.branches),
        "outcome": run.outcome.value if run.outcome else "",
    }
