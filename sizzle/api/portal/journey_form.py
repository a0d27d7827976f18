"""The form of a journey: JSON with what is wrong with it, kept as a version after the one shown."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Path, Query
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.portal.desk import Desk
from sizzle.errors import NotFoundError, SizzleError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.journey_rows import StoredJourney, StoredVersion
from sizzle.outbox.journeys import JourneyChangedError
from sizzle.outreach.journeys.findings import JourneyFinding
from sizzle.outreach.journeys.model import Journey
from sizzle.outreach.journeys.picture import picture
from sizzle.outreach.journeys.reading import InvalidJourneyError, parse_journey
from sizzle.outreach.journeys.states import JourneyStateError
from sizzle.outreach.journeys.text import EXAMPLE, changed_lines, journey_text

PATH: Final = "/outreach/journeys"
"""Of the pages of journeys."""

# Twice what the page lets people type, as browsers send a new line as two characters.
_MAX_TEXT: Final = 200_000


def journey_form_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The form with a new journey or a stored one; and what is done with it."""
    pages = _JourneyFormPages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("/new", pages.new)
    router.add_api_route("/one/{journey_id}/edit", pages.edit)
    writing = desk.pages.router(PATH, ApiScope.OUTREACH_WRITE)
    writing.add_api_route("", pages.save, methods=["POST"])
    return router, writing


@dataclass(frozen=True, slots=True)
class JourneyForm:
    """What was typed, and what is wrong with it.

    Attributes:
        text: JSON.
        journey_id: of the journey that is changed; empty for a new one.
        base: the version that it was made from; 0 for a new one.
        findings: about it; None as long as nobody has asked.
        failure: why it was not kept, beside them.
        theirs: what somebody else has saved meanwhile.
        their_changes: the lines that they have changed.
        picture: of what was typed, where it can be read.
    """

    text: str
    journey_id: str = ""
    base: int = 0
    findings: Sequence[JourneyFinding] | None = None
    failure: SizzleError | None = None
    theirs: StoredVersion | None = None
    their_changes: Sequence[str] = ()
    picture: Markup | None = None


def _sent(
    text: Annotated[str, Form(max_length=_MAX_TEXT)] = "",
    journey_id: Annotated[str, Form(max_length=MAX_ID_LENGTH)] = "",
    base: Annotated[int, Form(ge=0, le=10**9)] = 0,
) -> JourneyForm:
    return JourneyForm(text.replace("\r\n", "\n"), journey_id, base)


@dataclass(frozen=True, slots=True)
class _JourneyFormPages:
    desk: Desk

    def new(self, request: Request) -> Response:
        """The form with an example."""
        return self._page(request, JourneyForm(EXAMPLE))

    def edit(
        self,
        request: Request,
        journey_id: Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)],
        version: Annotated[int | None, Query(ge=1, le=10**9)] = None,
    ) -> Response:
        """The form with a version, by default the newest; what is saved comes after the newest."""
        journeys = self.desk.sending.journeys
        newest = find_journey(self.desk, journey_id).newest
        text = journey_text(journeys.version(journey_id, version or newest).journey)
        return self._page(request, JourneyForm(text, journey_id, newest))

    def save(
        self,
        request: Request,
        form: Annotated[JourneyForm, Depends(_sent)],
        act: Annotated[str, Form(max_length=10)] = "save",
    ) -> Response:
        """Keep what was typed, or check it; the form comes again where it is not kept."""
        journey, findings = parse_journey(form.text)
        if journey is None:
            return self._page(request, replace(form, findings=findings), 422)
        form = self._checked(form, journey)
        if act == "check":
            return self._page(request, form)
        try:
            return self._kept(request, form, journey)
        except JourneyChangedError:
            return self._page(request, self._overtaken(form, journey.journey_id), 409)
        except (InvalidJourneyError, JourneyStateError) as error:
            return self._page(request, replace(form, failure=error), error.status)

    def _kept(self, request: Request, form: JourneyForm, journey: Journey) -> Response:
        """Raises JourneyChangedError, JourneyStateError, and InvalidJourneyError: another id."""
        if form.journey_id and journey.journey_id != form.journey_id:
            raise InvalidJourneyError(
                f"This is journey {form.journey_id}: its id cannot change.",
                fix="put its id back, or save it as a new journey.",
            )
        service = self.desk.sending
        kept = service.journeys.save(journey, author_of(request), service.now, form.base)
        notice = f"Version {kept.newest} is saved."
        if kept.newest == form.base:
            notice = f"Nothing differs from version {kept.newest}, so that there is no new one."
        href = f"{journey_href(kept.journey_id)}?version={kept.newest}"
        return self.desk.pages.see(request, href, notice)

    def _checked(self, form: JourneyForm, journey: Journey) -> JourneyForm:
        service = self.desk.sending
        findings = service.journeys.check(journey, service.now)
        drawn = Markup(picture(journey, {}, {}))  # noqa: S704 - its texts are escaped
        return replace(form, findings=findings, picture=drawn)

    def _overtaken(self, form: JourneyForm, journey_id: str) -> JourneyForm:
        """The form with what somebody else has saved; what is saved next comes after it."""
        journeys = self.desk.sending.journeys
        theirs = journeys.version(journey_id)
        changes: Sequence[str] = ()
        with suppress(NotFoundError, InvalidJourneyError):  # of a new one, and of a changed row
            base = journeys.version(journey_id, form.base)
            changes = changed_lines(base.journey, theirs.journey)
        return replace(
            form,
            journey_id=journey_id,
            base=theirs.version,
            theirs=theirs,
            their_changes=changes,
        )

    def _page(self, request: Request, form: JourneyForm, status: int = 200) -> Response:
        return self.desk.pages.page(request, "journeys/form.html", status, form=form)


def find_journey(desk: Desk, journey_id: str) -> StoredJourney:
    """A journey. Raises NotFoundError."""
    try:
        return desk.sending.journeys.get(journey_id)
    except NotFoundError:
        raise NotFoundError(
            "There is no journey with this id.", fix="look for it in the list of journeys."
        ) from None


def journey_href(journey_id: str) -> str:
    """The address of a journey's page."""
    return f"{PATH}/one/{journey_id}"
