"""What the open pages stand on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from sizzle.api.auth.rate_limit import RateLimiter
from sizzle.api.public_links.recording import MessageEvents
from sizzle.database import Database
from sizzle.errors import NotFoundError
from sizzle.events import EventTokens
from sizzle.links.signing import Signing
from sizzle.outbox.consents import Consents
from sizzle.outbox.sent_messages import SentMessage, SentMessages
from sizzle.outreach.links import OutreachTokens, UnsubscribeClaim
from sizzle.outreach.members.consent import Consent, Verdict, decided
from sizzle.packager import Packages
from sizzle.reel import TimecodeList
from sizzle.reel.replay import Reels

TOKEN_RATE: Final = 10.0
"""Requests a second with one token."""

NewestReel = Callable[[str, str], TimecodeList]
"""Gives today's reel for a member and an asset. An empty member id is a newcomer, an empty asset id
any asset."""


@dataclass(frozen=True, slots=True)
class PublicLinks:
    """What the open pages stand on.

    Attributes:
        tokens: reads those of links.
        database: of consents.
        consents: what members said about being written to.
        sent: finds what was sent.
        events: records what happens to it.
        event_tokens: for the page, to record what is seen of a reel.
        newest: a member's reel of today, where the one that was sent is not kept any more.
        clock: seconds since 1970.
        limiter: of the requests with one token.
    """

    tokens: OutreachTokens
    database: Database
    consents: Consents
    sent: SentMessages
    events: MessageEvents
    event_tokens: EventTokens
    newest: NewestReel
    clock: Callable[[], float]
    limiter: RateLimiter = field(default_factory=lambda: RateLimiter(TOKEN_RATE, 1.0))

    async def message(self, token: str, send_id: str | None) -> SentMessage | None:
        """The message that a token names; None where it is not kept any more.

        Args:
            token: of the address.
            send_id: that the token was read as.

        Raises:
            NotFoundError: the token was not made here, or was changed.
            RateLimitError: it is asked for too often.
            DatabaseUnavailableError: the database cannot be read.
        """
        if send_id is None:
            raise no_such_page()
        self.limiter.check_token(token)
        return await asyncio.to_thread(self.sent.find, send_id)

    def unsubscription(self, token: str) -> UnsubscribeClaim:
        """What a token unsubscribes from. Raises NotFoundError and RateLimitError."""
        claim = self.tokens.unsubscription(token)
        if claim is None:
            raise no_such_page()
        self.limiter.check_token(token)
        return claim

    def unsubscribe(self, claim: UnsubscribeClaim) -> bool:
        """Keep that the address wants no more of the topic.

        Returns:
            Whether that is new.

        Raises:
            DatabaseUnavailableError: it cannot be kept; the member has to be told so.
        """
        name, now = claim.address_hash, int(self.clock() * 1000)
        if not name:  # a preview's, which went to nobody
            return False
        consent = Consent(claim.topic, Verdict.OPTED_OUT, f"unsubscribed {claim.send_id}", now)
        self.database.upgrade_once()
        with self.database.writing() as connection:
            known = self.consents.of_hashes(connection, [name]).get(name, [])
            if decided(known, claim.topic) is Verdict.OPTED_OUT:
                return False
            self.consents.append(connection, [(name, claim.channel.value, consent)])
        return True


@dataclass(frozen=True, slots=True)
class ReelSources:
    """Where the page's reels come from.

    Attributes:
        reels: replays them by their ids.
        packages: of the assets.
        signing: signs addresses of streams, where only signed ones are answered.
    """

    reels: Reels
    packages: Packages | None
    signing: Signing | None


def no_such_page() -> NotFoundError:
    """The error for a token that names nothing."""
    return NotFoundError("There is no such page.", fix="open the link as it came in the message.")
