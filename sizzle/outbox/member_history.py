"""What was sent to a member, and what was not and why; the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, Select, and_, or_, select

from sizzle.database import Database
from sizzle.database.schema import ENDPOINTS
from sizzle.database.send_tables import ACTIVITIES, SENDS
from sizzle.outbox.sends import Send, send_of

MAX_SENDS: Final = 200


def sends_of_member(database: Database, member_id: str, limit: int = MAX_SENDS) -> list[Send]:
    """The sends of a member, the newest first: those that went out, and those that did not.

    Args:
        database: that has them.
        member_id: the member's.
        limit: how many of each kind at most.

    Raises:
        DatabaseUnavailableError: it cannot be read.
    """
    database.upgrade_once()
    with database.reading() as connection:
        rows = [*_gone_out(connection, member_id, limit), *_others(connection, member_id, limit)]
    return sorted(rows, key=lambda send: (-(send.counted or send.updated), send.send_id))[:limit]


def _gone_out(connection: Connection, member_id: str, limit: int) -> Iterable[Send]:
    """By the index of sends that count for frequency caps."""
    of_member = and_(SENDS.c.member_id == member_id, SENDS.c.counted.is_not(None))
    return _sends(
        connection, select(SENDS).where(of_member).order_by(SENDS.c.counted.desc()), limit
    )


def _others(connection: Connection, member_id: str, limit: int) -> Iterable[Send]:
    """By the endpoints of the member: the index of sends by endpoint begins with the activity."""
    endpoints = select(ENDPOINTS.c.app, ENDPOINTS.c.endpoint_id).where(
        ENDPOINTS.c.member_id == member_id
    )
    known = connection.execute(endpoints).all()
    if not known:
        return []
    one_of = or_(*(and_(SENDS.c.app == app, SENDS.c.endpoint_id == one) for app, one in known[:10]))
    of_campaigns = and_(
        SENDS.c.activity_id == ACTIVITIES.c.activity_id,
        SENDS.c.run_id == "",
        one_of,
        SENDS.c.member_id == member_id,
        SENDS.c.counted.is_(None),
    )
    query = select(SENDS).select_from(ACTIVITIES.join(SENDS, of_campaigns))
    return _sends(connection, query.order_by(SENDS.c.updated.desc()), limit)


def _sends(connection: Connection, query: Select[tuple[object, ...]], limit: int) -> Iterable[Send]:
    return [send_of(row) for row in connection.execute(query.limit(limit)).mappings()]
