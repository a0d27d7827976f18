"""What the routes of content stand on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sizzle.drafting import Stores
from sizzle.outreach.policy import STANDARD_POLICY, GuardPolicy
from sizzle.outreach.vocabulary import MemberProfile
from sizzle.writers import Writer
from sizzle.writers.catalogue import CatalogueWriter


@dataclass(frozen=True, slots=True)
class ContentService:
    """Drafts, checks, approvals and prompts.

    Attributes:
        stores: of the database.
        clock: seconds since 1970.
        two_people: whether there are two keys or people, so that nobody approves their own lines.
        profile: what is known of a member; without it, no draft is for one member.
        writer: that is asked.
        policy: limits of texts.
    """

    stores: Stores
    clock: Callable[[], float]
    two_people: Callable[[], bool] = lambda: False
    profile: Callable[[str], MemberProfile | None] | None = None
    writer: Writer = field(default_factory=CatalogueWriter)
    policy: GuardPolicy = STANDARD_POLICY

    @property
    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.clock() * 1000)

    @property
    def today(self) -> date:
        """The day, in UTC."""
        return datetime.fromtimestamp(self.clock(), UTC).date()
