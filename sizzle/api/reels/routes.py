"""The addresses of reels, but for those of their delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter
from fastapi.params import Path
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires
from sizzle.api.http.content import Answer, Content
from sizzle.api.http.problems import described
from sizzle.api.reels.answers import Answers
from sizzle.api.reels.playback import with_more
from sizzle.api.reels.request import Device, ask_of, asks_of
from sizzle.api.schema import BatchAnswer, BatchRequest, ReelAnswer, ReelRequest, Trailer
from sizzle.reel.ids import LONGEST
from sizzle.reel.replay import Reels

_JSON = "application/json"
_LIFETIME = 3600  # seconds: the reel never changes, but where it is streamed from may
_ReelId = Annotated[str, Path(max_length=LONGEST, description="As POST /v1/reels gave it.")]


def reel_routes(answers: Answers, replays: Reels) -> APIRouter:
    """Reels for members, for many members, and again by their ids."""
    endpoints = _Endpoints(answers, replays)
    router = APIRouter(prefix="/v1", tags=["reels"], dependencies=[requires(ApiScope.READ)])
    refusals = described(404, 422)
    router.post("/reels", response_model=ReelAnswer | Trailer, responses=refusals)(endpoints.one)
    router.post("/reels:batch", response_model=BatchAnswer, responses=refusals)(endpoints.batch)
    again = "/reels/{reel_id}"
    router.get(again, response_model=ReelAnswer, responses=refusals)(endpoints.again)
    router.head(again, include_in_schema=False)(endpoints.again)
    return router


@dataclass(frozen=True, slots=True)
class _Endpoints:
    answers: Answers
    replays: Reels

    async def one(self, request: ReelRequest) -> Response:
        """A member's reel: its timecode list, or the trailer for a device that none suits."""
        return Response(await self.answers.answer(ask_of(request)), media_type=_JSON)

    async def batch(self, request: BatchRequest) -> Response:
        """Several members' reels, ranked together; each answer is as `POST /v1/reels` has it."""
        answers = await self.answers.batch(asks_of(request))
        return Response(b'{"answers":[%s]}' % b",".join(answers), media_type=_JSON)

    async def again(self, reel_id: _ReelId) -> Response:
        """A reel by its id: the same cuts, whichever worker is asked, and after any restart.

        The id says nothing of the member, so that `member_id` is empty.
        """
        reel = self.replays.get(reel_id)
        package = self.answers.package_of(reel.asset_id, reel.asset_version)
        playback = self.answers.playback(reel_id, Device(), package)
        data = with_more(reel.model_dump_json().encode(), playback=playback)
        tag = f"{reel_id[:16]}{'-streamed' if playback else ''}"
        lifetime = 60 if self.answers.addresses_expire else _LIFETIME
        return Answer(Content((data,), _JSON, tag, lifetime, shared=False))
