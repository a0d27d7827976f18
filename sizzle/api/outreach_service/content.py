"""What the routes of content stand on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from sizzle import drafting
from sizzle.drafting import Drafted, Stores
from sizzle.outreach.policy import STANDARD_POLICY, GuardPolicy
from sizzle.outreach.vocabulary import MemberProfile
from sizzle.writers import Writer
from sizzle.writers.catalogue import CatalogueWriter

USUAL_PROMPT: Final = "invite"


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

    def draft(
        self,
        wanted: drafting.DraftRequest,
        text: str | None = None,
        subject: str = "",
        prompt: str = USUAL_PROMPT,
        version: int | None = None,
    ) -> Drafted:
        """A line by the writer, or of a person's own text; it is kept for approval.

        Args:
            wanted: what the line is about, and for whom.
            text: a person's own; None to ask the writer.
            subject: of that text.
            prompt: to ask the writer with.
            version: of the prompt; None for the newest.

        Raises:
            NothingWrittenError: the writer wrote nothing.
            NotFoundError: there is no such prompt.
            IneligibleError: the member may not be told of this.
        """
        if text is None:
            chosen = self.stores.prompts.get(prompt, version)
            drafted = drafting.draft(wanted, self.writer, chosen, self.today, self.policy)
        else:
            drafted = drafting.written_by_person(wanted, subject, text, self.today, self.policy)
        if drafted.line is None:
            raise drafting.NothingWrittenError(drafted.problems)
        drafting.keep(self.stores, drafted, self.now)
        return drafted

    def refuse(
        self,
        review: drafting.Review,
        reason: str,
        *,
        again: bool,
        prompt: str = USUAL_PROMPT,
        version: int | None = None,
    ) -> Drafted | None:
        """Refuse a line; another one, where it is asked for, is told why, and kept.

        Args:
            review: of the line.
            reason: why it is refused.
            again: whether another one is asked for.
            prompt: to ask the writer with.
            version: of the prompt; None for the newest.

        Raises:
            NotFoundError, ContentNotApprovedError: as `drafting.disagree`.
        """
        chosen = self.stores.prompts.get(prompt, version)
        line, tries = drafting.disagree(self.stores, review, reason)
        if not again:
            return None
        drafted = drafting.draft_again(
            self.stores, line, tries, review.by, self.writer, chosen, self.today, self.policy
        )
        if drafted.line is not None:
            drafting.keep(self.stores, drafted, self.now, review.digest)
        return drafted
