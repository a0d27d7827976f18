"""Events as records of files: what is exported can be imported, and nothing is lost."""

from __future__ import annotations

from typing import Any

from sizzle.events.event import Event, time_text


def to_record(event: Event) -> dict[str, Any]:
    """An event with its fields' names on the wire, leaving out what is empty."""
    record = {
        "id": event.event_id,
        "type": event.type,
        "time": time_text(event.time),
        "member_id": event.member_id,
        "endpoint_id": event.endpoint_id,
        "reel_id": event.reel_id,
        "attributes": dict(event.attributes),
        "metrics": dict(event.metrics),
        "app": event.app,
        "received": time_text(event.received),
        "clock_offset": event.clock_offset,
    }
    return {name: value for name, value in record.items() if value or name == "app"}
