"""Journeys: a list, each with its picture, who stands where and what is wrong, and its forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Form, Path, Query
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.design import Slice
from sizzle.api.portal.desk import Desk
from sizzle.api.portal.journey_form import (
    PATH,
    find_journey,
    journey_form_pages,
    journey_href,
)
from sizzle.errors import NotFoundError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.journey_list import list_journeys
from sizzle.outbox.journey_rows import (
    StepCount,
    StoredJourney,
    StoredVersion,
    outcomes_of,
    standing_of,
    versions_of,
)
from sizzle.outbox.journey_runs import run_page
from sizzle.outreach.journeys.findings import JourneyFinding, refused
from sizzle.outreach.journeys.picture import picture
from sizzle.outreach.journeys.states import JourneyAction, JourneyState
from sizzle.outreach.journeys.text import changed_lines, journey_text
from sizzle.outreach.journeys.words import step_rows, trigger_text

_SIZE: Final = 50
_NOTICES: Final = {
    JourneyAction.START: "The journey has started: members enter, and workers send.",
    JourneyAction.PAUSE: "The journey is paused: nobody enters, and nothing is sent.",
    JourneyAction.RESUME: "The journey goes on.",
    JourneyAction.CLOSE: "The journey is closed.",
}
_JourneyId = Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_After = Annotated[str, Query(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Version = Annotated[int | None, Query(ge=1, le=10**9)]


def journey_pages(desk: Desk) -> tuple[APIRouter, ...]:
    """The pages of journeys, and the forms that change, approve and start them."""
    pages = _JourneyPages(desk)
    router = desk.pages.router(PATH, ApiScope.OUTREACH_READ)
    router.add_api_route("", pages.journeys)
    # Ids stand below /one, as a journey may be called "new".
    router.add_api_route("/one/{journey_id}", pages.journey)
    router.add_api_route("/one/{journey_id}/runs", pages.runs)
    approving = desk.pages.router(PATH, ApiScope.OUTREACH_APPROVE)
    approving.add_api_route("/one/{journey_id}/approve", pages.approve, methods=["POST"])
    sending = desk.pages.router(PATH, ApiScope.OUTREACH_SEND)
    sending.add_api_route("/one/{journey_id}/{action}", pages.act, methods=["POST"])
    return router, *journey_form_pages(desk), approving, sending


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """A version of a journey, as its page shows it.

    Attributes:
        before: the version before it; None where there is none that can be read.
        findings: about it, errors first.
        counts: of the runs of all versions.
    """

    of: StoredVersion
    before: StoredVersion | None
    findings: Sequence[JourneyFinding]
    counts: Sequence[StepCount]

    @property
    def picture(self) -> Markup:
        """SVG, whose texts are escaped."""
        return Markup(picture(self.of.journey, self.standing, self.outcomes))  # noqa: S704

    @property
    def standing(self) -> dict[str, int]:
        """How many runs stand where, by step."""
        return standing_of(self.counts, self.of.version)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many runs have ended, by the reason."""
        return outcomes_of(self.counts, self.of.version)


