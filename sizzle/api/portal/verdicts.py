"""What people say of lines on pages: the same on the page of a line and on the 1:1 page."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sizzle import drafting
from sizzle.api.auth.caller import author_of
from sizzle.api.portal.desk import Desk
from sizzle.errors import InputError
from sizzle.outbox.judged_lines import JudgedLine, LineState, judged_line
from sizzle.outreach.content.lines import Line
from sizzle.outreach.policy import check, refused

_MAX_REASON = 1000


@dataclass(frozen=True, slots=True)
class Judging:
    """Agrees and disagrees in the name of whoever makes a request."""

    desk: Desk
    request: Request

    @property
    def by(self) -> str:
        """Who makes the request, as records have it."""
        return author_of(self.request)

    def why_not_agree(self, judged: JudgedLine | None) -> str:
        """Why the viewer cannot approve a line; empty where they can."""
        service = self.desk.content
        if judged is None:
            return "There is no line yet."
        line = judged.line
        if judged.state is LineState.APPROVED:
            return "It is approved already."
        if service.two_people() and self.by in service.stores.drafts.authors(line.digest):
            return "You wrote it, or asked for it: somebody else has to agree."
        promoted = service.stores.promoted.find(line.kind, line.promoted_id)
        if promoted is None:
            return "What it promotes is gone."
        if refused(check(line, promoted, policy=service.policy)):
            return "The checks refuse it: see the findings."
        return ""

    def conflict(
        self, digest: str, seen: int, wanted: str, reason: str, back: str
    ) -> Response | None:
        """A page where somebody else has judged the line since the form was opened.

        Args:
            digest: of the line.
            seen: the number of its newest verdict as the form was opened.
            wanted: what the form asks for.
            reason: that was typed, which is not lost.
            back: the page with the form, as it is now.
        """
        judged = judged_line(self.desk.sending.database, digest)
        if judged is None or judged.verdict is None or judged.number == seen:
            return None
        return self.desk.pages.page(
            self.request,
            "lines/conflict.html",
            409,
            judged=judged,
            wanted=wanted,
            reason=reason,
            back=back,
        )

    def agree(self, digest: str) -> Line:
        """Approve a line. Raises as `drafting.agree`."""
        service = self.desk.content
        return drafting.agree(service.stores, self._review(digest), service.policy)

    def disagree(self, digest: str, reason: str, *, again: bool) -> tuple[str, str]:
        """Refuse a line.

        Returns:
            The digest of the line to show next, and what the page says.

        Raises:
            InputError: no reason is given.
            NotFoundError, ContentNotApprovedError: as `drafting.disagree`.
        """
        reason = " ".join(reason.split())[:_MAX_REASON]
        if not reason:
            raise InputError(
                "A refusal needs a reason.", fix="say what is wrong, for the next writer."
            )
        drafted = self.desk.content.refuse(self._review(digest), reason, again=again)
        if drafted is None:
            return digest, "You disagreed; the reason is kept for the next try."
        if drafted.line is None:
            return digest, f"You disagreed; no writer had another text. {drafted.problems[-1]}"
        return drafted.line.digest, "You disagreed; here is another try."

    def _review(self, digest: str) -> drafting.Review:
        service = self.desk.content
        return drafting.Review(digest, self.by, service.two_people(), service.now)
