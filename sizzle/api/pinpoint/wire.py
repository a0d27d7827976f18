"""JSON of Pinpoint's clients, and the events in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from sizzle.api.http.invalid_request import InvalidRequestError, not_json
from sizzle.events import Batch, Event, Refusal, SentEvent
from sizzle.events.explained import explained
from sizzle.events.sent import MAX_NAMES, Id, Name, Value

NESTING: Final = (
    'Events belong beside Endpoint, within the endpoint: {"BatchItem": {"<endpoint id>": '
    '{"Endpoint": {}, "Events": {"<event id>": {"EventType": "…", "Timestamp": "…"}}}}}'
)
"""What is said to whoever puts them elsewhere, as widely copied samples do."""

_Text = Annotated[str, Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class RepeatedName:
    """Stands for a JSON object in which a name is there twice: whichever is meant is not known."""

    name: str


class _Session(msgspec.Struct, frozen=True, rename="pascal"):
    id: _Text
    start_timestamp: _Text
    stop_timestamp: _Text | None = None
    duration: float | None = None  # milliseconds


class _WireEvent(msgspec.Struct, frozen=True, rename="pascal"):
    event_type: Id
    timestamp: _Text
    attributes: Annotated[dict[Name, Value], Meta(max_length=MAX_NAMES)] | None = None
    metrics: Annotated[dict[Name, float], Meta(max_length=MAX_NAMES)] | None = None
    session: _Session | None = None
    app_title: _Text | None = None
    app_package_name: _Text | None = None
    app_version_code: _Text | None = None
    client_sdk_version: _Text | None = None
    sdk_name: _Text | None = None


_ABOUT_THE_APP: Final = (
    "app_title",
    "app_package_name",
    "app_version_code",
    "client_sdk_version",
    "sdk_name",
)


def read_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    """What a body holds; NaN and infinite numbers are read, as clients write them.

    Raises:
        InvalidRequestError: it is not JSON in UTF-8.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object)
        if "\\ud" in text.lower():
            _check_text(value)
    except (ValueError, RecursionError):
        raise not_json() from None
    return value


def read_object(body: bytes) -> dict[str, Any]:
    """The object that a body holds. Raises InvalidRequestError."""
    return as_object(read_json(body), "The body")


def as_object(value: Any, what: str) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A value that has to be an object. Raises InvalidRequestError."""
    if isinstance(value, RepeatedName):
        raise InvalidRequestError(f"{what} has {value.name[:100]!r} twice.")
    if not isinstance(value, dict):
        raise InvalidRequestError(f"{what} is not an object.", fix=NESTING + ".")
    return value


def read_event(
    event_id: str,
    value: object,
    endpoint_id: str,
    member_id: str,
    batch: Batch,
) -> Event | Refusal:
    """An event of an endpoint.

    Args:
        event_id: the client's.
        value: Pinpoint's Event, as JSON was read.
        endpoint_id: whose it is.
        member_id: whose endpoint it is, or empty.
        batch: what holds for all events of the request.
    """
    try:
        wire = msgspec.convert(value, _WireEvent)
        sent = msgspec.convert(
            {
                "id": event_id,
                "type": wire.event_type,
                "time": _time(wire.timestamp),
                "endpoint_id": endpoint_id,
                "attributes": wire.attributes or {},
                "metrics": wire.metrics or {},
                **({"member_id": member_id} if member_id else {}),
                **_reel_id(wire),
            },
            SentEvent,
        )
    except (msgspec.ValidationError, OverflowError) as error:
        return Refusal(event_id, _explained(error))
    taken = batch.take(sent)
    if isinstance(taken, Refusal):
        return Refusal(event_id, f"Timestamp: {taken.reason.removeprefix('time: ')}")
    return _with_session(taken, wire)


def _explained(error: Exception) -> str:
    text = explained(error)
    if f"`{RepeatedName.__name__}`" in text:
        where, _, _ = text.rpartition("Expected ")
        return f"{where}A name is there twice."
    return text


def _time(text: str) -> datetime:
    """ISO 8601; without a zone it is taken as UTC, as it is where most back ends run."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise msgspec.ValidationError(
            "Timestamp: Not ISO 8601, such as 2022-12-14T09:50:00.000Z"
        ) from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _reel_id(wire: _WireEvent) -> dict[str, str]:
    """Pinpoint's events have no field for it; those of reels have to name theirs."""
    reel_id = (wire.attributes or {}).get("reel_id", "")
    return {"reel_id": reel_id} if reel_id else {}


def _with_session(event: Event, wire: _WireEvent) -> Event:
    """With what Pinpoint has fields for and we have not, under names that begin with it."""
    values = {name: getattr(wire, name) for name in _ABOUT_THE_APP}
    metrics: dict[str, float] = {}
    if (session := wire.session) is not None:
        values |= {
            "session_id": session.id,
            "session_start": session.start_timestamp,
            "session_stop": session.stop_timestamp,
        }
        if session.duration is not None:
            metrics["pinpoint.session_duration"] = session.duration
    named = {f"pinpoint.{name}": value for name, value in values.items() if value}
    return msgspec.structs.replace(
        event,
        attributes={**event.attributes, **named},
        metrics={**event.metrics, **metrics},
    )


def _check_text(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Raises ValueError: text with half of a pair that only together is a character."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        for name, part in value.items():
            _check_text(name)
            _check_text(part)
    elif isinstance(value, list):
        for part in value:
            _check_text(part)


def _object(pairs: list[tuple[str, Any]]) -> Mapping[str, Any] | RepeatedName:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    return RepeatedName(next(name for name in names if names.count(name) > 1))
