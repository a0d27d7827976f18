"""Lines: those that wait for a verdict, and each with its checks, its history and its verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.design import Slice
from sizzle.api.portal.desk import Desk
from sizzle.api.portal.promoted import promoted_href
from sizzle.api.portal.verdicts import Judging
from sizzle.errors import NotFoundError
from sizzle.outbox.judged_lines import judged_line, unjudged_lines
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.sms_segments import Segments, segments_of
from sizzle.outreach.policy import check
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.vocabulary import Channel, Promoted

PATH: Final = "/outreach/lines"

_SIZE: Final = 50

_Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
_Seen = Annotated[int, Form(ge=0)]


def line_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The pages of lines, and the forms that agree and disagree."""
    pages = _LinePages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.lines)
    router.add_api_route("/{digest}", pages.line)
    approving = desk.pages.router(PATH, ApiScope.OUTREACH_APPROVE)
    approving.add_api_route("/{digest}/agree", pages.agree, methods=["POST"])
    approving.add_api_route("/{digest}/disagree", pages.disagree, methods=["POST"])
    return router, approving


@dataclass(frozen=True, slots=True)
class _LinePages:
    desk: Desk

    def lines(
        self, request: Request, after: Annotated[str, Query(pattern="^([0-9a-f]{64})?$")] = ""
    ) -> Response:
        """The lines of which nobody has said anything."""
        found = unjudged_lines(self.desk.sending.database, after, _SIZE + 1)
        rows = Slice.of(found, after, _SIZE, lambda each: each.digest)
        return self.desk.pages.page(request, "lines/list.html", slice=rows)

    def line(self, request: Request, digest: _Digest) -> Response:
        """A line, who or what wrote it, what the checks find now, and what people said."""
        judged = judged_line(self.desk.sending.database, digest)
        if judged is None:
            raise NotFoundError("There is no such line.", fix="see the lines of what it is about.")
        service, line = self.desk.content, judged.line
        promoted = service.stores.promoted.find(line.kind, line.promoted_id)
        return self.desk.pages.page(
            request,
            "lines/line.html",
            judged=judged,
            promoted=promoted,
            about=promoted_href(promoted) if promoted else "",
            findings=check(line, promoted, policy=service.policy) if promoted else [],
            sms=self._sms(line, promoted),
            drafts=service.stores.drafts.of(digest)[::-1],
            verdicts=service.stores.verdicts.of(digest)[::-1],
            why_not=Judging(self.desk, request).why_not_agree(judged),
        )

    def agree(self, request: Request, digest: _Digest, seen: _Seen) -> Response:
        """Approve it, for the facts as they are now."""
        judging, href = Judging(self.desk, request), f"{PATH}/{digest}"
        if conflict := judging.conflict(digest, seen, "agree", "", href):
            return conflict
        judging.agree(digest)
        return self.desk.pages.see(request, href, "You agreed: it may be sent.")

    def disagree(
        self,
        request: Request,
        digest: _Digest,
        seen: _Seen,
        reason: Annotated[str, Form(max_length=8000)] = "",
        again: Annotated[bool, Form()] = False,
    ) -> Response:
        """Refuse it, with a reason; and have another written."""
        judging, href = Judging(self.desk, request), f"{PATH}/{digest}"
        if conflict := judging.conflict(digest, seen, "disagree", reason, href):
            return conflict
        following, notice = judging.disagree(digest, reason, again=again)
        return self.desk.pages.see(request, f"{PATH}/{following}", notice)

    def _sms(self, line: Line, promoted: Promoted | None) -> Segments | None:
        """The segments of a text message, with its facts filled in."""
        if line.channel is not Channel.SMS or promoted is None:
            return None
        return segments_of(Reading(line, promoted, self.desk.content.policy).filled(line.text))
