"""Events that came together: each is read by itself, so that a bad one costs no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from sizzle.events.event import DEFAULT_APP, Event, milliseconds, time_text
from sizzle.events.explained import explained
from sizzle.events.sent import SentEvent
from sizzle.events.tokens import EventGrant

MAX_EVENTS: Final = 100
"""Of one request."""

_DAY: Final = 86_400_000  # milliseconds

_decoder = msgspec.json.Decoder(SentEvent)
_id_decoder = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that is not taken.

    Attributes:
        event_id: the client's, as far as it can be read.
        reason: one sentence.
    """

    event_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What holds for all events that came together.

    Attributes:
        received: when they came, in milliseconds since 1970, by our clock.
        sent: when the device sent them, by its own clock; None if it does not say.
        app: the application that they belong to.
        grant: limits them to one reel and member.
        clock_fix: how a client has its wrong clock corrected; empty if it cannot.
    """

    received: int
    sent: int | None = None
    app: str = DEFAULT_APP
    grant: EventGrant | None = None
    clock_fix: str = "; send the device's own time as sent_at, and a wrong clock is corrected"

    def read(self, raw: bytes | msgspec.Raw) -> Event | Refusal:
        """An event from its JSON."""
        try:
            sent = _decoder.decode(raw)
        except msgspec.ValidationError as error:
            return Refusal(_id_of(raw), explained(error))
        except (ValueError, RecursionError):
            return Refusal("", "The event cannot be read as JSON.")
        return self.take(sent)

    def take(self, sent: SentEvent) -> Event | Refusal:
        """An event that was read."""
        if self.grant is not None:
            sent = self.grant.completed(sent)
        if reason := self._objection(sent):
            return Refusal(sent.id, reason)
        offset = 0 if self.sent is None else self.received - self.sent
        return Event(
            app=self.app,
            event_id=sent.id,
            type=sent.type,
            member_id=sent.member_id,
            endpoint_id=sent.endpoint_id,
            reel_id=sent.reel_id,
            time=milliseconds(sent.time) + offset,
            clock_offset=offset,
            received=self.received,
            attributes=sent.attributes,
            metrics=sent.metrics,
        )

    def _objection(self, sent: SentEvent) -> str:
        """Why an event is not taken, or nothing."""
        if not sent.member_id and not sent.endpoint_id:
            return "The event needs member_id or endpoint_id."
        if self.grant is not None and not self.grant.covers(sent):
            return "The token may record events of its own reel and member only."
        offset = 0 if self.sent is None else self.received - self.sent
        time = milliseconds(sent.time) + offset
        if time < 0:
            return "time: The event is from before 1970."
        if time > self.received + _DAY:
            ahead = time_text(milliseconds(sent.time))
            return f"time: {ahead} is more than a day ahead{self.clock_fix}."
        return ""


def _id_of(raw: bytes | msgspec.Raw) -> str:
    """The id of an event that is refused, where it can be shown."""
    try:
        found = msgspec.json.decode(_id_decoder.decode(raw)["id"], type=str)
    except (ValueError, KeyError, RecursionError):
        return ""
    return found[:100]
