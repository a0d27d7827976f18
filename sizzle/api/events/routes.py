"""The routes of events."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import KEY_REFUSAL
from sizzle.api.auth.route_access import requires, requires_key_or_token
from sizzle.api.events.schema import (
    EventsRequest,
    EventsResponse,
    read_request,
    request_openapi,
)
from sizzle.api.events.service import EventService
from sizzle.api.http.invalid_request import InvalidRequestError
from sizzle.api.http.json_body import check_content_type
from sizzle.api.http.problems import problem_response, problem_responses
from sizzle.errors import SizzleError
from sizzle.events import DEFAULT_APP, Batch
from sizzle.events.event import milliseconds
from sizzle.events.records import to_record

NDJSON: Final = "application/x-ndjson"

_MAX_PAGE: Final = 1000  # events
_PATH: Final = "/v1/events"


def event_routes(service: EventService) -> APIRouter:
    """Record events, and read them in the order in which they were recorded."""
    endpoints = _EventEndpoints(service)
    router = APIRouter(prefix="/v1", tags=["events"])
    router.post(
        "/events",
        status_code=202,
        response_model=EventsResponse,
        responses=problem_responses(415, 422, 507),
        openapi_extra=request_openapi(),
        dependencies=[requires_key_or_token(ApiScope.EVENTS_WRITE)],
    )(endpoints.create_events)
    router.get(
        "/events",
        response_class=Response,
        responses={200: {"content": {NDJSON: {}}}, **problem_responses(422)},
        dependencies=[requires(ApiScope.EVENTS_READ)],
    )(endpoints.get_events)
    return router


@dataclass(frozen=True, slots=True)
class _EventEndpoints:
    service: EventService

    async def create_events(self, request: Request) -> Response:
        """Record up to 100 events, of 4 MB; answered once they are durable.

        A device that has no key sends the `event_token` that came with the reel.
        """
        refusal: SizzleError | None = request.scope.get(KEY_REFUSAL)
        body = await request.body()
        try:
            check_content_type(request.headers.get("content-type", ""))
            wanted = read_request(body)
            if refusal is not None and wanted.token is None:
                return _refused(refusal)
            batch = self._batch(wanted)
        except InvalidRequestError:
            if refusal is not None:  # what strangers send is not discussed with them
                return _refused(refusal)
            raise
        results = await self.service.record(batch, wanted.events)
        data = EventsResponse(results=results).model_dump_json(exclude_none=True)
        return Response(data, 202, media_type="application/json")

    async def get_events(
        self,
        after: Annotated[
            str,
            Query(
                pattern="^[0-9]{1,18}$",
                description="The `cursor` of the last event that was read; 0 for all.",
            ),
        ] = "0",
        limit: Annotated[int, Query(ge=1, le=_MAX_PAGE, description="Events, at most.")] = (
            _MAX_PAGE
        ),
    ) -> Response:
        """Events after a cursor, one JSON object a line; none where there are no newer ones."""
        page = await asyncio.to_thread(self.service.log.read, int(after), limit)
        lines = [
            msgspec.json.encode({"cursor": str(logged.position), **to_record(logged.event)})
            for logged in page
        ]
        return Response(b"".join(line + b"\n" for line in lines), media_type=NDJSON)

    def _batch(self, wanted: EventsRequest) -> Batch:
        """Raises InvalidRequestError, EventTokenError and RateLimitError."""
        now = self.service.clock()
        grant = None
        if wanted.token is not None:
            grant = self.service.tokens.read(wanted.token, now)
            self.service.limiter.check_token(wanted.token)
            if wanted.app != DEFAULT_APP:
                raise InvalidRequestError(
                    "A token does not hold for other applications.", fix="leave out `app`."
                )
        sent = None if wanted.sent_at is None else milliseconds(wanted.sent_at)
        return Batch(int(now * 1000), sent, wanted.app, grant)


def _refused(refusal: SizzleError) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else None
    return problem_response(refusal, _PATH, headers)
