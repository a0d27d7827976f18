"""Events: what they hold, which are refused, and the tokens by which devices may record them."""

from sizzle.events.batch import MAX_EVENTS, Batch, Refusal
from sizzle.events.event import DEFAULT_APP, Event
from sizzle.events.sent import SentEvent
from sizzle.events.tokens import EventGrant, EventTokenError, EventTokens

__all__ = [
    "DEFAULT_APP",
    "MAX_EVENTS",
    "Batch",
    "Event",
    "EventGrant",
    "EventTokenError",
    "EventTokens",
    "Refusal",
    "SentEvent",
]
