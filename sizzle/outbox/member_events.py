"""What members have done, as journeys ask about it: their own events, and of their endpoints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Final

import msgspec
from sqlalchemy import Connection, bindparam, select, tuple_

from sizzle.database.schema import ENDPOINTS, EVENTS
from sizzle.eventlog.append import found_in
from sizzle.outreach.journeys.run import MemberEvent


class _Content(msgspec.Struct):
    attributes: dict[str, str]


_content: Final = msgspec.json.Decoder(_Content)


def attributes_of(content: str) -> dict[str, str]:
    """The attributes of an event's row."""
    return _content.decode(content).attributes


def read_member_events(
    connection: Connection, member_ids: Collection[str], types: Collection[str], after: int
) -> dict[str, list[MemberEvent]]:
    """The events of members of some types, after a time in milliseconds since 1970."""
    found: dict[str, list[MemberEvent]] = defaultdict(list)
    if not types:
        return found
    asked = {"types": sorted(types), "after": after}
    for query in (_OWN, _OF_ENDPOINTS):
        for member_id, event_type, time, content in found_in(
            connection, query, member_ids, **asked
        ):
            found[member_id].append(MemberEvent(event_type, attributes_of(content), time))
    return found


def members_of_endpoints(
    connection: Connection, endpoints: Collection[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Whose endpoints these are, by application and id; without those of nobody."""
    by_app: dict[str, list[str]] = defaultdict(list)
    for app, endpoint_id in endpoints:
        by_app[app].append(endpoint_id)
    return {
        (app, endpoint_id): member_id
        for app, ids in by_app.items()
        for endpoint_id, member_id in found_in(connection, _MEMBERS, ids, of_app=app)
    }


_ASKED: Final = (
    EVENTS.c.type.in_(bindparam("types", expanding=True)),
    EVENTS.c.time > bindparam("after"),
)
_OWN: Final = select(EVENTS.c.member_id, EVENTS.c.type, EVENTS.c.time, EVENTS.c.content).where(
    EVENTS.c.member_id.in_(bindparam("values", expanding=True)), *_ASKED
)
_OF_ENDPOINTS: Final = (
    select(ENDPOINTS.c.member_id, EVENTS.c.type, EVENTS.c.time, EVENTS.c.content)
    .join(
        EVENTS,
        tuple_(EVENTS.c.app, EVENTS.c.endpoint_id)
        == tuple_(ENDPOINTS.c.app, ENDPOINTS.c.endpoint_id),
    )
    .where(
        ENDPOINTS.c.member_id.in_(bindparam("values", expanding=True)),
        EVENTS.c.endpoint_id != "",
        EVENTS.c.member_id == "",
        *_ASKED,
    )
)
_MEMBERS: Final = select(ENDPOINTS.c.endpoint_id, ENDPOINTS.c.member_id).where(
    ENDPOINTS.c.app == bindparam("of_app"),
    ENDPOINTS.c.endpoint_id.in_(bindparam("values", expanding=True)),
    ENDPOINTS.c.member_id != "",
)
