"""Members for a list: a page at a time, by the beginning of their ids or by an address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Select, and_, select, text

from sizzle.database import Database
from sizzle.database.connections import is_postgresql
from sizzle.database.member_tables import MEMBERS
from sizzle.database.schema import ENDPOINTS, INDEXED_ADDRESS, MAX_INDEXED_ADDRESS
from sizzle.outbox.endpoints import live_endpoints
from sizzle.outbox.member_rows import StoredMember, find_members

_LAST: Final = "\U0010ffff"
_MAX_FOUND: Final = 50  # members of one address


@dataclass(frozen=True, slots=True)
class ListedMember:
    """A member, and the channels on which the member has endpoints."""

    member: StoredMember
    channels: tuple[str, ...]

    @property
    def member_id(self) -> str:
        """The member's id."""
        return self.member.member_id


def list_members(
    database: Database, wanted: str = "", after: str = "", limit: int = 50
) -> list[ListedMember]:
    """Members in the order of their ids.

    Args:
        database: that has them.
        wanted: the beginning of their ids, or one of their addresses; empty for all.
        after: the id that they come after.
        limit: how many at most.

    Raises:
        DatabaseUnavailableError: it cannot be read.
    """
    database.upgrade_once()
    with database.reading() as connection:
        ids = _ids(connection, wanted, after, limit)
        found = find_members(connection, ids)
        channels: dict[str, set[str]] = {}
        for endpoint in live_endpoints(connection, ids, None):
            channels.setdefault(endpoint.member_id, set()).add(endpoint.fields.channel_type or "")
    return [
        ListedMember(found[one], tuple(sorted(channels.get(one, ()))))
        for one in ids
        if one in found
    ]


def _ids(connection: Connection, wanted: str, after: str, limit: int) -> Sequence[str]:
    """As the database orders them: those of an address come first, on the first page."""
    of_address = [] if after else _of_address(connection, wanted)
    query = _beginning(wanted, after)
    if wanted and not is_postgresql(connection):  # whose collation may order letters otherwise
        query = query.where(MEMBERS.c.member_id <= wanted + _LAST)
    beginning = connection.execute(query.limit(limit)).scalars()
    return list(dict.fromkeys((*of_address, *beginning)))[: limit + len(of_address)]


def _beginning(wanted: str, after: str) -> Select[tuple[str]]:
    query = select(MEMBERS.c.member_id).where(MEMBERS.c.member_id > after)
    if wanted:
        query = query.where(MEMBERS.c.member_id.startswith(wanted, autoescape=True))
        query = query.where(MEMBERS.c.member_id >= wanted)  # which the index can use
    return query.order_by(MEMBERS.c.member_id)


def _of_address(connection: Connection, address: str) -> Sequence[str]:
    if not address or len(address) > MAX_INDEXED_ADDRESS:
        return []
    spellings = {address, address.lower(), address.replace(" ", "")}
    known = and_(ENDPOINTS.c.address.in_(spellings), text(INDEXED_ADDRESS))
    query = select(ENDPOINTS.c.member_id).where(known, ENDPOINTS.c.member_id != "").distinct()
    return connection.execute(query.limit(_MAX_FOUND)).scalars().all()
