"""An event as it is kept, and what makes two of them the same."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

import msgspec

DEFAULT_APP: Final = "default"
"""The application of events that name none."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_HASH_BYTES: Final = 16


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a member or endpoint. Ids are compared character by character.

    Attributes:
        app: the application that it belongs to.
        event_id: the client's own, by which it is recorded once.
        type: such as "reel_started"; any other is kept as well.
        member_id: empty where only the endpoint is known.
        endpoint_id: empty where there is none.
        reel_id: of the reel that it is about, or empty.
        time: when it happened, in milliseconds since 1970, by our clock.
        clock_offset: the milliseconds that were added to the device's time.
        received: when it came, in milliseconds since 1970.
        attributes: what is text.
        metrics: what is a finite number.
    """

    app: str = DEFAULT_APP
    event_id: str
    type: str
    member_id: str = ""
    endpoint_id: str = ""
    reel_id: str = ""
    time: int
    clock_offset: int = 0
    received: int
    attributes: Mapping[str, str] = {}
    metrics: Mapping[str, float] = {}

    @property
    def key(self) -> bytes:
        """The same for what is recorded once: app, endpoint or else member, and event id."""
        sender = f"e{self.endpoint_id}" if self.endpoint_id else f"m{self.member_id}"
        return _hash(f"{self.app}\0{sender}\0{self.event_id}".encode())

    @property
    def digest(self) -> bytes:
        """The same for the same content, as the client sent it.

        An endpoint's member is not part of it: it may become known between two tries.
        """
        sent = self.time - self.clock_offset
        member_id = "" if self.endpoint_id else self.member_id
        parts = (self.type, sent, member_id, self.endpoint_id, self.reel_id)
        return _hash(canonical([parts, self.attributes, self.metrics]).encode())

    @property
    def content(self) -> str:
        """Attributes and metrics as canonical JSON."""
        return canonical({"attributes": self.attributes, "metrics": self.metrics})


def canonical(value: Any) -> str:  # noqa: ANN401 - any JSON
    """JSON in one form: no spaces, and names in order."""
    return msgspec.json.encode(value, order="deterministic").decode()


def milliseconds(time: datetime) -> int:
    """A time with its zone as milliseconds since 1970."""
    return (time - _EPOCH) // _MILLISECOND


def time_text(time: int) -> str:
    """Milliseconds since 1970 as RFC 3339, in UTC."""
    text = (_EPOCH + time * _MILLISECOND).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _hash(data: bytes) -> bytes:
    return blake2b(data, digest_size=_HASH_BYTES).digest()
