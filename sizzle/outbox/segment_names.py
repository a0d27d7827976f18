"""The names of segments, for pages that show their ids otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from sizzle.database import Database
from sizzle.database.member_tables import SEGMENTS


def segment_names(database: Database, segment_ids: Iterable[str]) -> dict[str, str]:
    """The newest names of some segments, by their ids; those that are gone have none.

    Raises:
        DatabaseUnavailableError: the database cannot be read.
    """
    query = select(SEGMENTS.c.segment_id, SEGMENTS.c.name).order_by(SEGMENTS.c.version)
    query = query.where(SEGMENTS.c.segment_id.in_(sorted(set(segment_ids))))
    database.upgrade_once()
    with database.reading() as connection:
        return {row.segment_id: row.name for row in connection.execute(query)}
