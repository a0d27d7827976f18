"""Which sends are looked at next, in the transaction that may claim them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select, text

from sizzle.database.connections import is_postgresql
from sizzle.database.send_tables import SENDS
from sizzle.outbox.sends import UNFINISHED, Send, send_of
from sizzle.outbox.transports import TransportState
from sizzle.outreach.vocabulary import Channel


def due_sends(
    connection: Connection,
    sources: Sequence[str],
    free: Mapping[Channel, TransportState],
    limit: int,
    now: int,
) -> list[Send]:
    """Sends that are due: transactional ones first, then those of campaigns and journeys by turns.

    Of each channel no more than its transport takes in a second, so that nobody waits for a slow
    one.

    Args:
        connection: in the transaction that may claim them.
        sources: the ids of the campaigns and journeys that may send.
        free: transports that take something, by channel.
        limit: of sends.
        now: milliseconds since 1970.
    """
    found: list[Send] = []
    for ids in ([""], sources):
        lists = [
            _of_channel(connection, source, channel, min(limit, state.per_second), now)
            for source in ids
            for channel, state in free.items()
        ]
        found += _by_turns(lists, limit - len(found))
    return found


def _by_turns(lists: Sequence[list[Send]], limit: int) -> list[Send]:
    """The first of each list, then the second, so that no campaign waits for another's end."""
    longest = max(map(len, lists), default=0)
    turns = [sends[n] for n in range(longest) for sends in lists if n < len(sends)]
    return turns[: max(limit, 0)]


def _of_channel(
    connection: Connection, source: str, channel: Channel, limit: int, now: int
) -> list[Send]:
    query: Select[Any] = select(SENDS).where(
        SENDS.c.state.in_(UNFINISHED),
        SENDS.c.campaign_id == source,
        SENDS.c.channel == channel.value,
        SENDS.c.due <= now,
    )
    query = query.order_by(SENDS.c.due).limit(limit).with_for_update(skip_locked=True)
    return [send_of(row) for row in connection.execute(query).mappings()]


def lock_members(connection: Connection, sends: Sequence[Send]) -> None:
    """Have nobody else claim for these members meanwhile, or both would pass a frequency cap."""
    if not is_postgresql(connection):
        return  # on SQLite, nobody else writes
    # In one order everywhere, so that no two wait for each other; the sort ends before any lock.
    names = sorted({f"sizzle member {send.member_id}" for send in sends})
    connection.execute(
        text(
            "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM (SELECT name FROM "
            "unnest(CAST(:names AS text[])) AS name ORDER BY name OFFSET 0) AS sorted"
        ),
        {"names": names},
    )
