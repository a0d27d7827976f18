"""The sums that are kept, and the same counted anew from the rows that they are over."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import select

from sizzle.database import Database
from sizzle.database.outcome_tables import (
    ASSIGNMENTS,
    EXPERIMENT_DAYS,
    EXPERIMENTS,
    SEND_OUTCOMES,
    SEND_TOTALS,
)
from sizzle.outbox.send_outcomes import Stratum
from sizzle.outreach.results.experiment import DaySums, Watched


def kept_totals(database: Database) -> dict[tuple[Any, ...], int]:
    """How many sends there are of each stratum and bits, as it is kept."""
    columns = [SEND_TOTALS.c[name] for name in (*Stratum._fields, "bits", "sends")]
    with database.reading() as connection:
        rows = connection.execute(select(*columns)).all()
    return {tuple(row[:-1]): row[-1] for row in rows if row[-1]}


def counted_totals(database: Database) -> dict[tuple[Any, ...], int]:
    """The same from the outcomes."""
    columns = [SEND_OUTCOMES.c[name] for name in (*Stratum._fields, "bits")]
    with database.reading() as connection:
        return dict(Counter(map(tuple, connection.execute(select(*columns)).all())))


def kept_sums(database: Database) -> dict[tuple[str, str], DaySums]:
    """The sums of experiments by treatment, over all days."""
    found: dict[tuple[str, str], DaySums] = defaultdict(DaySums)
    with database.reading() as connection:
        for row in connection.execute(select(EXPERIMENT_DAYS)).all():
            found[row[0], row[1]] += DaySums(*row[3:])
    return {key: sums for key, sums in found.items() if sums != DaySums()}


def counted_sums(database: Database) -> dict[tuple[str, str], DaySums]:
    """The same from the assignments."""
    found: dict[tuple[str, str], DaySums] = defaultdict(DaySums)
    query = select(ASSIGNMENTS, EXPERIMENTS.c.most_seconds).join(
        EXPERIMENTS, EXPERIMENTS.c.experiment_id == ASSIGNMENTS.c.experiment_id
    )
    with database.reading() as connection:
        for row in connection.execute(query).mappings():
            watched = Watched(row["seconds"], row["all_seconds"])
            key = row["experiment_id"], row["treatment"]
            found[key] += DaySums.of(watched, row["most_seconds"])
    return dict(found)
