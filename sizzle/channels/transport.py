"""What every transport does."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from typing import Protocol

from sizzle.outreach.content.messages import Message, Outcome
from sizzle.outreach.vocabulary import Channel


class Transport(Protocol):
    """Hands messages over. All of its methods are called in one event loop.

    Attributes:
        name: by which machines that share its rate know it.
        channels: whose messages it takes.
        rate: messages a second, of all machines together; None for as many as it takes.
        concurrency: messages that it takes at once.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - described above, as are the others
    @property
    def channels(self) -> Set[Channel]: ...  # noqa: D102
    @property
    def rate(self) -> float | None: ...  # noqa: D102
    @property
    def concurrency(self) -> int: ...  # noqa: D102

    async def hand_over(self, message: Message, at: datetime) -> Outcome:
        """Hand a message over. It raises nothing that the network or the other side can cause.

        Args:
            message: of one of its channels.
            at: when the send was claimed, with its zone.
        """

    async def close(self) -> None:
        """Close its connections."""
