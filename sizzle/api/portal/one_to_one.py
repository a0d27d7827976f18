"""The 1:1 page: members of a segment or snapshot one by one, with their message and their reel."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sizzle import drafting
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.portal.content_choice import (
    PATH,
    ContentChoice,
    choice_of_form,
    choice_of_query,
)
from sizzle.api.portal.content_view import ContentViews
from sizzle.api.portal.desk import Desk
from sizzle.api.portal.verdicts import Judging
from sizzle.errors import NotFoundError, SizzleError
from sizzle.outbox.segment_walk import Walk, segment_of_snapshot, walk, walk_snapshot
from sizzle.outbox.segments import Segment
from sizzle.outbox.snapshots import Snapshot
from sizzle.outreach.normalise import standard_tag
from sizzle.outreach.vocabulary import Channel, MemberProfile, Promoted

_OFFERED: Final = 500  # segments to choose from; others are chosen on their own page

_Choice = Annotated[ContentChoice, Depends(choice_of_query)]
_FormChoice = Annotated[ContentChoice, Depends(choice_of_form)]
_Text = Annotated[str, Form(max_length=8000)]
_Seen = Annotated[int, Form(ge=0)]


def one_to_one_pages(desk: Desk) -> tuple[APIRouter, ...]:
    """The 1:1 page, the mail in it, and its forms."""
    pages = _OneToOnePages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.show)
    router.add_api_route("/mail", pages.mail)
    writing = desk.pages.router(PATH, ApiScope.OUTREACH_WRITE)
    writing.add_api_route("/draft", pages.draft, methods=["POST"])
    approving = desk.pages.router(PATH, ApiScope.OUTREACH_APPROVE)
    approving.add_api_route("/agree", pages.agree, methods=["POST"])
    approving.add_api_route("/disagree", pages.disagree, methods=["POST"])
    return router, writing, approving


@dataclass(frozen=True, slots=True)
class _OneToOnePages:
    desk: Desk

    def show(self, request: Request, choice: _Choice) -> Response:
        """A member's message beside their reel; or the choice of what to go through."""
        if not choice.is_complete:
            return self._choose(request, choice)
        return self._shown(request, choice)

    def _shown(
        self, request: Request, choice: ContentChoice, failure: SizzleError | None = None
    ) -> Response:
        promoted, snapshot = self._promoted(choice), self._snapshot(choice)
        segment = self._segment(choice, snapshot)
        found = self._walk(choice, segment)
        shared: dict[str, Any] = {
            "choice": choice,
            "snapshot": snapshot,
            "segment": segment,
            "promoted": promoted,
        }
        if found is None:
            return self.desk.pages.page(request, "one_to_one/nobody.html", **shared)
        view = ContentViews(self.desk, _base(request)).of(choice, promoted, found)
        why_not = Judging(self.desk, request).why_not_agree(view.judged)
        return self.desk.pages.page(
            request,
            "one_to_one/show.html",
            failure.status if failure else 200,
            failure=failure,
            **shared,
            walk=found,
            view=view,
            why_not=why_not,
            moved=bool(choice.member) and choice.member != found.member.member_id,
        )

    def mail(self, request: Request, choice: _Choice) -> Response:
        """The mail alone, as a document that may run nothing, for the frames of the page."""
        views = ContentViews(self.desk, _base(request))
        mail = views.mail(choice, self._promoted(choice), views.profile(choice.member))
        if mail is None:
            raise NotFoundError("There is no such mail.", fix="open the 1:1 page again.")
        return HTMLResponse(mail.html, headers=_mail_headers(_base(request)))

    def draft(
        self,
        request: Request,
        choice: _FormChoice,
        language: _Text,
        reason: _Text = "",
        text: _Text = "",
        subject: _Text = "",
    ) -> Response:
        """Have a line written for this member's language and channel, or write it oneself."""
        service, promoted = self.desk.content, self._promoted(choice)
        wanted = drafting.DraftRequest(
            promoted,
            choice.channel_of([]),
            standard_tag(language or "en"),
            reason,
            author=author_of(request),
            member=self._member(choice.member),
            watched=self._watched(choice.member),
        )
        try:
            drafted = service.draft(wanted, text if text.strip() else None, subject)
        except drafting.NothingWrittenError as error:
            return self._shown(request, choice, error)
        onward = choice.href(line=drafted.digest)
        return self.desk.pages.see(request, onward, "A draft was written.")

    def agree(
        self, request: Request, choice: _FormChoice, seen: _Seen, following: _Text = ""
    ) -> Response:
        """Approve the line, and go on to the next member."""
        judging = Judging(self.desk, request)
        if conflict := judging.conflict(choice.line, seen, "agree", "", choice.href()):
            return conflict
        line = judging.agree(choice.line)
        onward = choice.to(following) if following else choice.href()
        channel = Channel(line.channel).name.lower().replace("_", " ")
        return self.desk.pages.see(
            request, onward, f"Agreed: the {line.language} {channel} may be sent."
        )

    def disagree(
        self,
        request: Request,
        choice: _FormChoice,
        seen: _Seen,
        reason: _Text = "",
        again: Annotated[bool, Form()] = False,
    ) -> Response:
        """Refuse the line, with a reason; and have another written, which is told the reason."""
        judging = Judging(self.desk, request)
        if conflict := judging.conflict(choice.line, seen, "disagree", reason, choice.href()):
            return conflict
        digest, notice = judging.disagree(choice.line, reason, again=again)
        return self.desk.pages.see(request, choice.href(line=digest), notice)

    def _choose(self, request: Request, choice: ContentChoice) -> Response:
        return self.desk.pages.page(
            request,
            "one_to_one/choose.html",
            choice=choice,
            snapshot=self._snapshot(choice),
            segments=self.desk.members.segments.newest(limit=_OFFERED),
            things=self.desk.content.stores.promoted.all(limit=_OFFERED),
        )

    def _snapshot(self, choice: ContentChoice) -> Snapshot | None:
        """Raises NotFoundError."""
        return self.desk.members.snapshots.find(choice.snapshot) if choice.snapshot else None

    def _segment(self, choice: ContentChoice, snapshot: Snapshot | None) -> Segment | None:
        """The one that is gone through, or that was frozen. Raises NotFoundError."""
        segments = self.desk.members.segments
        if snapshot is None:
            return segments.find(choice.segment)
        return segment_of_snapshot(segments, snapshot)

    def _walk(self, choice: ContentChoice, segment: Segment | None) -> Walk | None:
        members = self.desk.members
        if choice.snapshot or segment is None:
            return walk_snapshot(members.snapshots, choice.snapshot, choice.member)
        return walk(members.segments, segment, members.now(), choice.member)

    def _promoted(self, choice: ContentChoice) -> Promoted:
        return self.desk.content.stores.promoted.get(*choice.thing)

    def _watched(self, member_id: str) -> Collection[str]:
        previews = self.desk.previews
        return previews.watched(member_id) if previews is not None and member_id else ()

    def _member(self, member_id: str) -> MemberProfile | None:
        if not member_id:
            return None
        profile = self.desk.content.profile
        return (profile(member_id) if profile else None) or MemberProfile(member_id)


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _mail_headers(origin: str) -> dict[str, str]:
    """A mail has styles within, and pictures of this service; nothing else, and no script."""
    return {
        "Content-Security-Policy": (
            f"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' {origin}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
        ),
        "X-Frame-Options": "SAMEORIGIN",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        # Two frames show it, at two widths.
        "Cache-Control": "private, max-age=30",
    }
