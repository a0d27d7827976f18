"""Appends events within a transaction: each is there once, whoever sends it again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import islice
from typing import Final, TypeVar, TypeVarTuple

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from sizzle.database.schema import ERASED_MEMBERS, EVENTS
from sizzle.eventlog.rows import to_row
from sizzle.eventlog.viewing_records import append_viewing_records
from sizzle.events import Event

T = TypeVar("T")
Columns = TypeVarTuple("Columns")

_PARAMETERS: Final = 500
"""Of one statement: databases limit them."""


class Appended(StrEnum):
    """What came of an event."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    """It is a duplicate by its id, with other content; the first stays."""
    ERASED = "erased"
    """Its member, or the member of its endpoint, was erased after it happened; it is not kept."""


def append(
    connection: Connection, events: Sequence[Event], member_hash: Callable[[str], bytes]
) -> list[Appended]:
    """Append events in a transaction that no other one writes beside.

    Args:
        connection: in a transaction of `Database.writing`.
        events: in the order in which they came.
        member_hash: of a member's id, as `ERASED_MEMBERS` has it.
    """
    names = {name for event in events for name in _names(event) if name}
    erased = erased_members(connection, names, member_hash)
    keyed = [(event, event.key, event.digest) for event in events]
    digests = dict(found_in(connection, _DIGESTS, [key for _, key, _ in keyed]))
    outcomes, rows, conflicts = [], [], []
    accepted: list[tuple[Event, bytes]] = []
    for event, key, digest in keyed:
        if erased and event.time <= max(erased.get(name, -1) for name in _names(event)):
            outcomes.append(Appended.ERASED)
        elif key not in digests:
            digests[key] = digest
            rows.append(to_row(event))
            accepted.append((event, key))
            outcomes.append(Appended.ACCEPTED)
        elif digests[key] == digest:
            outcomes.append(Appended.DUPLICATE)
        else:
            conflicts.append({"conflicting": key})
            outcomes.append(Appended.CONFLICT)
    if rows:
        connection.execute(insert(EVENTS), rows)
        append_viewing_records(connection, accepted)
    if conflicts:
        connection.execute(_COUNT_CONFLICT, conflicts)
    return outcomes


def endpoint_name(app: str, endpoint_id: str) -> str:
    """What an erased member's endpoint is remembered by, as no member's id is; empty for none.

    Its device may send events from before then that name no member.
    """
    return f"{app}\0{endpoint_id}" if endpoint_id else ""


def _names(event: Event) -> tuple[str, str]:
    return event.member_id, endpoint_name(event.app, event.endpoint_id)


_DIGESTS: Final = select(EVENTS.c.key, EVENTS.c.digest).where(
    EVENTS.c.key.in_(bindparam("values", expanding=True))
)
_ERASED: Final = select(ERASED_MEMBERS.c.member_hash, ERASED_MEMBERS.c.erased).where(
    ERASED_MEMBERS.c.member_hash.in_(bindparam("values", expanding=True))
)
_COUNT_CONFLICT: Final = (
    update(EVENTS)
    .where(EVENTS.c.key == bindparam("conflicting"))
    .values(conflicts=EVENTS.c.conflicts + 1)
)


def erased_members(
    connection: Connection, member_ids: Iterable[str], member_hash: Callable[[str], bytes]
) -> dict[str, int]:
    """Of these members, when those that were erased were: they have nothing from before then.

    Args:
        connection: to the database.
        member_ids: the members' ids, or names of endpoints.
        member_hash: of a member's id, as `ERASED_MEMBERS` has it.
    """
    hashes = {member_hash(member_id): member_id for member_id in member_ids}
    return {hashes[name]: time for name, time in found_in(connection, _ERASED, hashes)}


def found_in(
    connection: Connection, query: Select[*Columns], values: Iterable[bytes | str], **others: object
) -> Iterator[Row[*Columns]]:
    """Rows of a query for any number of values, which it takes as `values`, beside others."""
    for some in _chunks(values, _PARAMETERS):
        yield from connection.execute(query, {"values": some, **others})


def _chunks(values: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
