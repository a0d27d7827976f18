"""Members: a list to look in, each member's whole history, and the end of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from ranker import RankerError
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.design import Slice
from sizzle.api.outreach_service.reels import ReelView
from sizzle.api.portal.desk import Desk
from sizzle.errors import NotFoundError, SizzleError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.journey_runs import runs_of_member
from sizzle.outbox.lines import Lines
from sizzle.outbox.member_history import sends_of_member
from sizzle.outbox.member_list import list_members
from sizzle.outbox.sends import Send
from sizzle.outreach.content.lines import Line
from sizzle.outreach.journeys.run import Run

_SIZE: Final = 50
_EVENTS: Final = 100
_Id = Annotated[str, Query(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Text = Annotated[str, Query(max_length=320)]


def member_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The pages of members, and the form that erases one.

    Ids stand in the query, as they may have any letters, and paths are logged.
    """
    pages = _MemberPages(desk)
    router = desk.pages.router("/outreach/members", ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.members)
    router.add_api_route("/one", pages.member)
    writing = desk.pages.router("/outreach/members", ApiScope.OUTREACH_WRITE)
    writing.add_api_route("/erase", pages.erase, methods=["POST"])
    return router, writing


@dataclass(frozen=True, slots=True)
class _MemberPages:
    desk: Desk

    def members(self, request: Request, q: _Text = "", after: _Text = "") -> Response:
        """Members by their ids, or those of one address."""
        database, wanted = self.desk.sending.database, q.strip()
        found = list_members(database, wanted, after, _SIZE + 1)
        rows = Slice.of(found, after, _SIZE, lambda each: each.member_id)
        return self.desk.pages.page(request, "members/list.html", q=wanted, slice=rows)

    def member(self, request: Request, id: _Id) -> Response:  # noqa: A002 - the parameter's name
        """All that is known of a member: what was sent and why, what they did, and their reel."""
        known = self._known(id)
        sends = sends_of_member(self.desk.sending.database, id)
        runs = self._runs(id)
        summary, events = self.desk.members.events_of(id, _EVENTS)
        if known is None and not any((sends, runs, summary.events, summary.exposures)):
            raise NotFoundError(
                "Nothing is known of a member with this id.", fix="look for the id in the list."
            )
        reel, no_reel = self._reel(id)
        return self.desk.pages.page(
            request,
            "members/member.html",
            member_id=id,
            member=known,
            sends=sends,
            lines=self._lines(sends),
            runs=runs,
            summary=summary,
            events=events,
            reel=reel,
            no_reel=no_reel,
        )

    def erase(
        self,
        request: Request,
        member_id: Annotated[str, Form(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)],
    ) -> Response:
        """Erase a member; nothing is kept but hashes of addresses that were opted out."""
        removed = {
            name: count for name, count in self.desk.members.erase(member_id).items() if count
        }
        what = ", ".join(f"{count} {name}" for name, count in removed.items()) or "nothing"
        notice = f"The member is erased. Removed: {what}."
        return self.desk.pages.see(request, "/outreach/members", notice)

    def _known(self, member_id: str) -> dict[str, Any] | None:
        try:
            return self.desk.members.get(member_id)
        except NotFoundError:
            return None

    def _lines(self, sends: Sequence[Send]) -> dict[str, Line]:
        """The lines of sends, by their digests."""
        digests = {send.line_digest for send in sends if send.line_digest}
        return Lines(self.desk.sending.database).of_digests(digests)

    def _runs(self, member_id: str) -> list[Run]:
        """The member's runs through journeys, the last entry first."""
        with self.desk.sending.database.reading() as connection:
            return runs_of_member(connection, member_id)

    def _reel(self, member_id: str) -> tuple[ReelView | None, str]:
        """The member's reel of this moment, or why there is none."""
        if self.desk.reels is None:
            return None, "This service composes no reels."
        try:
            return self.desk.reels.of(member_id), ""
        except (SizzleError, RankerError) as error:
            return None, f"{error.what} {error.fix}"


def member_href(member_id: str) -> str:
    """The address of a member's page."""
    return f"/outreach/members/one?{urlencode({'id': member_id})}"
