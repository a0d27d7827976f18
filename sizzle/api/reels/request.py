"""A request for a reel as the hot route reads it.

It takes no request that `sizzle.api.schema.ReelRequest` refuses, and understands what it takes in
the same way; what it does not take is handed to that, which says why.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from sizzle import cadence
from sizzle.api.schema import (
    LONGEST_ID,
    MOST_TITLES,
    MOST_WORDS,
    PRINTABLE,
    SEEDS,
    TALLEST,
    BatchRequest,
    ReelRequest,
)

_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_ID, pattern=PRINTABLE)]
_Words = Annotated[tuple[_Id, ...], msgspec.Meta(max_length=MOST_WORDS)]


class Device(msgspec.Struct, frozen=True):
    """What the device can do."""

    dynamic_sizzles: bool = False
    plays: _Words = ("timecodes",)
    max_height: Annotated[int, msgspec.Meta(ge=1, le=TALLEST)] | None = None
    frame_rates: _Words | None = None


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member's reel, and how it is wanted."""

    member_id: _Id
    asset_id: _Id
    device: Device = Device()
    cadence: _Id = cadence.DEFAULT.name
    seed: Annotated[int, msgspec.Meta(ge=0, lt=SEEDS)] = 0
    title_ids: Annotated[tuple[_Id, ...], msgspec.Meta(min_length=1, max_length=MOST_TITLES)] | (
        None
    ) = None
    treatment: _Id | None = None

    def __post_init__(self) -> None:
        """Refuse a title that is named twice."""
        if self.title_ids is not None and len(set(self.title_ids)) != len(self.title_ids):
            raise ValueError("title_ids names a title twice")


_decoder = msgspec.json.Decoder(Ask)


def read_ask(body: bytes) -> Ask | None:
    """The request in a body, or None where it has to be looked at more closely."""
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, ValueError):  # ValueError: text that is no UTF-8
        return None


def ask_of(request: ReelRequest) -> Ask:
    """The same, of a request that was read the other way."""
    return msgspec.convert(request.model_dump(), Ask)


def asks_of(request: BatchRequest) -> list[Ask]:
    """One request for each member of a batch."""
    wishes: dict[str, Any] = request.model_dump(exclude={"member_ids"})
    first, *others = request.member_ids
    ask = msgspec.convert({**wishes, "member_id": first}, Ask)
    return [ask, *(msgspec.structs.replace(ask, member_id=other) for other in others)]
