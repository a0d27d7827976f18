"""Follows the logs of events and exposures, and keeps with each exposure what became of it.

A page is read without a lock. It is then written in one transaction together with how far the
follower has come, unless another process has followed as far meanwhile: each event counts once,
however many processes follow, and whenever one of them is killed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, bindparam, insert, select

from sizzle.database import Database
from sizzle.database.schema import EVENTS, EXPOSURES, MESSAGE_EVENTS
from sizzle.engagement import PLAYED, REEL_TYPES, TOLERANCE
from sizzle.eventlog.append import found_in
from sizzle.eventlog.positions import read_positions, write_position
from sizzle.eventlog.rows import COLUMNS, to_event
from sizzle.eventlog.shown_reels import ShownReels
from sizzle.events import Event
from sizzle.events.attribution import attribute

_EVENTS, _EXPOSURES = "engagement events", "engagement exposures"
_PAGE: Final = 2000  # rows of one transaction, of some 30 ms
_BREAK: Final = 0.02  # seconds for other writers
_COUNTED: Final = frozenset((*REEL_TYPES, PLAYED))
_EARLIER: Final = select(*COLUMNS).where(
    EVENTS.c.member_id.in_(bindparam("values", expanding=True)),
    EVENTS.c.time >= bindparam("since"),
    EVENTS.c.position <= bindparam("up_to"),
    EVENTS.c.type.in_(sorted(_COUNTED)),
)


class _NewExposure(NamedTuple):
    position: int
    member_id: str
    time: int


class _Page(NamedTuple):
    """What came after what was followed."""

    after: dict[str, int]
    up_to: dict[str, int]
    events: list[tuple[int, Event]]
    exposures: list[_NewExposure]


class EngagementFollower:
    """Keeps with each exposure what became of it. Safe to share between threads and processes.

    Args:
        database: with tables that are up to date.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def catch_up(self, pages: int | None = None) -> int:
        """Follow what has come since.

        Args:
            pages: at most so many; by default all. Between two, others may write.

        Returns:
            How many events were followed.

        Raises:
            DatabaseUnavailableError: the database cannot be read or written to.
        """
        followed = 0
        while pages is None or pages > 0:
            page = self._read()
            if page.up_to == page.after:
                break
            with self._database.writing() as connection:
                if _positions(connection) == page.after:
                    _follow(connection, page)
                    followed += len(page.events)
            pages = None if pages is None else pages - 1
            if len(page.events) == _PAGE:
                time.sleep(_BREAK)
        return followed

    def _read(self) -> _Page:
        with self._database.reading() as connection:
            after = _positions(connection)
            query = select(*COLUMNS).where(EVENTS.c.position > after[_EVENTS])
            query = query.order_by(EVENTS.c.position).limit(_PAGE)
            rows = connection.execute(query).all()
            shown = select(EXPOSURES.c.position, EXPOSURES.c.member_id, EXPOSURES.c.time)
            shown = shown.where(EXPOSURES.c.position > after[_EXPOSURES])
            new = connection.execute(shown.order_by(EXPOSURES.c.position).limit(_PAGE)).all()
        up_to = {
            _EVENTS: rows[-1].position if rows else after[_EVENTS],
            _EXPOSURES: new[-1].position if new else after[_EXPOSURES],
        }
        events = [(row.position, to_event(row)) for row in rows]
        return _Page(after, up_to, events, [_NewExposure(*each) for each in new])


def _follow(connection: Connection, page: _Page) -> None:
    new = frozenset(each.position for each in page.exposures)
    shown = ShownReels(page.up_to[_EXPOSURES], new)
    earlier = list(_earlier(connection, page))
    events = [event for _, event in page.events if event.type in _COUNTED]
    shown.load(connection, [*earlier, *events])
    for event in earlier:
        shown.apply_earlier(event)
    for event in events:
        shown.apply(event)
    shown.write(connection)
    messages = [message for each in page.events if (message := _message(*each)) is not None]
    if messages:
        connection.execute(insert(MESSAGE_EVENTS), messages)
    for name, position in page.up_to.items():
        write_position(connection, name, position)


def _earlier(connection: Connection, page: _Page) -> Iterator[Event]:
    """Events that came before the exposures that they are about."""
    members = {each.member_id for each in page.exposures}
    since = min((each.time for each in page.exposures), default=0) - TOLERANCE
    up_to = page.after[_EVENTS]
    return map(to_event, found_in(connection, _EARLIER, members, since=since, up_to=up_to))


def _message(position: int, event: Event) -> dict[str, Any] | None:
    """The row of an event about a message."""
    found = attribute(event.type, event.attributes)
    if found is None:
        return None
    values = {
        "source": found.source.value,
        "source_id": found.source_id,
        "activity_id": found.activity_id or found.send_id,
        "treatment_id": found.treatment_id,
        "action": found.action,
        "app": event.app,
        "endpoint_id": event.endpoint_id,
    }
    # PostgreSQL has no NUL in texts.
    texts = {name: text.replace("\0", "\ufffd") for name, text in values.items()}
    return {"position": position, "time": event.time, **texts}


def _positions(connection: Connection) -> dict[str, int]:
    """Up to where was followed."""
    known = read_positions(connection)
    return {name: known.get(name, 0) for name in (_EVENTS, _EXPOSURES)}
