"""Follows the logs of events and exposures, and keeps with each exposure what became of it.

What a page of events changes is worked out without a lock. It is then written in one transaction
together with how far the follower has come, unless another process has followed as far meanwhile:
each event counts once, however many processes follow, and whenever one of them is killed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from sizzle.database import Database
from sizzle.database.schema import EVENTS, EXPOSURES, MESSAGE_EVENTS
from sizzle.engagement import PLAYED, REEL_TYPES, TOLERANCE
from sizzle.eventlog.append import found_in
from sizzle.eventlog.positions import read_positions, write_position
from sizzle.eventlog.rows import COLUMNS, TYPE, to_event
from sizzle.eventlog.shown_reels import ShownReels
from sizzle.events import Event
from sizzle.events.attribution import attribute

_EVENTS, _EXPOSURES = "engagement events", "engagement exposures"
_PAGE: Final = 2000  # rows of one transaction; more save no time, and take a worker's memory
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
    rows: Sequence[Row[Any]]
    counted: list[Event]
    """Those of the rows that say what became of reels."""
    exposures: list[_NewExposure]


class _Changes(NamedTuple):
    """What a page changes."""

    shown: ShownReels
    messages: list[dict[str, Any]]
    up_to: dict[str, int]


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
            with self._database.snapshot() as connection:
                page = _read(connection)
                if page.up_to == page.after:
                    break
                shown, earlier = _load(connection, page)
            changes = _apply(page, shown, earlier)
            with self._database.writing() as connection:
                if _is_current(connection, page):
                    _write(connection, changes)
                    followed += len(page.rows)
            pages = None if pages is None else pages - 1
            if len(page.rows) == _PAGE:
                time.sleep(_BREAK)
        return followed


def _read(connection: Connection) -> _Page:
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
    counted = [to_event(row) for row in rows if row[TYPE] in _COUNTED]
    return _Page(after, up_to, rows, counted, [_NewExposure(*each) for each in new])


def _load(connection: Connection, page: _Page) -> tuple[ShownReels, list[Event]]:
    """The exposures that a page may change; and events before it that they are about."""
    new = frozenset(each.position for each in page.exposures)
    shown = ShownReels(page.up_to[_EXPOSURES], new)
    earlier = list(_earlier(connection, page))
    shown.load(connection, [*earlier, *page.counted])
    return shown, earlier


def _apply(page: _Page, shown: ShownReels, earlier: list[Event]) -> _Changes:
    for event in earlier:
        shown.apply_earlier(event)
    for event in page.counted:
        shown.apply(event)
    # Our types of messages begin so; most of an app's own events need not even be decoded.
    about_messages = (row for row in page.rows if row[TYPE].startswith("_"))
    messages = [message for row in about_messages if (message := _message(row)) is not None]
    # In the order of their index: neighbours are on one page of it.
    messages.sort(key=_index_order)
    return _Changes(shown, messages, page.up_to)


def _is_current(connection: Connection, page: _Page) -> bool:
    """Whether nobody has followed meanwhile, and no event was erased."""
    first, last = page.after[_EVENTS], page.up_to[_EVENTS]
    there = select(func.count()).where(EVENTS.c.position > first, EVENTS.c.position <= last)
    is_current = _positions(connection) == page.after
    return is_current and connection.execute(there).scalar() == len(page.rows)


def _write(connection: Connection, changes: _Changes) -> None:
    changes.shown.write(connection)
    if changes.messages:
        connection.execute(insert(MESSAGE_EVENTS), changes.messages)
    for name, position in changes.up_to.items():
        write_position(connection, name, position)


def _earlier(connection: Connection, page: _Page) -> Iterator[Event]:
    """Events that came before the exposures that they are about."""
    members = {each.member_id for each in page.exposures}
    since = min((each.time for each in page.exposures), default=0) - TOLERANCE
    up_to = page.after[_EVENTS]
    return map(to_event, found_in(connection, _EARLIER, members, since=since, up_to=up_to))


def _message(row: Row[Any]) -> dict[str, Any] | None:
    """The row about a message, of an event's row; None where it is about none."""
    event = to_event(row)
    found = attribute(event.type, event.attributes)
    if found is None:
        return None
    return {
        "position": row[0],
        "source": found.source.value,
        "source_id": _without_nul(found.source_id),
        "activity_id": _without_nul(found.activity_id or found.send_id),
        "treatment_id": _without_nul(found.treatment_id),
        "action": _without_nul(found.action),
        "app": _without_nul(event.app),
        "endpoint_id": _without_nul(event.endpoint_id),
        "time": event.time,
    }


def _without_nul(text: str) -> str:
    """The text as PostgreSQL takes it, which has no NUL in texts."""
    return text.replace("\0", "\ufffd") if "\0" in text else text


def _index_order(message: dict[str, Any]) -> tuple[str, ...]:
    return (
        message["source_id"],
        message["source"],
        message["activity_id"],
        message["treatment_id"],
        message["action"],
        message["app"],
        message["endpoint_id"],
    )


def _positions(connection: Connection) -> dict[str, int]:
    """Up to where was followed."""
    known = read_positions(connection)
    return {name: known.get(name, 0) for name in (_EVENTS, _EXPOSURES)}
