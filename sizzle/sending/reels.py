"""A member's reel as a message shows it, and the reason that its text may give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ranker import RankerError, RequestContext
from sizzle import cadence
from sizzle.clips import Indexes
from sizzle.errors import SizzleError
from sizzle.outreach.campaign import ReelPolicy
from sizzle.outreach.content.parts import MessageReel
from sizzle.outreach.content.reason import message_reason
from sizzle.outreach.content.reel import message_reel
from sizzle.packager import Packages
from sizzle.reel.compose import Composer
from sizzle.reel.ranking_time import ranking_time


@dataclass(frozen=True, slots=True)
class MemberReel:
    """A member's reel, and what the order is based on.

    Attributes:
        reason: such as `genres:Crime`; empty where none may be given.
    """

    reel: MessageReel
    reason: str


class MemberReels(Protocol):
    """Makes reels of members."""

    def of(self, member_id: str, policy: ReelPolicy, now: int) -> MemberReel | None:
        """A member's reel at a time in milliseconds since 1970; None where there can be none."""


@dataclass(frozen=True, slots=True)
class RankedReels:
    """Reels by the ranker, as the service makes them.

    Attributes:
        indexes: of the assets.
        composer: of reels; the newest each time, as its model and histories change.
        packages: whose stills messages show; None for messages without pictures.
        base: the address under which members reach the service.
    """

    indexes: Indexes
    composer: Callable[[], Composer]
    packages: Packages | None
    base: str

    def of(self, member_id: str, policy: ReelPolicy, now: int) -> MemberReel | None:
        """As `MemberReels.of`."""
        request = RequestContext(at=ranking_time(member_id, now / 1000))
        try:
            index = self.indexes.index(policy.asset_id)
            chosen = policy.cadence or cadence.DEFAULT.name
            timecodes, ranking = self.composer().compose_ranked(
                index, member_id, chosen, request=request
            )
            package = self.packages and self.packages.find(
                timecodes.asset_id, timecodes.asset_version
            )
        except (SizzleError, RankerError):
            return None
        stills = package.stills if package else None
        return MemberReel(message_reel(timecodes, stills, self.base), message_reason(ranking.why))
