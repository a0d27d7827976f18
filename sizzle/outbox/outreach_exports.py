"""Exports of any length: each send with what became of it, each member as assigned.

They are read page by page, so that no reader holds a transaction or a million rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select, tuple_

from sizzle.database import Database
from sizzle.database.outcome_tables import ASSIGNMENTS, SEND_OUTCOMES
from sizzle.database.send_tables import SENDS
from sizzle.engagement.table import csv_lines
from sizzle.events.event import time_text
from sizzle.outbox.campaign_rows import find_campaign
from sizzle.outbox.outreach_reports import has_sent, no_such_source
from sizzle.outreach.results.experiment import campaign_experiment_id, journey_experiment_id
from sizzle.outreach.results.outcome import Became

BIT_NAMES: Final = tuple(Became.__members__)

SEND_COLUMNS: Final = (
    *("send_id", "activity_id", "member_id", "endpoint_id", "channel", "language", "line_reason"),
    *("state", "reason", "handed_over", "reel_seconds", *(name.lower() for name in BIT_NAMES)),
)
MEMBER_COLUMNS: Final = ("member_id", "treatment", "assigned", "seconds", "all_seconds")

_PAGE: Final = 5000
_ORDER: Final = ("run_id", "app", "endpoint_id")
_OUTCOME: Final = (SEND_OUTCOMES.c.bits, SEND_OUTCOMES.c.reel_seconds)


def exported_sends(database: Database, source_id: str) -> Iterator[Mapping[str, Any]]:
    """The sends of a campaign or journey, by `SEND_COLUMNS`.

    Raises:
        DatabaseUnavailableError: the database cannot be read.
    """
    database.upgrade_once()
    own = SENDS.c.campaign_id == source_id
    with database.reading() as connection:
        query = select(SENDS.c.activity_id).where(own).distinct().order_by(SENDS.c.activity_id)
        activities = connection.execute(query).scalars().all()
    for activity_id in activities:
        yield from _sends_of(database, activity_id)


def exported_members(database: Database, experiment_id: str) -> Iterator[Mapping[str, Any]]:
    """The members of an experiment, by `MEMBER_COLUMNS`. Raises as `exported_sends`."""
    database.upgrade_once()
    after = ""
    table = ASSIGNMENTS.c
    query = select(ASSIGNMENTS).where(table.experiment_id == experiment_id)
    query = query.order_by(table.member_id).limit(_PAGE)
    while True:
        with database.reading() as connection:
            rows = connection.execute(query.where(table.member_id > after)).mappings().all()
        for row in rows:
            yield {**row, "assigned": time_text(row["entered"])}
        if len(rows) < _PAGE:
            return
        after = rows[-1]["member_id"]


def _sends_of(database: Database, activity_id: str) -> Iterator[Mapping[str, Any]]:
    # In the order of the index that knows each send once.
    order = [SENDS.c[name] for name in _ORDER]
    names = ("app", "run_id", *SEND_COLUMNS[:9], "counted")
    query = (
        select(
            *(SENDS.c[name] for name in names), SEND_OUTCOMES.c.bits, SEND_OUTCOMES.c.reel_seconds
        )
        .outerjoin(SEND_OUTCOMES, SEND_OUTCOMES.c.send_id == SENDS.c.send_id)
        .where(SENDS.c.activity_id == activity_id)
        .order_by(*order)
        .limit(_PAGE)
    )
    after = ("",) * len(_ORDER)
    while True:
        with database.reading() as connection:
            rows = _page(connection, query.where(tuple_(*order) > tuple_(*after)))
        yield from rows
        if len(rows) < _PAGE:
            return
        after = tuple(rows[-1][name] for name in _ORDER)


def _page(connection: Connection, query: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a Select
    return [_exported(dict(row)) for row in connection.execute(query).mappings()]


def _exported(row: Mapping[str, Any]) -> dict[str, Any]:
    bits = Became(row["bits"] or 0)
    counted = row["counted"]
    return {
        **row,
        "handed_over": None if counted is None else time_text(counted),
        "reel_seconds": row["reel_seconds"] or 0.0,
        **{name.lower(): int(bool(bits & Became[name])) for name in BIT_NAMES},
    }


def export_csv(database: Database, source_id: str, kind: str) -> Iterator[str]:
    """Lines of CSV of all sends or members of a campaign or journey.

    Args:
        database: that has them.
        source_id: of the campaign or journey.
        kind: "sends" or "members".

    Raises:
        NotFoundError: there is none of that id.
        DatabaseUnavailableError: the database cannot be read.
    """
    database.upgrade_once()
    with database.reading() as connection:
        is_campaign = find_campaign(connection, source_id) is not None
        if not is_campaign and not has_sent(connection, source_id):
            raise no_such_source(source_id)
    if kind == "sends":
        return csv_lines(SEND_COLUMNS, exported_sends(database, source_id))
    of_source = campaign_experiment_id if is_campaign else journey_experiment_id
    return csv_lines(MEMBER_COLUMNS, exported_members(database, of_source(source_id)))
