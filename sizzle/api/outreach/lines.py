"""Routes of lines: what there is, who wrote and approved it, and checks of any text."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JSON, JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.content_schema import (
    CheckBody,
    CheckResponse,
    LineDetails,
    LineResponse,
    OriginResponse,
    VerdictResponse,
    finding_response,
    line_response,
    segments_response,
)
from sizzle.api.outreach.drafts import Digest
from sizzle.api.outreach_service.content import ContentService
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.lines import ContentNotApprovedError
from sizzle.outreach.content.lines import Line
from sizzle.outreach.content.promoted_json import promoted_to_json
from sizzle.outreach.content.sms_segments import segments_of
from sizzle.outreach.normalise import standard_tag
from sizzle.outreach.policy import check, refused
from sizzle.outreach.policy.reading import Reading
from sizzle.outreach.vocabulary import Channel, PromotedKind

_MAX_PAGE: Final = 1000  # lines

_check_body: Final = JsonBody(
    CheckBody,
    {
        "kind": "title",
        "id": "nocturne",
        "language": "en",
        "channel": "SMS",
        "text": "{first_name}, Nocturne is here: {link}",
    },
)
_Id = Annotated[str, Query(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]


def line_routes(service: ContentService) -> APIRouter:
    """Read lines and what is promoted, and check texts."""
    endpoints = _LineEndpoints(service)
    router = APIRouter(
        prefix="/v1/outreach",
        tags=["outreach"],
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )
    router.get("/promoted", responses=problem_responses())(endpoints.get_promoted)
    router.get("/lines", response_model=list[LineResponse], responses=problem_responses(409, 422))(
        endpoints.get_lines
    )
    router.get(
        "/lines/{digest}",
        response_model=LineDetails,
        responses=problem_responses(404, 409, 422),
    )(endpoints.get_line)
    router.post(
        "/lines:check",
        response_model=CheckResponse,
        responses=problem_responses(404, 415, 422),
        openapi_extra=_check_body.openapi,
    )(endpoints.check_line)
    return router


@dataclass(frozen=True, slots=True)
class _LineEndpoints:
    service: ContentService

    async def get_promoted(self) -> list[dict[str, Any]]:
        """All that may be promoted, with its facts."""
        found = await asyncio.to_thread(self.service.stores.promoted.all)
        return [promoted_to_json(promoted) for promoted in found]

    async def get_lines(
        self,
        kind: PromotedKind | None = None,
        id: _Id | None = None,  # noqa: A002 - the parameter's name
        channel: Channel | None = None,
        after: Annotated[
            str,
            Query(pattern="^([0-9a-f]{64})?$", description="The last digest that was read."),
        ] = "",
        limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = _MAX_PAGE,
    ) -> list[LineResponse]:
        """Lines, approved or not, by their digests."""
        found = await asyncio.to_thread(
            partial(self.service.stores.lines.find, kind, id, channel, after=after, limit=limit)
        )
        return [line_response(line) for line in found]

    async def get_line(self, digest: Digest) -> LineDetails:
        """A line, who or what wrote it, and what people said of it."""
        return await asyncio.to_thread(self._details, digest)

    async def check_line(self, request: Request) -> Response:
        """Check a text, and keep nothing."""
        check_content_type(request.headers.get("content-type", ""))
        wanted = _check_body.read(await request.body())
        answer = await asyncio.to_thread(self._checked, wanted)
        return Response(answer.model_dump_json(), media_type=JSON)

    def _details(self, digest: str) -> LineDetails:
        stores = self.service.stores
        line, why_not = stores.lines.get(digest), ""
        try:
            stores.lines.verified(digest)
        except ContentNotApprovedError as error:
            why_not = error.what
        return LineDetails(
            line=line_response(line),
            approved=not why_not,
            why_not=why_not,
            drafts=[
                OriginResponse(
                    **asdict(draft.origin), previous=draft.previous, created=draft.created
                )
                for draft in stores.drafts.of(digest)
            ],
            verdicts=[
                VerdictResponse(
                    verdict="agree" if verdict.agrees else "disagree",
                    reason=verdict.reason,
                    by=verdict.by,
                    at=verdict.at,
                )
                for verdict in stores.verdicts.of(digest)
            ],
        )

    def _checked(self, wanted: CheckBody) -> CheckResponse:
        promoted = self.service.stores.promoted.get(wanted.kind, wanted.id)
        line = Line(
            wanted.kind, wanted.id, wanted.reason, standard_tag(wanted.language), wanted.channel,
            wanted.subject, wanted.text,
        )  # fmt: skip
        policy = self.service.policy
        findings = check(line, promoted, policy=policy, country=wanted.country)
        is_sms = wanted.channel is Channel.SMS
        filled = Reading(line, promoted, policy).filled(line.text) if is_sms else ""
        return CheckResponse(
            passes=not refused(findings),
            findings=[finding_response(finding) for finding in findings],
            sms=segments_response(segments_of(filled)) if is_sms else None,
        )
