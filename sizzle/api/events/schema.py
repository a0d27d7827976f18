"""Requests with events, and their responses."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta
from pydantic import BaseModel, Field

from sizzle.api.http.invalid_request import not_json
from sizzle.api.http.json_body import (
    JSON,
    JsonBody,
    invalid_body,
    with_finite_numbers,
    with_whole_characters,
)
from sizzle.events import DEFAULT_APP, MAX_EVENTS, SentEvent
from sizzle.events.sent import Id, Time

_MAX_TOKEN: Final = 1000


class EventsRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Record events."""

    events: Annotated[
        tuple[msgspec.Raw, ...],
        Meta(
            min_length=1,
            max_length=MAX_EVENTS,
            description="Each is checked by itself: one that is refused costs no other.",
        ),
    ]
    sent_at: (
        Annotated[
            Time,
            Meta(
                description="When the device sends them, by its own clock: by how much that is "
                "wrong is added to the events' times."
            ),
        ]
        | None
    ) = None
    app: Annotated[Id, Meta(description="The application that they belong to.")] = DEFAULT_APP
    token: (
        Annotated[
            str,
            Meta(
                max_length=_MAX_TOKEN,
                description="`event_token` of the reel's response, instead of an API key.",
            ),
        ]
        | None
    ) = None


class EventResult(BaseModel):
    """What came of an event."""

    id: str = Field(description="As it was sent; empty where it could not be read.")
    status: Literal["accepted", "duplicate", "refused"]
    reason: str | None = None


class EventsResponse(BaseModel):
    """What came of each event, in the order of the request: all are durable, or refused."""

    results: list[EventResult]


_EXAMPLE: Final = {
    "sent_at": "2026-11-30T18:00:03Z",
    "events": [
        {
            "id": "01JDZ6Q6W8",
            "type": "title_played",
            "time": "2026-11-30T18:00:00Z",
            "member_id": "member-ada",
            "attributes": {"title_id": "nocturne"},
            "metrics": {"seconds": 2400},
        }
    ],
}

_decoder = msgspec.json.Decoder(EventsRequest)


def read_request(body: bytes) -> EventsRequest:
    """The request of a body. Raises InvalidRequestError."""
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise invalid_body(str(error)) from None
    except RecursionError:
        raise not_json() from None
    except ValueError:
        readable = with_finite_numbers(with_whole_characters(body))
        if readable == body:
            raise not_json() from None
    return read_request(readable)


def request_openapi() -> dict[str, Any]:
    """For the route's `openapi_extra`: an event that is not as described is refused by itself."""
    described = JsonBody(EventsRequest, _EXAMPLE).openapi
    event = JsonBody(SentEvent).openapi
    schema = event["requestBody"]["content"][JSON]["schema"]
    properties = described["requestBody"]["content"][JSON]["schema"]["properties"]
    properties["events"]["items"] = {"anyOf": [schema, {}]}
    return described
