"""Journeys for a list: a page at a time, with what people look for in it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, literal_column, select

from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEY_RUNS, JOURNEY_VERSIONS, JOURNEYS
from sizzle.outbox.journey_rows import StoredJourney, StoredVersion, stored_journey, stored_version
from sizzle.outreach.journeys.reading import InvalidJourneyError


@dataclass(frozen=True, slots=True)
class ListedJourney:
    """A journey of a list.

    Attributes:
        newest: its newest version; None where it cannot be read.
        standing: how many members are inside, in all of its versions.
    """

    journey: StoredJourney
    newest: StoredVersion | None
    standing: int

    @property
    def journey_id(self) -> str:
        """Its id."""
        return self.journey.journey_id


def list_journeys(database: Database, after: str = "", limit: int = 50) -> list[ListedJourney]:
    """Journeys in the order of their ids.

    Args:
        database: that has them.
        after: the id that they come after.
        limit: how many at most.

    Raises:
        DatabaseUnavailableError: it cannot be read.
    """
    query = select(JOURNEYS).where(JOURNEYS.c.journey_id > after)
    query = query.order_by(JOURNEYS.c.journey_id).limit(limit)
    database.upgrade_once()
    with database.reading() as connection:
        found = [stored_journey(row) for row in connection.execute(query).mappings()]
        ids = [stored.journey_id for stored in found]
        newest, standing = _newest(connection, ids), _standing(connection, ids)
    return [
        ListedJourney(stored, newest.get(stored.journey_id), standing.get(stored.journey_id, 0))
        for stored in found
    ]


def _newest(connection: Connection, ids: Sequence[str]) -> dict[str, StoredVersion]:
    of = JOURNEY_VERSIONS.c
    same = and_(of.journey_id == JOURNEYS.c.journey_id, of.version == JOURNEYS.c.newest)
    query = select(JOURNEY_VERSIONS).join(JOURNEYS, same).where(of.journey_id.in_(ids))
    found = {}
    for row in connection.execute(query).mappings():
        with suppress(InvalidJourneyError):  # somebody has changed it in the database
            found[row["journey_id"]] = stored_version(row)
    return found


def _standing(connection: Connection, ids: Sequence[str]) -> dict[str, int]:
    of = JOURNEY_RUNS.c
    goes_on = of.outcome == literal_column("''")  # no parameter, as the index of those asks
    query = select(of.journey_id, func.count()).where(of.journey_id.in_(ids), goes_on)
    return dict(map(tuple, connection.execute(query.group_by(of.journey_id))))
