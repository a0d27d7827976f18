"""Exposures are kept for a while, and then deleted, some at a time."""

from __future__ import annotations

import time
from typing import Final

from sqlalchemy import bindparam, delete, select

from sizzle.database import Database
from sizzle.database.schema import EXPOSURES

_PAGE: Final = 500  # rows of one transaction
_BREAK: Final = 0.02  # seconds for other writers

_TABLE: Final = EXPOSURES.c
# Their positions rise with their times, but for a clock that was set: no index by time is needed.
_OLDEST: Final = (
    select(_TABLE.position, _TABLE.time)
    .where(_TABLE.position > bindparam("after"))
    .order_by(_TABLE.position)
    .limit(bindparam("page"))
)
_DELETE: Final = delete(EXPOSURES).where(_TABLE.position.in_(bindparam("gone", expanding=True)))


def delete_exposures(database: Database, before: int, pages: int) -> int:
    """Delete the oldest exposures, with what became of them.

    Args:
        database: with tables that are up to date.
        before: those from before this time, in milliseconds since 1970.
        pages: at most so many transactions.

    Returns:
        How many were deleted.

    Raises:
        DatabaseUnavailableError: the database cannot be read or written to.
    """
    deleted = after = 0
    for _ in range(pages):
        with database.reading() as connection:
            rows = connection.execute(_OLDEST, {"after": after, "page": _PAGE}).all()
        gone = [row.position for row in rows if row.time < before]
        if not gone:
            break
        with database.writing() as connection:
            deleted += connection.execute(_DELETE, {"gone": gone}).rowcount
        after = rows[-1].position
        time.sleep(_BREAK)
    return deleted
