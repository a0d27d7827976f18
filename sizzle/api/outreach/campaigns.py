"""Routes of campaigns: created, approved, started, paused, resumed, stopped and watched."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.sending_schema import (
    ActionBody,
    CampaignBody,
    CampaignResponse,
    SendResponse,
    campaign_response,
    send_response,
)
from sizzle.api.outreach_service.sending import SendingService
from sizzle.events.event import milliseconds
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.campaign import Action
from sizzle.outreach.vocabulary import SendState

_body: Final = JsonBody(
    CampaignBody,
    {
        "campaign_id": "autumn",
        "name": "Autumn",
        "kind": "title",
        "promoted_id": "nocturne",
        "snapshot_id": "a-snapshot",
        "latest_start": "2026-12-01T18:00:00Z",
        "holdout": 0.1,
    },
)
_action_body: Final = JsonBody(ActionBody, {"latest_start": "2026-12-01T18:00:00Z"})
_CampaignId = Annotated[str, Path(max_length=MAX_ID_LENGTH)]
_ONE: Final = "/{campaign_id:campaign}"
_After = Annotated[str, Query(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Limit = Annotated[int, Query(ge=1, le=1000)]


class _CampaignIdConvertor(Convertor[str]):
    """Ids without a colon, so that `/x:start` is not taken for a campaign of that name."""

    regex = "[A-Za-z0-9][A-Za-z0-9._-]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("campaign", _CampaignIdConvertor())


def campaign_routes(service: SendingService) -> APIRouter:
    """Campaigns and their sends."""
    endpoints = _CampaignEndpoints(service)
    router = APIRouter(prefix="/v1/outreach/campaigns", tags=["outreach"])
    router.post(
        "",
        status_code=201,
        response_model=CampaignResponse,
        responses=problem_responses(400, 409, 415, 422),
        openapi_extra=_body.openapi,
        dependencies=[requires(ApiScope.OUTREACH_WRITE)],
    )(endpoints.create_campaign)
    router.get(
        "",
        response_model=list[CampaignResponse],
        responses=problem_responses(422),
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )(endpoints.get_campaigns)
    router.get(
        _ONE,
        response_model=CampaignResponse,
        responses=problem_responses(404, 422),
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )(endpoints.get_campaign)
    router.get(
        f"{_ONE}/sends",
        response_model=list[SendResponse],
        responses=problem_responses(404, 422),
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )(endpoints.get_sends)
    _add_actions(router, endpoints)
    return router


def _add_actions(router: APIRouter, endpoints: _CampaignEndpoints) -> None:
    responses = problem_responses(404, 409, 415, 422)
    router.post(
        f"{_ONE}:approve",
        response_model=CampaignResponse,
        responses=responses,
        dependencies=[requires(ApiScope.OUTREACH_APPROVE)],
    )(endpoints.approve_campaign)
    for action, endpoint in (
        (Action.START, endpoints.start_campaign),
        (Action.PAUSE, endpoints.pause_campaign),
        (Action.RESUME, endpoints.resume_campaign),
        (Action.STOP, endpoints.stop_campaign),
    ):
        late = action in (Action.START, Action.RESUME)
        router.post(
            f"{_ONE}:{action.value}",
            response_model=CampaignResponse,
            responses=responses,
            openapi_extra=_optional_body() if late else None,
            dependencies=[requires(ApiScope.OUTREACH_SEND)],
        )(endpoint)


def _optional_body() -> dict[str, object]:
    described = _action_body.openapi["requestBody"]
    return {"requestBody": {**described, "required": False}}


@dataclass(frozen=True, slots=True)
class _CampaignEndpoints:
    service: SendingService

    async def create_campaign(self, request: Request) -> CampaignResponse:
        """Keep a campaign as a draft; the same one again changes nothing."""
        body = await request.body()
        check_content_type(request.headers.get("content-type", ""))
        campaign = _body.read(body).campaign
        create = self.service.campaigns.create
        stored = await asyncio.to_thread(create, campaign, author_of(request), self.service.now)
        return campaign_response(stored)

    async def get_campaigns(
        self, after: _After = "", limit: _Limit = 100
    ) -> list[CampaignResponse]:
        """Campaigns in the order of their ids."""
        found = await asyncio.to_thread(self.service.campaigns.page, after, limit)
        return [campaign_response(stored) for stored in found]

    async def get_campaign(self, campaign_id: _CampaignId) -> CampaignResponse:
        """A campaign, and how many of its sends are in which state, and why."""
        campaigns = self.service.campaigns
        stored = await asyncio.to_thread(campaigns.get, campaign_id)
        return campaign_response(stored, await asyncio.to_thread(campaigns.counts, campaign_id))

    async def get_sends(
        self,
        campaign_id: _CampaignId,
        state: SendState | None = None,
        after: _After = "",
        limit: _Limit = 100,
    ) -> list[SendResponse]:
        """Sends of a campaign in the order of their ids, such as those that are unknown."""
        await asyncio.to_thread(self.service.campaigns.get, campaign_id)
        found = await asyncio.to_thread(self.service.sends.page, campaign_id, state, after, limit)
        return [send_response(send) for send in found]

    async def approve_campaign(
        self, campaign_id: _CampaignId, request: Request
    ) -> CampaignResponse:
        """Approve a draft as it is. Where there are two keys, not with the one that made it."""
        return await self._act(campaign_id, Action.APPROVE, request)

    async def start_campaign(self, campaign_id: _CampaignId, request: Request) -> CampaignResponse:
        """Have workers send it; what was started before stays so."""
        return await self._act(campaign_id, Action.START, request)

    async def pause_campaign(self, campaign_id: _CampaignId, request: Request) -> CampaignResponse:
        """Send nothing more of it until it is resumed."""
        return await self._act(campaign_id, Action.PAUSE, request)

    async def resume_campaign(self, campaign_id: _CampaignId, request: Request) -> CampaignResponse:
        """Go on with the sends that are left."""
        return await self._act(campaign_id, Action.RESUME, request)

    async def stop_campaign(self, campaign_id: _CampaignId, request: Request) -> CampaignResponse:
        """End it for good: what was not sent is skipped."""
        return await self._act(campaign_id, Action.STOP, request)

    async def _act(self, campaign_id: str, action: Action, request: Request) -> CampaignResponse:
        latest = None
        if body := await request.body():
            check_content_type(request.headers.get("content-type", ""))
            named = _action_body.read(body).latest_start
            latest = None if named is None else milliseconds(named)
        act = partial(self.service.campaigns.act, two_people=self.service.two_people())
        by, now = author_of(request), self.service.now
        stored = await asyncio.to_thread(act, campaign_id, action, by, now, latest)
        return campaign_response(stored)
