"""Routes of journeys: kept, checked, approved, started, watched and drawn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.journey_schema import (
    ApprovalBody,
    FindingResponse,
    JourneyResponse,
    JourneySummary,
    RunResponse,
    finding_response,
    journey_response,
    run_response,
    summary_response,
)
from sizzle.api.outreach_service.sending import SendingService
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.journey_rows import StoredJourney, outcomes_of, standing_of
from sizzle.outbox.journey_runs import run_page
from sizzle.outreach.journeys.model import Journey
from sizzle.outreach.journeys.picture import picture
from sizzle.outreach.journeys.reading import journey_schema, parse_journey, read_journey
from sizzle.outreach.journeys.states import JourneyAction
from sizzle.outreach.journeys.words import step_rows

_EXAMPLE: Final = {
    "journey_id": "welcome",
    "topic": "marketing",
    "trigger": {"on": "event", "event": {"type": "signed_up"}},
    "goal": {"type": "title_played", "attributes": {"title_id": ["nocturne"]}},
    "steps": [{"id": "hello", "type": "send", "kind": "title", "promoted_id": "nocturne"}],
}

_body: Final = JsonBody(Journey, _EXAMPLE)
_approval: Final = JsonBody(ApprovalBody, {"version": 1})
# Any JSON, as what is no journey is answered with findings.
_CHECKED: Final = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"title": "Journey"}, "example": _EXAMPLE}},
    }
}
# Ids have no colon, so that `/x:start` is not taken for a journey of that name.
_ONE: Final = "/{journey_id:campaign}"
_JourneyId = Annotated[str, Path(max_length=MAX_ID_LENGTH)]
_After = Annotated[str, Query(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Limit = Annotated[int, Query(ge=1, le=1000)]
_Version = Annotated[
    int | None,
    Query(ge=1, description="By default the one that members enter, else the newest."),
]
_Base = Annotated[
    int | None,
    Query(ge=0, description="The version that it was made from: 409 where there is a newer one."),
]


def journey_routes(service: SendingService) -> APIRouter:
    """Journeys and their runs."""
    endpoints = _JourneyEndpoints(service)
    router = APIRouter(prefix="/v1/outreach/journeys", tags=["outreach"])
    _add_reads(router, endpoints)
    router.post(
        "",
        status_code=201,
        response_model=JourneyResponse,
        responses=problem_responses(400, 409, 415, 422),
        openapi_extra=_body.openapi,
        dependencies=[requires(ApiScope.OUTREACH_WRITE)],
    )(endpoints.save_journey)
    router.post(
        ":check",
        response_model=list[FindingResponse],
        responses=problem_responses(415),
        openapi_extra=_CHECKED,
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )(endpoints.check_journey)
    router.post(
        f"{_ONE}:approve",
        response_model=JourneyResponse,
        responses=problem_responses(400, 404, 409, 415, 422),
        openapi_extra=_approval.openapi,
        dependencies=[requires(ApiScope.OUTREACH_APPROVE)],
    )(endpoints.approve_journey)
    for action, endpoint in (
        (JourneyAction.START, endpoints.start_journey),
        (JourneyAction.PAUSE, endpoints.pause_journey),
        (JourneyAction.RESUME, endpoints.resume_journey),
        (JourneyAction.CLOSE, endpoints.close_journey),
    ):
        router.post(
            f"{_ONE}:{action.value}",
            response_model=JourneyResponse,
            responses=problem_responses(404, 409, 422),
            dependencies=[requires(ApiScope.OUTREACH_SEND)],
        )(endpoint)
    return router


def _add_reads(router: APIRouter, endpoints: _JourneyEndpoints) -> None:
    reads = [requires(ApiScope.OUTREACH_READ)]
    router.get(
        "",
        response_model=list[JourneySummary],
        responses=problem_responses(422),
        dependencies=reads,
    )(endpoints.get_journeys)
    # Its path cannot be that of a journey, whose id begins with a letter or a digit.
    router.get("/.schema", responses=problem_responses(), dependencies=reads)(
        endpoints.get_journey_schema
    )
    router.get(
        _ONE,
        response_model=JourneyResponse,
        responses=problem_responses(404, 422),
        dependencies=reads,
    )(endpoints.get_journey)
    router.get(
        f"{_ONE}/picture",
        response_class=Response,
        responses={
            200: {"content": {"image/svg+xml": {}}, "description": "The picture."},
            **problem_responses(404, 422),
        },
        dependencies=reads,
    )(endpoints.get_journey_picture)
    router.get(
        f"{_ONE}/runs",
        response_model=list[RunResponse],
        responses=problem_responses(404, 422),
        dependencies=reads,
    )(endpoints.get_journey_runs)


@dataclass(frozen=True, slots=True)
class _JourneyEndpoints:
    service: SendingService

    async def save_journey(self, request: Request, base: _Base = None) -> JourneyResponse:
        """Keep a journey, or a new version of it; the same one again changes nothing."""
        journey = read_journey(await _json(request))
        save = self.service.journeys.save
        stored = await asyncio.to_thread(save, journey, author_of(request), self.service.now, base)
        return await asyncio.to_thread(self._response, stored, stored.newest)

    async def check_journey(self, request: Request) -> list[FindingResponse]:
        """What is wrong with a journey, also where it cannot be read; errors first."""
        journey, findings = parse_journey(await _json(request))
        if journey is not None:
            check = self.service.journeys.check
            findings = await asyncio.to_thread(check, journey, self.service.now)
        return [finding_response(finding) for finding in findings]

    async def get_journeys(self, after: _After = "", limit: _Limit = 100) -> list[JourneySummary]:
        """Journeys in the order of their ids."""
        found = await asyncio.to_thread(self.service.journeys.page, after, limit)
        return [summary_response(stored) for stored in found]

    async def get_journey_schema(self) -> JSONResponse:
        """The JSON schema of journeys, for editors that complete and check."""
        return JSONResponse(journey_schema())

    async def get_journey(
        self, journey_id: _JourneyId, version: _Version = None
    ) -> JourneyResponse:
        """A journey, with how many members stand where, and how runs have ended."""
        stored = await asyncio.to_thread(self.service.journeys.get, journey_id)
        return await asyncio.to_thread(self._response, stored, version)

    async def get_journey_picture(
        self, journey_id: _JourneyId, version: _Version = None
    ) -> Response:
        """The journey as SVG; `steps` of the journey says the same in words."""
        svg = await asyncio.to_thread(self._picture, journey_id, version)
        return Response(svg, media_type="image/svg+xml")

    async def get_journey_runs(
        self,
        journey_id: _JourneyId,
        step: Annotated[
            str | None, Query(max_length=30, description="Only runs that stand there.")
        ] = None,
        after: _After = "",
        limit: _Limit = 100,
    ) -> list[RunResponse]:
        """Runs in the order of their ids."""
        return await asyncio.to_thread(self._runs, journey_id, step, after, limit)

    async def approve_journey(self, journey_id: _JourneyId, request: Request) -> JourneyResponse:
        """Let members enter this version from now on; where there are two keys, not one's own."""
        version = _approval.read(await _json(request)).version
        by, now = author_of(request), self.service.now
        stored = await asyncio.to_thread(
            lambda: self.service.journeys.approve(
                journey_id, version, by, now, two_people=self.service.two_people()
            )
        )
        return await asyncio.to_thread(self._response, stored, None)

    async def start_journey(self, journey_id: _JourneyId) -> JourneyResponse:
        """Let members enter, and workers send."""
        return await self._act(journey_id, JourneyAction.START)

    async def pause_journey(self, journey_id: _JourneyId) -> JourneyResponse:
        """Let nobody enter and no run go on until it is resumed."""
        return await self._act(journey_id, JourneyAction.PAUSE)

    async def resume_journey(self, journey_id: _JourneyId) -> JourneyResponse:
        """Let runs go on where they are."""
        return await self._act(journey_id, JourneyAction.RESUME)

    async def close_journey(self, journey_id: _JourneyId) -> JourneyResponse:
        """End it for good: all runs end, and what was not sent is skipped."""
        return await self._act(journey_id, JourneyAction.CLOSE)

    async def _act(self, journey_id: str, action: JourneyAction) -> JourneyResponse:
        act = self.service.journeys.act
        stored = await asyncio.to_thread(act, journey_id, action, self.service.now)
        return await asyncio.to_thread(self._response, stored, None)

    def _response(self, stored: StoredJourney, version: int | None) -> JourneyResponse:
        journeys, shown = self.service.journeys, version or stored.version or stored.newest
        of = journeys.version(stored.journey_id, shown)
        counts = journeys.counts(stored.journey_id)
        rows = step_rows(of.journey, standing_of(counts, shown))
        return journey_response(stored, of, rows, outcomes_of(counts, shown), counts)

    def _picture(self, journey_id: str, version: int | None) -> str:
        journeys = self.service.journeys
        stored = journeys.get(journey_id)
        shown = version or stored.version or stored.newest
        counts = journeys.counts(journey_id)
        return picture(
            journeys.version(journey_id, shown).journey,
            standing_of(counts, shown),
            outcomes_of(counts, shown),
            on_white=True,
        )

    def _runs(self, journey_id: str, step: str | None, after: str, limit: int) -> list[RunResponse]:
        self.service.journeys.get(journey_id)
        with self.service.database.reading() as connection:
            found = run_page(connection, journey_id, after, limit, step)
        return [run_response(run) for run in found]


async def _json(request: Request) -> bytes:
    body = await request.body()
    check_content_type(request.headers.get("content-type", ""))
    return body
