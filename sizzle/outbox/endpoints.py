"""Endpoints in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)

from sizzle.database import Database
from sizzle.database.schema import ENDPOINTS
from sizzle.eventlog.append import endpoint_name, erased_members, found_in
from sizzle.eventlog.group_commit import GroupCommit
from sizzle.events.event import canonical
from sizzle.outbox.endpoint import (
    MAX_ENDPOINTS_OF_A_MEMBER,
    EndpointFields,
    InvalidEndpointError,
)
from sizzle.outbox.member_rows import note_user

INACTIVE: Final = "INACTIVE"
"""Pinpoint's `EndpointStatus` of an endpoint that nothing is sent to."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint.

    Attributes:
        app: the application that it belongs to.
        endpoint_id: the client's own.
        fields: what is known of it; nothing once it was deleted.
        member_id: whose it is, or was when it was deleted; empty where nobody said.
        created: milliseconds since 1970.
        updated: milliseconds since 1970.
        deleted: milliseconds since 1970, or None.
    """

    app: str
    endpoint_id: str
    fields: EndpointFields
    member_id: str
    created: int
    updated: int
    deleted: int | None = None


class EndpointUpdate(NamedTuple):
    """A change of one endpoint.

    Attributes:
        app: the application.
        endpoint_id: of an endpoint that may be new.
        fields: what changes.
        now: milliseconds since 1970.
    """

    app: str
    endpoint_id: str
    fields: EndpointFields
    now: int


class Endpoints:
    """The endpoints of a database. Safe to share between threads.

    Args:
        database: that has them.
        member_hash: under which erased members are remembered: `EventLog.member_hash`.
    """

    def __init__(self, database: Database, member_hash: Callable[[str], bytes]) -> None:
        self._database = database
        self._member_hash = member_hash
        self._commits = GroupCommit(self._update)

    def find(self, app: str, ids: Iterable[str]) -> dict[str, Endpoint]:
        """Those of these ids that were ever registered, deleted ones too.

        Raises:
            DatabaseUnavailableError: the database cannot be read.
        """
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return find_endpoints(connection, app, ids)

    def of_member(self, member_id: str, app: str | None = None) -> list[Endpoint]:
        """A member's, of one application or of all, by their ids. Raises as `find`."""
        query = select(ENDPOINTS).where(_of_member(member_id, app))
        query = query.order_by(ENDPOINTS.c.app, ENDPOINTS.c.endpoint_id)
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return [_endpoint(row) for row in connection.execute(query).mappings()]

    def submit(
        self, updates: Sequence[EndpointUpdate]
    ) -> Future[Sequence[Endpoint | InvalidEndpointError]]:
        """Apply updates in their order, together with others that wait.

        Returns:
            Each endpoint once it is durable, or why it cannot be so; or, for all,
            DatabaseUnavailableError or DatabaseFullError.

        Raises:
            BusyError: too many wait.
        """
        return self._commits.submit(updates)

    def delete(self, app: str, ids: Iterable[str], now: int) -> list[Endpoint]:
        """Forget all but the ids of endpoints, by which their events still have one.

        Returns:
            Those that were there, as they were.

        Raises:
            DatabaseUnavailableError: the database cannot be written to.
        """
        self._database.upgrade_once()
        with self._database.writing() as connection:
            found = find_endpoints(connection, app, ids).values()
            there = [endpoint for endpoint in found if endpoint.deleted is None]
            for old in there:
                fields = EndpointFields()
                gone = Endpoint(
                    app, old.endpoint_id, fields, old.member_id, old.created, now, deleted=now
                )
                connection.execute(_CHANGE, _change(gone))
        return there

    def keys_of_member(self, member_id: str) -> list[tuple[str, str]]:
        """The application and id of each endpoint of a member, deleted ones too. Raises as `find`.

        By these, events that came before an endpoint's member was known can be erased.
        """
        query = select(ENDPOINTS.c.app, ENDPOINTS.c.endpoint_id)
        self._database.upgrade_once()
        with self._database.reading() as connection:
            rows = connection.execute(query.where(ENDPOINTS.c.member_id == member_id))
            return [(app, endpoint_id) for app, endpoint_id in rows]

    def close(self) -> None:
        """Apply what waits. The database stays open."""
        self._commits.close()

    def _update(self, updates: Sequence[EndpointUpdate]) -> list[Endpoint | InvalidEndpointError]:
        self._database.upgrade_once()
        with self._database.writing() as connection:
            return [
                self._refusal(connection, one) or apply_update(connection, one) for one in updates
            ]

    def _refusal(self, connection: Connection, one: EndpointUpdate) -> InvalidEndpointError | None:
        """Why an update is not taken: it was made before its member was erased."""
        if (made := one.fields.effective) is None:
            return None
        names = {one.fields.member_id, endpoint_name(one.app, one.endpoint_id)} - {""}
        erased = erased_members(connection, names, self._member_hash)
        if made > max(erased.values(), default=-1):
            return None
        return InvalidEndpointError("The member has been erased since.")


