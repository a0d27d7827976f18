"""The route that evaluates prompts: a job, as a model may take minutes for the whole panel."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Path
from starlette.requests import Request
from starlette.responses import JSONResponse

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.content_schema import EvaluateBody
from sizzle.api.outreach.jobs import accepted
from sizzle.api.outreach_service.members import MemberService
from sizzle.drafting import Stores
from sizzle.outreach.normalise import standard_tag
from sizzle.outreach_jobs import JobKind, OutreachJob

_body: Final = JsonBody(EvaluateBody, {"languages": ["en", "de"], "channels": ["EMAIL"]})


def evaluation_routes(service: MemberService) -> APIRouter:
    """Evaluate prompts."""
    router = APIRouter(prefix="/v1/outreach", tags=["outreach"])
    router.post(
        "/prompts/{name}:evaluate",
        status_code=202,
        responses=problem_responses(404, 415, 422, 503),
        openapi_extra=_body.openapi,
        dependencies=[requires(ApiScope.OUTREACH_WRITE)],
    )(_EvaluationEndpoints(service).evaluate_prompt)
    return router


@dataclass(frozen=True, slots=True)
class _EvaluationEndpoints:
    service: MemberService

    async def evaluate_prompt(
        self,
        request: Request,
        name: Annotated[str, Path(min_length=1, max_length=60, pattern="^[a-z0-9][a-z0-9_-]*$")],
    ) -> JSONResponse:
        """Ask with a prompt for a fixed panel of texts: a job, which tells how far it is.

        Its result has how many texts passed each check, beside the version before.
        """
        check_content_type(request.headers.get("content-type", ""))
        wanted = _body.read(await request.body())
        job = await asyncio.to_thread(self._accept, name, wanted, author_of(request))
        return accepted(self.service, job)

    def _accept(self, name: str, wanted: EvaluateBody, by: str) -> OutreachJob:
        """Raises NotFoundError: there is no such version; and BusyError."""
        prompt = Stores(self.service.segments.database).prompts.get(name, wanted.version)
        arguments = {
            "name": name,
            "version": prompt.version,
            "languages": [standard_tag(language) for language in wanted.languages],
            "channels": wanted.channels,
        }
        jobs = self.service.jobs
        with jobs.incoming() as folder:
            return jobs.accept(folder, JobKind.EVALUATION, arguments, by)
