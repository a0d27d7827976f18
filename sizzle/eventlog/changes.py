"""What has changed in the log: whose events have come, and who was erased, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, func, select

from sizzle.database.schema import ERASED_MEMBERS, EVENTS

_PAGE: Final = 5000


class LogEnd(NamedTuple):
    """How far the log goes, or has been followed.

    Attributes:
        position: that of the last event.
        erased: how many members had been erased.
    """

    position: int
    erased: int


class AppendedEvent(NamedTuple):
    """What is followed of an event: its type, its member, and when it was, in ms since 1970."""

    type: str
    member_id: str
    time: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What has been committed after an end.

    Attributes:
        end: up to which this goes.
        events: in the order of their commits.
        erased: the hashes of erased members, and when each was, in milliseconds since 1970.
        more: whether there is more after `end`.
    """

    end: LogEnd
    events: tuple[AppendedEvent, ...]
    erased: Mapping[bytes, int]
    more: bool


_APPENDED: Final = (
    select(EVENTS.c.position, EVENTS.c.type, EVENTS.c.member_id, EVENTS.c.time)
    .where(EVENTS.c.position > bindparam("after"))
    .order_by(EVENTS.c.position)
    .limit(_PAGE)
)
_ERASED: Final = (
    select(ERASED_MEMBERS.c.number, ERASED_MEMBERS.c.member_hash, ERASED_MEMBERS.c.erased)
    .where(ERASED_MEMBERS.c.number > bindparam("after"))
    .order_by(ERASED_MEMBERS.c.number)
    .limit(_PAGE)
)


def read_end(connection: Connection) -> LogEnd:
    """How far the log goes; erased members are read from the first on."""
    return LogEnd(connection.execute(select(func.max(EVENTS.c.position))).scalar() or 0, 0)


def read_changes(connection: Connection, after: LogEnd) -> Changes:
    """What has been committed after an end, up to a page of it."""
    appended = connection.execute(_APPENDED, {"after": after.position}).all()
    erased = connection.execute(_ERASED, {"after": after.erased}).all()
    return Changes(
        LogEnd(
            appended[-1].position if appended else after.position,
            erased[-1].number if erased else after.erased,
        ),
        tuple(AppendedEvent(*event[1:]) for event in appended),
        {each.member_hash: each.erased for each in erased},
        more=max(len(appended), len(erased)) == _PAGE,
    )
