"""Rows of members: read, merged with what is newly known, and written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from sizzle.database.member_tables import MEMBERS
from sizzle.eventlog.append import found_in
from sizzle.events.event import canonical
from sizzle.outreach.members.profile import Attributes, ProfileFields
from sizzle.outreach.segments.facts import encoded_facts


@dataclass(frozen=True, slots=True)
class StoredMember:
    """A member as the database has it; times are milliseconds since 1970."""

    member_id: str
    fields: ProfileFields
    created: int
    updated: int


def find_members(connection: Connection, ids: Iterable[str]) -> dict[str, StoredMember]:
    """Those of these members that are known."""
    return {row.member_id: to_member(row._mapping) for row in found_in(connection, _FIND, ids)}


def to_member(row: RowMapping) -> StoredMember:
    """The member of a row."""
    texts = {name: row[name] for name in _TEXTS}
    fields = ProfileFields(**texts, attributes=_attributes.decode(row["attributes"]))
    return StoredMember(row["member_id"], fields, row["created"], row["updated"])


def write_members(
    connection: Connection,
    known: Mapping[str, StoredMember],
    changed: Mapping[str, ProfileFields],
    now: int,
) -> None:
    """Write members that are new or changed.

    Args:
        connection: in a transaction of `Database.writing`.
        known: those that are there.
        changed: what their fields, and those of new ones, become.
        now: milliseconds since 1970.
    """
    rows = [_row(member_id, fields, now) for member_id, fields in changed.items()]
    new = [{**row, "created": now} for row in rows if row["member_id"] not in known]
    old = [{**row, "of_id": row["member_id"]} for row in rows if row["member_id"] in known]
    if new:
        connection.execute(insert(MEMBERS), new)
    if old:
        connection.execute(_CHANGE, old)


def note_user(
    connection: Connection, member_id: str, attributes: Attributes | None, now: int
) -> None:
    """Keep what an endpoint says of its member: Pinpoint's user attributes."""
    known = find_members(connection, [member_id])
    old = known[member_id].fields if known else ProfileFields()
    fields = old.updated(ProfileFields(attributes=attributes or {}))
    if not known or fields != old:
        write_members(connection, known, {member_id: fields}, now)


def _row(member_id: str, fields: ProfileFields, now: int) -> dict[str, Any]:
    return {
        "member_id": member_id,
        **{name: getattr(fields, name) for name in _TEXTS},
        "attributes": canonical(fields.attributes),
        "facts": encoded_facts(fields.facts()),
        "updated": now,
    }


_TEXTS: Final = ("name", "birth_date", "language", "zone", "country", "maturity")
_attributes: Final = msgspec.json.Decoder(dict[str, list[str]])
_FIND: Final = select(MEMBERS).where(MEMBERS.c.member_id.in_(bindparam("values", expanding=True)))
_CHANGE: Final = update(MEMBERS).where(MEMBERS.c.member_id == bindparam("of_id"))
