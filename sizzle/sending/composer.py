"""What a composer of messages does for the worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sizzle.outbox.claim_records import Composed
from sizzle.outbox.sends import Send
from sizzle.outreach.content.messages import Message


@dataclass(frozen=True, slots=True)
class Ready:
    """A message, and what it was filled with."""

    message: Message
    composed: Composed


@dataclass(frozen=True, slots=True)
class NotComposed:
    """A send that gets no message: why it is skipped."""

    reason: str


class Composer(Protocol):
    """Composes the messages of sends that have passed the gate."""

    def compose(self, sends: Sequence[Send], now: int) -> Sequence[Ready | NotComposed]:
        """A message for each, or why there is none, in their order.

        Args:
            sends: that were claimed.
            now: milliseconds since 1970.

        Raises:
            DatabaseUnavailableError: then all of them are composed again later.
        """
