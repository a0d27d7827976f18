"""The routes of reels; those of their delivery are in `sizzle.api.delivery`."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import charge
from sizzle.api.auth.route_access import requires
from sizzle.api.http.content import Content, ContentResponse
from sizzle.api.http.json_body import JSON, check_content_type
from sizzle.api.http.parameters import ReelId
from sizzle.api.http.problems import problem_responses
from sizzle.api.reels.batch_response import BatchJson
from sizzle.api.reels.playback import with_fields
from sizzle.api.reels.request import BATCH, REEL, Device
from sizzle.api.reels.responses import ReelResponses
from sizzle.api.reels.schema import BatchResponse, ReelResponse, Trailer
from sizzle.reel.replay import Reels

_LIFETIME = 3600  # seconds: the reel never changes, but its playback addresses may


def reel_routes(responses: ReelResponses, reels: Reels) -> APIRouter:
    """Reels for one member, for many members, and again by their ids."""
    endpoints = _ReelEndpoints(responses, reels)
    router = APIRouter(prefix="/v1", tags=["reels"], dependencies=[requires(ApiScope.READ)])
    refusals = problem_responses(404, 415, 422)
    router.post(
        "/reels",
        response_model=ReelResponse | Trailer,
        responses=refusals,
        openapi_extra=REEL.openapi,
    )(endpoints.create_reel)
    router.post(
        "/reels:batch",
        response_model=BatchResponse,
        responses=refusals,
        openapi_extra=BATCH.openapi,
    )(endpoints.create_reels)
    by_id = "/reels/{reel_id}"
    router.get(by_id, response_model=ReelResponse, responses=refusals)(endpoints.get_reel)
    router.head(by_id, include_in_schema=False)(endpoints.get_reel)
    return router


@dataclass(frozen=True, slots=True)
class _ReelEndpoints:
    responses: ReelResponses
    reels: Reels

    async def create_reel(self, request: Request) -> Response:
        """A member's reel: its timecode list, or the trailer for a device that cannot play it."""
        wanted = REEL.read(await _body(request))
        return Response(await self.responses.respond(wanted), media_type=JSON)

    async def create_reels(self, request: Request) -> Response:
        """Several members' reels; each result is as `POST /v1/reels` has it.

        It counts as one request for each member against the key's rate, and is ranked behind
        requests for single members.
        """
        wanted = BATCH.read(await _body(request)).each()
        charge(request, len(wanted) - 1)
        return BatchJson(await self.responses.respond_to_batch(wanted))

    async def get_reel(self, reel_id: ReelId) -> Response:
        """A reel by its id: the same cuts from any worker, and after any restart.

        The id says nothing of the member, so `member_id` is empty.
        """
        reel = self.reels.get(reel_id)
        package = self.responses.package_of(reel.asset_id, reel.asset_version)
        playback = self.responses.playback(reel_id, Device(), package)
        data = with_fields(reel.model_dump_json().encode(), playback=playback)
        tag = f"{reel_id[:16]}{'-streamed' if playback else ''}"
        lifetime = 60 if self.responses.addresses_expire else _LIFETIME
        return ContentResponse(Content((data,), JSON, tag, lifetime, shared=False))


async def _body(request: Request) -> bytes:
    """The body of a request with JSON. Raises InvalidRequestError."""
    check_content_type(request.headers.get("content-type", ""))
    return await request.body()
