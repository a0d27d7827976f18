"""What members would get, for the pages on which people look at it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from ranker import Ranking
from sizzle.api.outreach_service.reels import MemberReels, package_for
from sizzle.outreach.content.parts import MessageReel, Sender
from sizzle.outreach.content.reason import message_reason
from sizzle.outreach.content.reel import message_reel
from sizzle.outreach.links import OutreachTokens
from sizzle.reel import TimecodeList
from sizzle.sending.previews import Previews

RankedReel = Callable[[str, str], tuple[TimecodeList, Ranking]]
"""Gives the reel of this moment for a member id and an asset id, and the ranking of its titles.
An empty asset id is any asset."""


@dataclass(frozen=True, slots=True)
class MemberPreviews:
    """Members' messages and reels before anything is sent.

    Attributes:
        ranked: composes reels.
        reels: as pages show them.
        tokens: of the links in messages.
        sender: who would send.
        public_url: the address under which members reach the service; empty where it is not set.
        watched: the ids of titles that a member has watched.
    """

    ranked: RankedReel
    reels: MemberReels
    tokens: OutreachTokens
    sender: Sender
    public_url: str = ""
    watched: Callable[[str], Collection[str]] = lambda _: ()

    def reel(self, member_id: str, asset_id: str = "") -> tuple[TimecodeList, str]:
        """A member's reel, and the reason that a message with it may give, if any.

        Raises:
            SizzleError, RankerError: there can be no reel.
        """
        reel, ranking = self.ranked(member_id, asset_id)
        return reel, message_reason(ranking.why)

    def in_message(self, reel: TimecodeList, base: str) -> MessageReel:
        """A reel as messages show it, with addresses below `base`."""
        package = package_for(self.reels.packages, reel)
        return message_reel(reel, package.stills if package else None, base)

    def at(self, base: str) -> Previews:
        """Composes messages whose addresses are below `base`."""
        return Previews(self.tokens, self.sender, base)
