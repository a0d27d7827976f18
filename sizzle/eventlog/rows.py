"""Events as rows of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from sizzle.database.schema import EVENTS
from sizzle.events import Event

_FIELDS = (
    *("app", "event_id", "type", "member_id", "endpoint_id", "reel_id"),
    *("time", "clock_offset", "received"),
)
COLUMNS = [EVENTS.c.position, *(EVENTS.c[name] for name in _FIELDS), EVENTS.c.content]
"""The columns of a row that `to_event` takes, in this order."""

_CONTENT = len(COLUMNS) - 1
TYPE = COLUMNS.index(EVENTS.c.type)
"""The index of a row's type."""


class _Content(msgspec.Struct):
    attributes: dict[str, str]
    metrics: dict[str, float]


_content = msgspec.json.Decoder(_Content)


def to_row(event: Event) -> dict[str, Any]:
    """The values of an event's row, but for its position."""
    fields = {name: getattr(event, name) for name in _FIELDS}
    return {**fields, "key": event.key, "content": event.content, "digest": event.digest}


def to_event(row: Sequence[Any]) -> Event:
    """The event of a row that begins with `COLUMNS`: by index, in a third of the time by name."""
    _, app, event_id, kind, member_id, endpoint_id, reel_id, time, offset, received, text = row[
        : _CONTENT + 1
    ]
    content = _content.decode(text)
    return Event(
        app=app,
        event_id=event_id,
        type=kind,
        member_id=member_id,
        endpoint_id=endpoint_id,
        reel_id=reel_id,
        time=time,
        clock_offset=offset,
        received=received,
        attributes=content.attributes,
        metrics=content.metrics,
    )
