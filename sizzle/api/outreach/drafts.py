"""Routes of drafts: written, agreed with, or refused with a reason that the next try is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import Response

from sizzle import drafting
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JSON, JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.content_schema import (
    DisagreeBody,
    DisagreeResponse,
    DraftBody,
    DraftResponse,
    LineResponse,
    draft_response,
    line_response,
)
from sizzle.api.outreach_service.content import ContentService
from sizzle.errors import NotFoundError
from sizzle.outreach.normalise import standard_tag
from sizzle.outreach.vocabulary import MemberProfile

Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="The line's digest.")]

_draft_body: Final = JsonBody(
    DraftBody,
    {"kind": "title", "id": "nocturne", "language": "de", "channel": "PUSH", "country": "DE"},
)
_disagree_body: Final = JsonBody(DisagreeBody, {"reason": "It sounds like a warning."})


def draft_routes(service: ContentService) -> APIRouter:
    """Write drafts, and say what people think of them."""
    endpoints = _DraftEndpoints(service)
    router = APIRouter(prefix="/v1/outreach", tags=["outreach"])
    router.post(
        "/drafts",
        status_code=201,
        response_model=DraftResponse,
        responses=problem_responses(404, 409, 415, 422),
        openapi_extra=_draft_body.openapi,
        dependencies=[requires(ApiScope.OUTREACH_WRITE)],
    )(endpoints.create_draft)
    router.post(
        "/drafts/{digest}:agree",
        response_model=LineResponse,
        responses=problem_responses(404, 409, 422),
        dependencies=[requires(ApiScope.OUTREACH_APPROVE)],
    )(endpoints.agree)
    router.post(
        "/drafts/{digest}:disagree",
        response_model=DisagreeResponse,
        responses=problem_responses(404, 409, 415, 422),
        openapi_extra=_disagree_body.openapi,
        dependencies=[requires(ApiScope.OUTREACH_APPROVE)],
    )(endpoints.disagree)
    return router


@dataclass(frozen=True, slots=True)
class _DraftEndpoints:
    service: ContentService

    async def create_draft(self, request: Request) -> Response:
        """Write a line, check it, and keep it for approval.

        Whether the member may be told of it is decided first; no writer is asked otherwise.
        """
        check_content_type(request.headers.get("content-type", ""))
        wanted = _draft_body.read(await request.body())
        made = await asyncio.to_thread(self._drafted, wanted, author_of(request))
        return Response(made.model_dump_json(), 201, media_type=JSON)

    async def agree(self, request: Request, digest: Digest) -> Response:
        """Approve a line: exactly these bytes, for the facts as they are now.

        Where there are two keys, the one that asked for the line does not approve it.
        """
        review = self._review(digest, request)
        line = await asyncio.to_thread(
            drafting.agree, self.service.stores, review, self.service.policy
        )
        return Response(line_response(line).model_dump_json(), media_type=JSON)

    async def disagree(self, request: Request, digest: Digest) -> Response:
        """Refuse a line; the reason and its text go into the next try."""
        check_content_type(request.headers.get("content-type", ""))
        wanted = _disagree_body.read(await request.body())
        review = self._review(digest, request)
        answer = await asyncio.to_thread(self._refused, review, wanted)
        return Response(answer.model_dump_json(), media_type=JSON)

    def _drafted(self, wanted: DraftBody, author: str) -> DraftResponse:
        service = self.service
        request = drafting.DraftRequest(
            service.stores.promoted.get(wanted.kind, wanted.id),
            wanted.channel,
            standard_tag(wanted.language),
            wanted.reason,
            wanted.country,
            author,
            wanted.seed,
            member=self._member(wanted.member_id),
        )
        return draft_response(
            service.draft(
                request, wanted.text, wanted.subject, wanted.prompt, wanted.prompt_version
            )
        )

    def _refused(self, review: drafting.Review, wanted: DisagreeBody) -> DisagreeResponse:
        drafted = self.service.refuse(
            review,
            wanted.reason,
            again=wanted.again,
            prompt=wanted.prompt,
            version=wanted.prompt_version,
        )
        if drafted is None:
            return DisagreeResponse(refused=review.digest, draft=None, problems=[])
        return DisagreeResponse(
            refused=review.digest,
            draft=None if drafted.line is None else draft_response(drafted),
            problems=list(drafted.problems),
        )

    def _member(self, member_id: str | None) -> MemberProfile | None:
        if member_id is None:
            return None
        found = self.service.profile(member_id) if self.service.profile else None
        if found is None:
            raise NotFoundError(f"There is no member {member_id!r}.", fix="import members first.")
        return found

    def _review(self, digest: str, request: Request) -> drafting.Review:
        two_people = self.service.two_people()
        return drafting.Review(digest, author_of(request), two_people, self.service.now)
