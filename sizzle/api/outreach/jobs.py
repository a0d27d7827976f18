"""Routes of jobs: their state, progress and results."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Query
from starlette.responses import FileResponse, JSONResponse, Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.route_access import requires
from sizzle.api.http.parameters import JobId
from sizzle.api.http.problems import problem_responses
from sizzle.api.http.server_sent_events import follow
from sizzle.api.outreach_service.members import MemberService
from sizzle.errors import NotFoundError
from sizzle.outreach_jobs import OutreachJob

_NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def accepted(service: MemberService, job: OutreachJob) -> JSONResponse:
    """The answer to whoever made a job, which is looked for at once."""
    service.wake()
    headers = {"Location": f"/v1/outreach/jobs/{job.job_id}"}
    return JSONResponse(job.view(), status_code=202, headers=headers)


def job_routes(service: MemberService) -> APIRouter:
    """Jobs of outreach."""
    endpoints = _JobEndpoints(service)
    router = APIRouter(
        prefix="/v1/outreach/jobs",
        tags=["outreach"],
        responses=problem_responses(404, 422),
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )
    router.get("")(endpoints.get_jobs)
    router.get("/{job_id}")(endpoints.get_job)
    router.get(
        "/{job_id}/events",
        response_class=Response,
        responses={200: {"content": {"text/event-stream": {}}}, 204: {}},
    )(endpoints.follow_job)
    router.get(
        "/{job_id}/result",
        response_class=Response,
        responses={200: {"content": {"application/x-ndjson": {}}}},
    )(endpoints.get_result)
    return router


@dataclass(frozen=True, slots=True)
class _JobEndpoints:
    service: MemberService

    async def get_jobs(self, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> JSONResponse:
        """Jobs of the last week, the newest first."""
        found = await asyncio.to_thread(self.service.jobs.newest, limit)
        return JSONResponse({"jobs": [job.view() for job in found]})

    async def get_job(self, job_id: JobId) -> JSONResponse:
        """A job's state, how far it is, and its result."""
        return JSONResponse((await asyncio.to_thread(self.service.jobs.find, job_id)).view())

    def follow_job(
        self, job_id: JobId, last_event_id: Annotated[str | None, Header(max_length=20)] = None
    ) -> Response:
        """A job's progress as server-sent events; `Last-Event-ID` takes it up again."""
        return follow(self.service.jobs.find(job_id).events, last_event_id)

    async def get_result(self, job_id: JobId) -> Response:
        """Audiences as JSON Lines, in the shape of Personalize's batch segments."""
        job = await asyncio.to_thread(self.service.jobs.find, job_id)
        if not job.has_lines:
            raise NotFoundError(
                "The job has no lines, or not yet.", fix="wait for its event `done`."
            )
        lines = await asyncio.to_thread(lambda: job.lines)
        return FileResponse(lines, media_type="application/x-ndjson", headers=_NOT_KEPT)
