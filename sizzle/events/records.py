"""Events as records of files: what is exported can be imported, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Annotated, Any, ClassVar, Final

import msgspec
from msgspec import Meta

from sizzle.events.batch import Batch, Refusal
from sizzle.events.event import DEFAULT_APP, Event, canonical, milliseconds, time_text
from sizzle.events.sent import MAX_NAMES, Id, Name, SentEvent, Time, Value
from sizzle.events.viewing_record import VIEWED

_HISTORY_TEXTS: Final = ("action", "device", "locale", "country", "surface", "time_zone")
_HISTORY_NUMBERS: Final = ("seconds", "rating")
_HISTORY: Final = ("member_id", "title_id", "at", *_HISTORY_NUMBERS, *_HISTORY_TEXTS)
_MAX_TIME: Final = 253_402_300_799  # the last second that RFC 3339 can name

_MAX_NAMES: Final = MAX_NAMES + 20
"""What is kept of an event may have more than what clients send: Pinpoint's session and app."""


class _Record(SentEvent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    max_names: ClassVar[int] = _MAX_NAMES

    attributes: Annotated[dict[Name, Value], Meta(max_length=_MAX_NAMES)] = msgspec.field(
        default_factory=dict
    )
    metrics: Annotated[dict[Name, float], Meta(max_length=_MAX_NAMES)] = msgspec.field(
        default_factory=dict
    )
    app: Id = DEFAULT_APP
    received: Time | None = None
    clock_offset: int = 0
    cursor: str = ""


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


def from_record(record: Mapping[str, Any], now: int, *, text: bool = False) -> Event | Refusal:
    """The event of a record.

    Args:
        record: as from `to_record`, or a line of a file of viewing histories.
        now: in milliseconds since 1970; when it was received, if it does not say.
        text: whether all values are text, numbers too, as in CSV.
    """
    if "at" in record and "type" not in record and not text:
        record = _of_history(record)
    event_id = str(record.get("id", ""))[:100]
    try:
        sent = msgspec.convert(record, _Record, strict=not text)
    except (msgspec.ValidationError, TypeError) as error:
        return Refusal(event_id, f"{error}.")
    taken = Batch(received=now, app=sent.app).take(sent)
    if isinstance(taken, Refusal):
        return taken
    received = now if sent.received is None else milliseconds(sent.received)
    return msgspec.structs.replace(taken, received=received, clock_offset=sent.clock_offset)


def _of_history(record: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a file of viewing histories as a record: always the same one."""
    given = {
        name: value for name, value in record.items() if name in _HISTORY and value is not None
    }
    at = given.get("at")
    if isinstance(at, int) and not isinstance(at, bool) and 0 <= at <= _MAX_TIME:
        at = time_text(at * 1000)
    texts = ("title_id", *_HISTORY_TEXTS)
    return {
        "id": f"viewing-{blake2b(canonical(given).encode(), digest_size=16).hexdigest()}",
        "type": VIEWED,
        "time": at,
        "member_id": given.get("member_id", ""),
        "attributes": {name: given[name] for name in texts if given.get(name)},
        "metrics": {name: given[name] for name in _HISTORY_NUMBERS if name in given},
    }
