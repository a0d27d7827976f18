"""What segments ask about members, read for a few of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from sqlalchemy import Connection, bindparam, func, select, tuple_

from sizzle.database.member_tables import MEMBERS, SNAPSHOT_MEMBERS
from sizzle.database.schema import ENDPOINTS, EVENTS
from sizzle.eventlog.append import found_in
from sizzle.outreach.segments.explain import EndpointFacts, MemberFacts


def read_member_facts(
    connection: Connection, ids: Collection[str], snapshots: Iterable[str] = ()
) -> dict[str, tuple[str, MemberFacts]]:
    """The name of each member, and what segments ask about the member.

    Args:
        connection: to the database.
        ids: the members'.
        snapshots: lists of members that are asked about.
    """
    endpoints: dict[str, list[EndpointFacts]] = {}
    for member_id, channel, facts, x, y, z in found_in(connection, _ENDPOINTS, ids):
        place = None if None in (x, y, z) else (x, y, z)
        fact = EndpointFacts(channel, json.loads(facts), place)
        endpoints.setdefault(member_id, []).append(fact)
    lists: dict[str, dict[str, list[str]]] = {}
    for snapshot_id in snapshots:
        rows = found_in(connection, _LISTED, ids, of_snapshot=snapshot_id)
        for member_id, reasons in rows:
            lists.setdefault(member_id, {})[snapshot_id] = json.loads(reasons)
    active = _last_active(connection, ids)
    return {
        member_id: (
            name,
            MemberFacts(
                json.loads(facts),
                endpoints.get(member_id, []),
                active.get(member_id),
                lists.get(member_id, {}),
            ),
        )
        for member_id, name, facts in found_in(connection, _MEMBERS, ids)
    }


def _last_active(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """When each member's last event was, of the member's own or of their endpoints'."""
    ids = list(ids)
    found: dict[str, int] = dict(map(tuple, found_in(connection, _OWN_EVENTS, ids)))
    for member_id, last in found_in(connection, _ENDPOINT_EVENTS, ids):
        found[member_id] = max(last, found.get(member_id, last))
    return found


_MEMBERS = select(MEMBERS.c.member_id, MEMBERS.c.name, MEMBERS.c.facts).where(
    MEMBERS.c.member_id.in_(bindparam("values", expanding=True))
)
_ENDPOINTS = select(
    ENDPOINTS.c.member_id,
    ENDPOINTS.c.channel,
    ENDPOINTS.c.facts,
    ENDPOINTS.c.x,
    ENDPOINTS.c.y,
    ENDPOINTS.c.z,
).where(
    ENDPOINTS.c.member_id.in_(bindparam("values", expanding=True)),
    ENDPOINTS.c.deleted.is_(None),
    ENDPOINTS.c.status != "INACTIVE",
)
_LISTED = select(SNAPSHOT_MEMBERS.c.member_id, SNAPSHOT_MEMBERS.c.reasons).where(
    SNAPSHOT_MEMBERS.c.member_id.in_(bindparam("values", expanding=True)),
    SNAPSHOT_MEMBERS.c.snapshot_id == bindparam("of_snapshot"),
)
_OWN_EVENTS = (
    select(EVENTS.c.member_id, func.max(EVENTS.c.time))
    .where(EVENTS.c.member_id.in_(bindparam("values", expanding=True)))
    .group_by(EVENTS.c.member_id)
)
_ENDPOINT_EVENTS = (
    select(ENDPOINTS.c.member_id, func.max(EVENTS.c.time))
    .join(
        EVENTS,
        tuple_(EVENTS.c.app, EVENTS.c.endpoint_id)
        == tuple_(ENDPOINTS.c.app, ENDPOINTS.c.endpoint_id),
    )
    .where(
        ENDPOINTS.c.member_id.in_(bindparam("values", expanding=True)),
        EVENTS.c.endpoint_id != "",
    )
    .group_by(ENDPOINTS.c.member_id)
)
