"""What the routes of campaigns, messages and webhooks stand on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from sizzle.api.auth.api_keys import ApiKey
from sizzle.api.auth.caller import CALLER
from sizzle.database import Database
from sizzle.outbox.campaigns import Campaigns
from sizzle.outbox.journeys import Journeys
from sizzle.outbox.sends import Sends
from sizzle.sending.inbound import InboundRecorder


@dataclass(frozen=True, slots=True)
class SendingService:
    """Campaigns and messages, which workers send; and what comes back.

    Attributes:
        database: that has them.
        inbound: records what comes back.
        webhook_secret: that providers sign with; without it, no webhook is taken.
        two_people: whether there are two keys, so that nobody approves what they made.
    """

    database: Database
    inbound: InboundRecorder
    webhook_secret: bytes | None = None
    two_people: Callable[[], bool] = lambda: False

    @property
    def campaigns(self) -> Campaigns:
        """Of the database."""
        return Campaigns(self.database)

    @property
    def journeys(self) -> Journeys:
        """Of the database."""
        return Journeys(self.database)

    @property
    def sends(self) -> Sends:
        """Of the database."""
        return Sends(self.database)

    @property
    def now(self) -> int:
        """Milliseconds since 1970."""
        return self.inbound.clock.now()


def sender_of(request: Request) -> str:
    """The id of the caller's key, for the record; empty for a request that needed none."""
    caller = request.scope.get(CALLER)
    return caller.key_id if isinstance(caller, ApiKey) else "local"