@dataclass(frozen=True, slots=True)
class _JourneyPages:
    desk: Desk

    def journeys(self, request: Request, after: _After = "") -> Response:
        """All journeys, by their ids."""
        found = list_journeys(self.desk.sending.database, after, _SIZE + 1)
        rows = Slice.of(found, after, _SIZE, lambda each: each.journey_id)
        return self.desk.pages.page(request, "journeys/list.html", slice=rows)

    def journey(
        self, request: Request, journey_id: _JourneyId, version: _Version = None
    ) -> Response:
        """A journey: by default the version that members enter, else the newest."""
        stored = find_journey(self.desk, journey_id)
        wanted = version or stored.version or stored.newest
        versions = self._versions(journey_id)
        counts = self.desk.sending.journeys.counts(journey_id)
        shown = self._shown(stored, versions, wanted, counts)
        return self.desk.pages.page(
            request,
            "journeys/journey.html",
            stored=stored,
            wanted=wanted,
            versions=versions,
            shown=shown,
            steps=step_rows(shown.of.journey, shown.standing) if shown else [],
            trigger=trigger_text(shown.of.journey.trigger) if shown else "",
            text=journey_text(shown.of.journey) if shown else "",
            changes=_changes(shown),
            inside_others=sum(
                one.runs for one in counts if one.version != wanted and not one.outcome
            ),
            no_approval=self._no_approval(request, stored, shown),
            no_start="" if stored.version else "No version of it is approved yet.",
        )

    def runs(
        self,
        request: Request,
        journey_id: _JourneyId,
        step: Annotated[str, Query(max_length=30, pattern=PRINTABLE)] = "",
        after: _After = "",
    ) -> Response:
        """The runs of a journey, or those that stand at one of its steps."""
        stored = find_journey(self.desk, journey_id)
        with self.desk.sending.database.reading() as connection:
            found = run_page(connection, journey_id, after, _SIZE + 1, step or None)
        steps = {
            step.id: step for each in self._versions(journey_id) for step in each.journey.steps
        }
        return self.desk.pages.page(
            request,
            "journeys/runs.html",
            stored=stored,
            step=step,
            steps=steps,
            slice=Slice.of(found, after, _SIZE, lambda each: each.run_id),
        )

    def approve(
        self,
        request: Request,
        journey_id: _JourneyId,
        version: Annotated[int, Form(ge=1, le=10**9)],
    ) -> Response:
        """Let members enter a version from now on."""
        find_journey(self.desk, journey_id)
        service = self.desk.sending
        service.journeys.approve(
            journey_id,
            version,
            author_of(request),
            service.now,
            two_people=service.two_people(),
        )
        notice = f"Version {version} is approved: it is the one that members enter."
        return self.desk.pages.see(request, journey_href(journey_id), notice)

    def act(self, request: Request, journey_id: _JourneyId, action: JourneyAction) -> Response:
        """Start, pause, resume or close it."""
        find_journey(self.desk, journey_id)
        service = self.desk.sending
        service.journeys.act(journey_id, action, service.now)
        return self.desk.pages.see(request, journey_href(journey_id), _NOTICES[action])

    def _versions(self, journey_id: str) -> list[StoredVersion]:
        """Those that can be read, the newest first."""
        with self.desk.sending.database.reading() as connection:
            found = versions_of(connection, [journey_id])
        return sorted(found, key=lambda each: -each.version)

    def _shown(
        self,
        stored: StoredJourney,
        versions: Sequence[StoredVersion],
        wanted: int,
        counts: Sequence[StepCount],
    ) -> ShownVersion | None:
        """None where it cannot be read. Raises NotFoundError."""
        if wanted > stored.newest:
            raise NotFoundError(
                f"There is no version {wanted} of this journey.",
                fix=f"open one of the versions 1 to {stored.newest}.",
            )
        of = next((each for each in versions if each.version == wanted), None)
        if of is None:
            return None
        before = next((each for each in versions if each.version < wanted), None)
        closed = stored.state is JourneyState.CLOSED
        service = self.desk.sending
        findings = [] if closed else service.journeys.check(of.journey, service.now)
        return ShownVersion(of, before, findings, counts)

    def _no_approval(
        self, request: Request, stored: StoredJourney, shown: ShownVersion | None
    ) -> str:
        """Why the version that is shown cannot be approved by whoever looks; empty if it can."""
        if shown is None:
            return "It cannot be read."
        if shown.of.version != stored.newest:
            return f"Version {stored.newest} is the newest."
        if refused(shown.findings):
            return "It has errors: mend them as a new version."
        if self.desk.sending.two_people() and shown.of.created_by == author_of(request):
            return "You made this version: somebody else has to approve it."
        return ""


def _changes(shown: ShownVersion | None) -> list[str]:
    if shown is None or shown.before is None:
        return []
    return changed_lines(shown.before.journey, shown.of.journey)
