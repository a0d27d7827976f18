"""The endpoints of a `PutEvents` request: each is read by itself, so that one costs no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from sizzle.api.auth.aws_credentials import EndpointGrant
from sizzle.api.pinpoint.wire import NESTING, RepeatedName
from sizzle.events.explained import explained
from sizzle.events.sent import Id
from sizzle.outbox import EndpointFields, InvalidEndpointError

ACCEPTED = "Accepted"


class ItemResponse(NamedTuple):
    """What came of an endpoint or of an event.

    Attributes:
        status: 202 or 400.
        message: why, where it is not simply accepted.
    """

    status: int
    message: str = ACCEPTED

    @property
    def wire(self) -> dict[str, Any]:
        """As clients read it."""
        return {"StatusCode": self.status, "Message": self.message}


@dataclass(slots=True)
class Item:
    """An endpoint of a request, with its events.

    Attributes:
        fields: what the request says of it.
        refusal: why the endpoint is not taken, or empty.
        events: by their ids, as they were sent.
        refused: whether no event of it is taken either.
        answers: what came of each event so far.
    """

    fields: EndpointFields = field(default_factory=EndpointFields)
    refusal: str = ""
    events: Mapping[str, Any] = field(default_factory=dict)
    refused: bool = False
    answers: dict[str, ItemResponse] = field(default_factory=dict)


def read_item(endpoint_id: str, value: Any, grant: EndpointGrant | None) -> Item:  # noqa: ANN401
    """What a request says of an endpoint."""
    item = Item()
    if not isinstance(value, dict) or value.keys() != {"Endpoint", "Events"}:
        twice = isinstance(value, RepeatedName)
        item.refusal = f"A name is there twice. {NESTING}." if twice else f"{NESTING}."
        item.refused = True
        return item
    if isinstance(value["Events"], dict):
        item.events = value["Events"]
    else:
        item.refusal, item.refused = f"Events: Expected an object. {NESTING}.", True
    if refusal := _objection(endpoint_id, grant):
        item.refusal, item.refused = refusal, True
    if item.refused:
        return item
    try:
        fields = EndpointFields.read(value["Endpoint"])
    except InvalidEndpointError as error:
        item.refusal = error.what
        return item
    if refusal := member_objection(fields, grant):
        item.refusal = refusal
    else:
        item.fields = fields
    return item


def _objection(endpoint_id: str, grant: EndpointGrant | None) -> str:
    """Why nothing of an endpoint is taken, or nothing."""
    try:
        msgspec.convert(endpoint_id, Id)
    except msgspec.ValidationError as error:
        return f"The endpoint's id: {explained(error)}"
    if grant is not None and grant.endpoint_id != endpoint_id:
        return "The credentials hold for another endpoint."
    return ""


def member_objection(fields: EndpointFields, grant: EndpointGrant | None) -> str:
    """Why a device may not say whose its endpoint is, or nothing."""
    if grant is None or fields.member_id in ("", grant.member_id):
        return ""
    return "User.UserId: The credentials do not hold for this user."
