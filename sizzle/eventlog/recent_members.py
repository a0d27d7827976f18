"""The members of the last events."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from sizzle.database.schema import EVENTS

EVENTS_READ: Final = 10_000
"""Events that are looked at: as many take the same time in a log of any length."""

_LAST: Final = (
    select(EVENTS.c.member_id, EVENTS.c.position)
    .order_by(EVENTS.c.position.desc())
    .limit(bindparam("events"))
    .subquery()
)
_MEMBERS: Final = (
    select(_LAST.c.member_id)
    .where(_LAST.c.member_id != "")
    .group_by(_LAST.c.member_id)
    .order_by(func.max(_LAST.c.position).desc())
    .limit(bindparam("most"))
)


def read_recent_members(connection: Connection, most: int) -> list[str]:
    """The ids of at most so many members of the last 10,000 events, the most recent first."""
    return list(connection.execute(_MEMBERS, {"most": most, "events": EVENTS_READ}).scalars())
