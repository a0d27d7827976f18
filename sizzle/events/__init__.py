"""Events: what they hold, which are refused, and the tokens by which devices may record them."""

from sizzle.events.attribution import ACTIONS, DIRECT, Attribution, MessageSource, attribute
from sizzle.events.batch import MAX_EVENTS, Batch, Refusal
from sizzle.events.event import DEFAULT_APP, Event
from sizzle.events.sent import SentEvent
from sizzle.events.tokens import EventGrant, EventTokenError, EventTokens

__all__ = [
    "ACTIONS",
    "DEFAULT_APP",
    "DIRECT",
    "MAX_EVENTS",
    "Attribution",
    "Batch",
    "Event",
    "EventGrant",
    "EventTokenError",
    "EventTokens",
    "MessageSource",
    "Refusal",
    "SentEvent",
    "attribute",
]
