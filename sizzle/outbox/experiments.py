"""Experiments in the database: who was assigned to what, and the sums over them.

Whoever sends something enrols members here first, whether or not anything can be sent to them:
members are compared as they were assigned.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import Connection, RowMapping, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from sizzle.database.connections import is_postgresql
from sizzle.database.outcome_tables import ASSIGNMENTS, EXPERIMENT_DAYS, EXPERIMENTS
from sizzle.database.send_tables import ACTIVITIES
from sizzle.eventlog.append import found_in
from sizzle.outreach.results.experiment import DAY, DaySums, Experiment, Watched

Days = dict[tuple[str, str, int], DaySums]
"""Sums, or what changes of them, by experiment, treatment and day since 1970."""

_SUMS: Final = ("members", "players", "seconds", "squares", "all_seconds", "all_squares")


def begin_experiment(connection: Connection, experiment: Experiment) -> None:
    """Keep an experiment, unless it is there."""
    values = {
        "experiment_id": experiment.experiment_id,
        "titles": json.dumps(sorted(experiment.titles)),
        "most_seconds": experiment.most_seconds,
        "started": experiment.started,
        "ends": experiment.ends,
    }
    dialect = postgresql if is_postgresql(connection) else sqlite
    connection.execute(dialect.insert(EXPERIMENTS).on_conflict_do_nothing(), values)


def add_activity(
    connection: Connection,
    activity_id: str,
    owner_id: str,
    *,
    source: str = "campaign",
    treatment: str = "",
    titles: Iterable[str] = (),
) -> None:
    """Keep what sends something, unless it is there; without it no report finds its sends.

    Args:
        connection: in a transaction that writes.
        activity_id: that its sends have.
        owner_id: of the campaign or journey.
        source: "campaign" or "journey".
        treatment: of the campaign.
        titles: whose plays are put down to its sends; without any, those of all titles.
    """
    values = {
        "activity_id": activity_id,
        "campaign_id": owner_id,
        "source": source,
        "treatment": treatment,
        "titles": json.dumps(sorted(titles)),
    }
    dialect = postgresql if is_postgresql(connection) else sqlite
    connection.execute(dialect.insert(ACTIVITIES).on_conflict_do_nothing(), values)


def enrol(
    connection: Connection, experiment: Experiment, treatments: Mapping[str, str], now: int
) -> None:
    """Assign members to treatments, for good: who was assigned before keeps theirs.

    Args:
        connection: in a transaction that writes.
        experiment: which; it is begun by this.
        treatments: by member.
        now: milliseconds since 1970; what a member watches from then on counts.
    """
    begin_experiment(connection, experiment)
    dialect = postgresql if is_postgresql(connection) else sqlite
    statement = dialect.insert(ASSIGNMENTS).on_conflict_do_nothing()
    rows = [
        {
            "experiment_id": experiment.experiment_id,
            "member_id": member_id,
            "treatment": treatment,
            "entered": now,
            "seconds": 0,
            "all_seconds": 0,
        }
        for member_id, treatment in sorted(treatments.items())
    ]
    if not rows:
        return
    new = connection.execute(statement.returning(ASSIGNMENTS.c.treatment), rows).scalars()
    days: Days = defaultdict(DaySums)
    for treatment in new:
        days[experiment.experiment_id, treatment, now // DAY] += DaySums(members=1)
    add_days(connection, days)


def add_days(connection: Connection, days: Mapping[tuple[str, str, int], DaySums]) -> None:
    """Add to the sums of days, in one order, so that no two transactions wait for each other."""
    dialect = postgresql if is_postgresql(connection) else sqlite
    statement = dialect.insert(EXPERIMENT_DAYS)
    keys = ("experiment_id", "treatment", "day")
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={name: EXPERIMENT_DAYS.c[name] + statement.excluded[name] for name in _SUMS},
    )
    rows = [
        dict(zip((*keys, *_SUMS), (*key, *sums.values), strict=True))
        for key, sums in sorted(days.items())
        if any(sums.values)
    ]
    if rows:
        connection.execute(statement, rows)


def forget_assignments(connection: Connection, member_id: str, now: int) -> None:
    """Remove a member from all experiments, and from their sums."""
    days: Days = defaultdict(DaySums)
    own = ASSIGNMENTS.c.member_id == member_id
    for row in connection.execute(_ASSIGNED.where(own)).mappings():
        watched = Watched(row["seconds"], row["all_seconds"])
        gone = DaySums.of(watched, row["most_seconds"])
        days[row["experiment_id"], row["treatment"], now // DAY] -= gone
    add_days(connection, days)
    connection.execute(delete(ASSIGNMENTS).where(own))


def assignments_of(
    connection: Connection, member_ids: Iterable[str]
) -> list[tuple[Experiment, RowMapping]]:
    """The assignments of members, each with its experiment."""
    rows = [row._mapping for row in found_in(connection, _ASSIGNED_OF, member_ids)]
    return [(_experiment(row), row) for row in rows]


def _experiment(row: RowMapping) -> Experiment:
    return Experiment(
        row["experiment_id"],
        frozenset(json.loads(row["titles"])),
        row["most_seconds"],
        row["started"],
        row["ends"],
    )


_ASSIGNED: Final = select(
    ASSIGNMENTS,
    EXPERIMENTS.c.titles,
    EXPERIMENTS.c.most_seconds,
    EXPERIMENTS.c.started,
    EXPERIMENTS.c.ends,
).join(EXPERIMENTS, EXPERIMENTS.c.experiment_id == ASSIGNMENTS.c.experiment_id)
_ASSIGNED_OF: Final = _ASSIGNED.where(
    ASSIGNMENTS.c.member_id.in_(bindparam("values", expanding=True))
)
