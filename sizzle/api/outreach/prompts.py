"""Routes of prompts and their versions."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JSON, JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.content_schema import PromptBody, PromptResponse
from sizzle.api.outreach_service.content import ContentService

Name = Annotated[str, Path(min_length=1, max_length=60, pattern="^[a-z0-9][a-z0-9_-]*$")]

Version = Annotated[int, Path(ge=1, le=2**31 - 1)]

_prompt_body: Final = JsonBody(
    PromptBody,
    {"name": "invite", "text": "Invite a member to watch {name}.", "note": "Shorter."},
)


def prompt_routes(service: ContentService) -> APIRouter:
    """Read and add prompts."""
    endpoints = _PromptEndpoints(service)
    router = APIRouter(prefix="/v1/outreach", tags=["outreach"])
    router.get(
        "/prompts",
        response_model=list[PromptResponse],
        responses=problem_responses(),
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )(endpoints.get_prompts)
    router.post(
        "/prompts",
        status_code=201,
        response_model=PromptResponse,
        responses=problem_responses(415, 422),
        openapi_extra=_prompt_body.openapi,
        dependencies=[requires(ApiScope.OUTREACH_WRITE)],
    )(endpoints.add_prompt)
    router.get(
        "/prompts/{name}/versions/{version}",
        response_model=PromptResponse,
        responses=problem_responses(404, 422),
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )(endpoints.get_prompt)
    return router


@dataclass(frozen=True, slots=True)
class _PromptEndpoints:
    service: ContentService

    async def get_prompts(self) -> list[PromptResponse]:
        """All versions of all prompts."""
        return await asyncio.to_thread(self._all)

    async def get_prompt(self, name: Name, version: Version) -> PromptResponse:
        """A version of a prompt."""
        found = await asyncio.to_thread(self.service.stores.prompts.get, name, version)
        return PromptResponse(**asdict(found))

    async def add_prompt(self, request: Request) -> Response:
        """Keep a text as the next version of a prompt."""
        check_content_type(request.headers.get("content-type", ""))
        wanted = _prompt_body.read(await request.body())
        added = await asyncio.to_thread(
            self.service.stores.prompts.add,
            wanted.name,
            wanted.text,
            wanted.note,
            author_of(request),
            self.service.now,
        )
        return Response(PromptResponse(**asdict(added)).model_dump_json(), 201, media_type=JSON)

    def _all(self) -> list[PromptResponse]:
        prompts = self.service.stores.prompts
        return [
            PromptResponse(**asdict(version))
            for name in prompts.names()
            for version in prompts.versions(name)
        ]
