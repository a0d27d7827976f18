"""What is promoted: its facts, which alone may be said, and the lines about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import Response

from sizzle import drafting
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.design import Slice
from sizzle.api.portal.content_choice import ContentChoice
from sizzle.api.portal.desk import Desk
from sizzle.errors import PolicyError, SizzleError
from sizzle.outbox.judged_lines import judged_lines
from sizzle.outbox.promoted import PromotedEditedError
from sizzle.outreach.content.promoted_file import parse_promoted, promoted_source
from sizzle.outreach.content.promoted_json import promoted_digest
from sizzle.outreach.normalise import standard_tag
from sizzle.outreach.vocabulary import Channel, Promoted

PATH: Final = "/outreach/promoted"

_SIZE: Final = 50
_SEPARATOR: Final = ":"
_EXAMPLE: Final = """{
  "title": [
    {
      "id": "nocturne",
      "title": "Nocturne City",
      "genres": "Crime, Drama",
      "release_date": "2026-12-04"
    }
  ]
}"""

_Name = Annotated[str, Query(max_length=300)]
_Short = Annotated[str, Form(max_length=300)]
_Text = Annotated[str, Form(max_length=100_000)]


def promoted_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The pages of what is promoted, and the forms that save its facts or have a line drafted."""
    pages = _PromotedPages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.things)
    router.add_api_route("/new", pages.new)
    router.add_api_route("/one", pages.thing)
    router.add_api_route("/edit", pages.edit)
    writing = desk.pages.router(PATH, ApiScope.OUTREACH_WRITE)
    writing.add_api_route("", pages.save, methods=["POST"])
    writing.add_api_route("/draft", pages.draft, methods=["POST"])
    return router, writing


def promoted_href(promoted: Promoted, page: str = "/one") -> str:
    """The address of a page of something."""
    return f"{PATH}{page}?{urlencode({'promoted': f'{promoted.kind}:{promoted.id}'})}"


@dataclass(frozen=True, slots=True)
class _PromotedPages:
    desk: Desk

    def things(self, request: Request, after: _Name = "") -> Response:
        """All that may be promoted, by kind and id."""
        kind, _, promoted_id = after.partition(_SEPARATOR)
        found = self.desk.content.stores.promoted.all(after=(kind, promoted_id), limit=_SIZE + 1)
        rows = Slice.of(found, after, _SIZE, lambda each: f"{each.kind}{_SEPARATOR}{each.id}")
        return self.desk.pages.page(request, "promoted/list.html", slice=rows)

    def thing(self, request: Request, promoted: _Name) -> Response:
        """The facts of something, and the lines about it."""
        return self._thing(request, self._get(promoted))

    def new(self, request: Request) -> Response:
        """The form for something new."""
        return self._form(request, _EXAMPLE)

    def edit(self, request: Request, promoted: _Name) -> Response:
        """The form with the facts as they are."""
        found = self._get(promoted)
        return self._form(
            request, promoted_source(found), based_on=promoted_digest(found), of=found
        )

    def save(
        self, request: Request, text: _Text, based_on: _Short = "", of: _Short = ""
    ) -> Response:
        """Keep facts; lines that were approved for others have to be approved again."""
        things = self.desk.content.stores.promoted
        was = self._get(of) if of else None
        try:
            found = parse_promoted(text.replace("\r\n", "\n"), "the facts")
            if len(found) != 1:
                raise PolicyError("These are not the facts of one thing.", fix="write one.")
            same = was is not None and (was.kind, was.id) == (found[0].kind, found[0].id)
            base = based_on if same else ""
            changed = things.save(found[0], self.desk.content.now, based_on=base)
        except PromotedEditedError:
            theirs = things.get(found[0].kind, found[0].id)
            digest = promoted_digest(theirs)
            return self._form(request, text, 409, based_on=digest, of=theirs, theirs=theirs)
        except PolicyError as error:
            return self._form(request, text, 422, based_on=based_on, of=was, error=error)
        notice = "The facts are saved." if changed else "The facts are as they were."
        return self.desk.pages.see(request, promoted_href(found[0]), notice)

    def draft(
        self,
        request: Request,
        promoted: _Short,
        language: _Short,
        channel: Annotated[Channel, Form()],
        reason: _Short = "",
        subject: _Short = "",
        text: Annotated[str, Form(max_length=8000)] = "",
    ) -> Response:
        """Have a line written, or keep one's own; it is checked either way."""
        service, thing = self.desk.content, self._get(promoted)
        try:
            wanted = drafting.DraftRequest(
                thing, channel, standard_tag(language), reason.strip(), author=author_of(request)
            )
            drafted = service.draft(wanted, text if text.strip() else None, subject)
        except SizzleError as error:
            typed = {"language": language, "reason": reason, "subject": subject, "text": text}
            return self._thing(request, thing, error, {**typed, "channel": channel.value})
        onward = f"/outreach/lines/{drafted.digest}"
        return self.desk.pages.see(request, onward, "The draft is kept.")

    def _get(self, promoted: str) -> Promoted:
        return self.desk.content.stores.promoted.get(*ContentChoice(promoted=promoted).thing)

    def _thing(
        self,
        request: Request,
        promoted: Promoted,
        failure: SizzleError | None = None,
        typed: dict[str, str] | None = None,
    ) -> Response:
        lines = judged_lines(self.desk.sending.database, promoted.kind, promoted.id)
        return self.desk.pages.page(
            request,
            "promoted/one.html",
            failure.status if failure else 200,
            promoted=promoted,
            lines=lines[:500],
            count=len(lines),
            failure=failure,
            typed=typed or {},
            channels=list(Channel),
            edit=promoted_href(promoted, "/edit"),
        )

    def _form(
        self,
        request: Request,
        text: str,
        status: int = 200,
        *,
        based_on: str = "",
        of: Promoted | None = None,
        theirs: Promoted | None = None,
        error: SizzleError | None = None,
    ) -> Response:
        return self.desk.pages.page(
            request,
            "promoted/form.html",
            status,
            text=text,
            based_on=based_on,
            of=of,
            theirs=promoted_source(theirs) if theirs else "",
            error=f"{error.what} {error.fix}" if error else "",
        )