def apply_update(connection: Connection, one: EndpointUpdate) -> Endpoint | InvalidEndpointError:
    """Apply an update, in a transaction of the caller's."""
    row = connection.execute(_FIND, {"of_app": one.app, "of_id": one.endpoint_id}).mappings()
    old = next(map(_endpoint, row), None)
    fields = (EndpointFields() if old is None else old.fields).updated(one.fields)
    if old is not None and old.deleted is None and old.fields == fields:
        return old
    member_id = fields.member_id
    if member_id and (old is None or old.deleted is not None or old.member_id != member_id):
        count = connection.execute(
            select(func.count()).select_from(ENDPOINTS).where(_of_member(member_id, one.app))
        ).scalar_one()
        if count >= MAX_ENDPOINTS_OF_A_MEMBER:
            # Pinpoint's own words, by which clients know that they have to delete an old one.
            return InvalidEndpointError(
                f"Exceeded maximum endpoint per user count {MAX_ENDPOINTS_OF_A_MEMBER}."
            )
    created = one.now if old is None else old.created
    new = Endpoint(one.app, one.endpoint_id, fields, member_id, created, one.now)
    if old is None:
        connection.execute(insert(ENDPOINTS), _row(new))
    else:
        connection.execute(_CHANGE, _change(new))
    if member_id:
        said = one.fields.user
        note_user(connection, member_id, said.user_attributes if said else None, one.now)
    return new


_FIND: Final = select(ENDPOINTS).where(
    and_(ENDPOINTS.c.app == bindparam("of_app"), ENDPOINTS.c.endpoint_id == bindparam("of_id"))
)
_CHANGE: Final = update(ENDPOINTS).where(
    and_(ENDPOINTS.c.app == bindparam("of_app"), ENDPOINTS.c.endpoint_id == bindparam("of_id"))
)


_LIVE: Final = (
    select(ENDPOINTS)
    .where(
        ENDPOINTS.c.member_id.in_(bindparam("values", expanding=True)),
        ENDPOINTS.c.deleted.is_(None),
        ENDPOINTS.c.status != INACTIVE,
    )
    .order_by(ENDPOINTS.c.app, ENDPOINTS.c.endpoint_id)
)


def live_endpoints(
    connection: Connection, ids: Iterable[str], channel: str | None
) -> Iterator[Endpoint]:
    """The endpoints of members, but those that were deleted or are inactive.

    Args:
        connection: to the database.
        ids: the members'.
        channel: Pinpoint's name of the only channel, or None for all.
    """
    query = _LIVE if channel is None else _LIVE.where(ENDPOINTS.c.channel == channel)
    return (_endpoint(row._mapping) for row in found_in(connection, query, ids))


def _of_member(member_id: str, app: str | None) -> ColumnElement[bool]:
    there = and_(ENDPOINTS.c.member_id == member_id, ENDPOINTS.c.deleted.is_(None))
    return there if app is None else and_(there, ENDPOINTS.c.app == app)


def find_endpoints(connection: Connection, app: str, ids: Iterable[str]) -> dict[str, Endpoint]:
    """Those of these ids that were ever registered, deleted ones too."""
    rows = found_in(connection, _BY_ID, ids, of_app=app)
    return {row.endpoint_id: _endpoint(row._mapping) for row in rows}


def write_endpoints(
    connection: Connection, known: Mapping[str, Endpoint], changed: Iterable[Endpoint]
) -> None:
    """Write endpoints that are new or changed, of one application.

    Args:
        connection: in a transaction of `Database.writing`.
        known: those that are there, by their ids.
        changed: what is to be there.
    """
    endpoints = list(changed)
    new = [_row(endpoint) for endpoint in endpoints if endpoint.endpoint_id not in known]
    old = [_change(endpoint) for endpoint in endpoints if endpoint.endpoint_id in known]
    if new:
        connection.execute(insert(ENDPOINTS), new)
    if old:
        connection.execute(_CHANGE, old)


_BY_ID: Final = select(ENDPOINTS).where(
    ENDPOINTS.c.app == bindparam("of_app"),
    ENDPOINTS.c.endpoint_id.in_(bindparam("values", expanding=True)),
)


def _row(endpoint: Endpoint) -> dict[str, Any]:
    fields = endpoint.fields
    return {
        "app": endpoint.app,
        "endpoint_id": endpoint.endpoint_id,
        "member_id": endpoint.member_id,
        "channel": fields.channel_type or "",
        "address": fields.address or "",
        "opt_out": fields.opt_out or "",
        "content": canonical(fields),
        "created": endpoint.created,
        "updated": endpoint.updated,
        "deleted": endpoint.deleted,
        "status": fields.endpoint_status or "",
        **fields.searched(),
    }


def _change(endpoint: Endpoint) -> Mapping[str, Any]:
    return {**_row(endpoint), "of_app": endpoint.app, "of_id": endpoint.endpoint_id}


_content: Final = msgspec.json.Decoder(EndpointFields)


def _endpoint(row: RowMapping) -> Endpoint:
    return Endpoint(
        row["app"],
        row["endpoint_id"],
        _content.decode(row["content"]),
        row["member_id"],
        row["created"],
        row["updated"],
        row["deleted"],
    )


def endpoints_of_members(connection: Connection, member_ids: Sequence[str]) -> list[Endpoint]:
    """The endpoints of members that are not deleted, in a transaction of the caller's."""
    return [_endpoint(row._mapping) for row in found_in(connection, _OF_MEMBERS, member_ids)]


_OF_MEMBERS: Final = select(ENDPOINTS).where(
    ENDPOINTS.c.member_id.in_(bindparam("values", expanding=True)), ENDPOINTS.c.deleted.is_(None)
)


def deactivate(connection: Connection, app: str, endpoint_id: str, now: int) -> None:
    """Have nothing more sent to an endpoint, in a transaction of the caller's."""
    found = find_endpoints(connection, app, [endpoint_id]).get(endpoint_id)
    if found is not None and found.deleted is None:
        fields = EndpointFields(endpoint_status=INACTIVE)
        apply_update(connection, EndpointUpdate(app, endpoint_id, fields, now))
