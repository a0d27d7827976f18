"""What workers share of transports: when the next message may go, and which are left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count as counting
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.dialects import postgresql, sqlite

from sizzle.database.connections import is_postgresql
from sizzle.database.send_tables import TRANSPORTS
from sizzle.outreach.timing import take_slots
from sizzle.outreach.vocabulary import Channel

_MANY: Final = 1_000_000
_LONGEST_PAUSE: Final = 60 * 60 * 1000
"""Milliseconds: what is paused for longer was so by a clock that was put back since."""


@dataclass(frozen=True, slots=True)
class TransportState:
    """A transport that this worker can use.

    Attributes:
        name: the same on all machines that share it.
        rate: messages a second, on all of them together; None for as many as it takes.
    """

    name: str
    rate: float | None = None

    @property
    def per_second(self) -> int:
        """Messages that it takes in a second, at least one."""
        return _MANY if self.rate is None else max(1, int(self.rate))


def free_transports(
    connection: Connection, transports: Mapping[Channel, TransportState], now: int
) -> dict[Channel, TransportState]:
    """Those that are not left alone just now."""
    paused = {
        row["transport"]
        for row in _rows(connection)
        if now < row["paused_until"] <= now + _LONGEST_PAUSE
    }
    return {channel: state for channel, state in transports.items() if state.name not in paused}


def take(
    connection: Connection,
    transports: Mapping[Channel, TransportState],
    counts: Mapping[str, int],
    now: int,
) -> dict[str, Iterator[int]]:
    """Take moments for so many messages of each transport: microseconds since 1970."""
    found: dict[str, Iterator[int]] = {}
    for name, rate in {transport.name: transport.rate for transport in transports.values()}.items():
        if rate is None:
            found[name] = counting(now * 1000, 0)
        elif number := counts.get(name, 0):
            slots = take_slots(now * 1000, _next_slot(connection, name), rate, number)
            _upsert(connection, name, {"next_slot": slots.next})
            found[name] = counting(slots.first, slots.spacing)
    return found


def update_transport(
    connection: Connection, name: str, paused_until: int, failures: int, reason: str
) -> None:
    """Keep until when a transport is left alone, and why."""
    _upsert(
        connection, name, {"paused_until": paused_until, "failures": failures, "reason": reason}
    )


def failures_of(connection: Connection, name: str) -> int:
    """How often in a row a transport did not work."""
    query = select(TRANSPORTS.c.failures).where(TRANSPORTS.c.transport == name)
    return int(connection.execute(query).scalar() or 0)


def _rows(connection: Connection) -> list[RowMapping]:
    return list(connection.execute(select(TRANSPORTS)).mappings())


def _next_slot(connection: Connection, name: str) -> int:
    _upsert(connection, name, {})  # so that there is a row to lock
    query = select(TRANSPORTS.c.next_slot).where(TRANSPORTS.c.transport == name)
    return int(connection.execute(query.with_for_update()).scalar() or 0)


def _upsert(connection: Connection, name: str, values: Mapping[str, Any]) -> None:
    new = {"transport": name, "next_slot": 0, "paused_until": 0, "failures": 0, "reason": ""}
    dialect = postgresql if is_postgresql(connection) else sqlite
    statement = dialect.insert(TRANSPORTS).values({**new, **values})
    if values:
        statement = statement.on_conflict_do_update(index_elements=["transport"], set_=values)
    else:
        statement = statement.on_conflict_do_nothing()
    connection.execute(statement)
