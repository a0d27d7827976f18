"""What members are likely to want at the moment, for rows, search and other models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JSON
from sizzle.api.http.parameters import MemberId
from sizzle.api.http.problems import problem_responses
from sizzle.api.http.query import QueryFields
from sizzle.api.reels.ranking_cache import Rankings
from sizzle.api.reels.request import Context
from sizzle.api.reels.responses import ReelResponses
from sizzle.reel.explanation import IntentChances, KnownContext, to_intents, to_known_context
from sizzle.reloading import Reloadable

_CONTEXT: Final = QueryFields(Context)


class IntentsResponse(BaseModel):
    """What a member is likely to want.

    An unknown member has the intents of any new one, with `cold_start`.
    """

    member_id: str
    model_version: str
    cold_start: bool
    context: KnownContext
    intents: tuple[IntentChances, ...]


def intent_routes(responses: ReelResponses, rankings: Reloadable[Rankings]) -> APIRouter:
    """A member's intents.

    Args:
        responses: have the thread of the ranker.
        rankings: of the model in use.
    """
    endpoints = _IntentEndpoints(responses, rankings)
    router = APIRouter(prefix="/v1", tags=["members"], dependencies=[requires(ApiScope.READ)])
    router.get(
        "/members/{member_id:path}/intents",
        response_model=IntentsResponse,
        responses=problem_responses(404, 422),
        openapi_extra=_CONTEXT.openapi,
    )(endpoints.get_intents)
    return router


@dataclass(frozen=True, slots=True)
class _IntentEndpoints:
    responses: ReelResponses
    rankings: Reloadable[Rankings]

    async def get_intents(self, member_id: MemberId, request: Request) -> Response:
        """What the member is likely to want now: genres, kinds and so on, with their chances.

        Kinds of intent come by their weight in the member's rankings, classes by their chance;
        those less likely than 0.01 are left out. Reels are ranked by these intents.
        """
        context = _CONTEXT.read(request.query_params)
        rankings = self.rankings.current
        intents, known = await self.responses.queue.do(lambda: rankings.intents(member_id, context))
        response = IntentsResponse(
            member_id=member_id,
            model_version=intents.model_version,
            cold_start=intents.cold_start,
            context=to_known_context(known),
            intents=to_intents(intents.intents),
        )
        headers = {"cache-control": "no-store"}  # they change with what the member does
        return Response(response.model_dump_json(), media_type=JSON, headers=headers)
