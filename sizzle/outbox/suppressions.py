"""Addresses that nothing is sent to, whoever has them: these outlive the members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, bindparam, delete, insert, select

from sizzle.database.member_tables import SUPPRESSIONS
from sizzle.eventlog.append import found_in


class SuppressionReason(StrEnum):
    """Why nothing is sent to an address."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    OPTED_OUT = "opted out"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address that nothing is sent to.

    Attributes:
        at: since when, in milliseconds since 1970.
    """

    reason: str
    at: int


class Suppressions:
    """The suppressed addresses of a database.

    Args:
        address_hash: of a channel and an address: an `AddressHash`.
    """

    def __init__(self, address_hash: Callable[[str, str], bytes]) -> None:
        self._hash = address_hash

    def of(self, connection: Connection, channel: str, address: str) -> Suppression | None:
        """Why nothing is sent to an address, or None where that may be."""
        query = select(SUPPRESSIONS.c.reason, SUPPRESSIONS.c.at)
        where = SUPPRESSIONS.c.address_hash == self._hash(channel, address)
        row = connection.execute(query.where(where)).first()
        return None if row is None else Suppression(*row)

    def of_hashes(self, connection: Connection, names: Iterable[bytes]) -> dict[bytes, Suppression]:
        """Why nothing is sent to each of these addresses, of those that nothing is sent to."""
        found = found_in(connection, _FIND, names)
        return {name: Suppression(reason, at) for name, reason, at in found}

    def add(self, connection: Connection, channel: str, address: str, reason: str, at: int) -> bool:
        """Suppress an address, in a transaction of `Database.writing`.

        Returns:
            Whether it was not suppressed before; the first reason stays.
        """
        if self.of(connection, channel, address) is not None:
            return False
        name = self._hash(channel, address)
        row = {"address_hash": name, "channel": channel, "reason": str(reason), "at": at}
        connection.execute(insert(SUPPRESSIONS), row)
        return True

    def remove(self, connection: Connection, channel: str, address: str) -> bool:
        """Let an address be written to again. Returns whether it was suppressed."""
        where = SUPPRESSIONS.c.address_hash == self._hash(channel, address)
        return connection.execute(delete(SUPPRESSIONS).where(where)).rowcount > 0


_FIND = select(SUPPRESSIONS.c.address_hash, SUPPRESSIONS.c.reason, SUPPRESSIONS.c.at).where(
    SUPPRESSIONS.c.address_hash.in_(bindparam("values", expanding=True))
)
