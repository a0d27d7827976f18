"""Routes of members: imported, put, read and erased."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from fastapi.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JsonBody, check_content_type
from sizzle.api.http.parameters import MemberId
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.jobs import accepted
from sizzle.api.outreach.member_schema import MemberBody
from sizzle.api.outreach_service.members import MemberService
from sizzle.errors import InputError
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outreach.normalise import country_code
from sizzle.outreach_jobs import JobKind

_body: Final = JsonBody(
    MemberBody,
    {
        "name": "Ada",
        "birth_date": "1990-12-10",
        "language": "en-GB",
        "zone": "Europe/London",
        "country": "GB",
        "email": "ada@example.com",
        "consent": "opted in",
        "consent_at": "2026-11-30T18:00:00Z",
    },
)
_UPLOAD: Final = {
    "requestBody": {
        "required": True,
        "content": {
            name: {"schema": {"type": "string", "format": "binary"}}
            for name in ("text/csv", "application/x-ndjson", "application/gzip")
        },
    }
}
_Name = Annotated[str, Query(min_length=1, max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]


def member_routes(service: MemberService) -> APIRouter:
    """Members and imports. Jobs run as long as the application that includes them."""
    endpoints = _MemberEndpoints(service)
    router = APIRouter(prefix="/v1/outreach", tags=["outreach"], lifespan=service.running)
    writing = [requires(ApiScope.OUTREACH_WRITE)]
    router.post(
        "/members:import",
        status_code=202,
        responses=problem_responses(400, 413, 422),
        openapi_extra=_UPLOAD,
        dependencies=writing,
    )(endpoints.import_members)
    router.put(
        "/members/{member_id}",
        responses={201: {"description": "The member is new."}, **problem_responses(415, 422)},
        openapi_extra=_body.openapi,
        dependencies=writing,
    )(endpoints.put_member)
    router.get(
        "/members/{member_id}",
        responses=problem_responses(404, 422),
        dependencies=[requires(ApiScope.OUTREACH_READ)],
    )(endpoints.get_member)
    router.delete("/members/{member_id}", responses=problem_responses(422), dependencies=writing)(
        endpoints.delete_member
    )
    return router


@dataclass(frozen=True, slots=True)
class _MemberEndpoints:
    service: MemberService

    async def import_members(
        self,
        request: Request,
        app: _Name = "outreach",
        country: Annotated[
            str, Query(max_length=60, description="Of telephone numbers without +, as FR.")
        ] = "",
        source: Annotated[str, Query(max_length=200)] = "import",
        allow_erased: bool = False,
    ) -> JSONResponse:
        """Import members and endpoints: CSV or JSON Lines, ours or Pinpoint's, also by gzip.

        The answer is a job; its result names the rows that were refused, and why.
        """
        arguments = {
            "app": app,
            "country": country_code(country) if country else "",
            "source": source,
            "allow_erased": allow_erased,
        }
        with self.service.jobs.incoming() as folder:
            try:
                with (folder / "upload").open("xb") as file:
                    async for piece in request.stream():
                        await run_in_threadpool(file.write, piece)
                    if not file.tell():
                        raise InputError("No file was sent.", fix="send it as the body.")
            except ClientDisconnect:
                raise InputError("The upload was interrupted.", fix="send it again.") from None
            job = await run_in_threadpool(
                self.service.jobs.accept, folder, JobKind.IMPORT, arguments, author_of(request)
            )
        return accepted(self.service, job)

    async def put_member(self, request: Request, member_id: MemberId) -> JSONResponse:
        """Make a member's profile this one, and add endpoints and what was consented to."""
        body = await request.body()
        check_content_type(request.headers.get("content-type", ""))
        said = _body.read(body)
        values: dict[str, Any] = {
            name: value
            for name in said.__struct_fields__
            if name != "app" and (value := getattr(said, name))
        }
        new, findings = await asyncio.to_thread(self.service.put, member_id, values, said.app)
        member = await asyncio.to_thread(self.service.get, member_id)
        content = {**member, "findings": [asdict(finding) for finding in findings]}
        return JSONResponse(content, status_code=201 if new else 200)

    async def get_member(self, member_id: MemberId) -> JSONResponse:
        """All that is known of a member: the profile, endpoints and consents."""
        return JSONResponse(await asyncio.to_thread(self.service.get, member_id))

    async def delete_member(self, member_id: MemberId) -> JSONResponse:
        """Erase a member: nothing is kept but hashes of addresses that were opted out."""
        return JSONResponse(await asyncio.to_thread(self.service.erase, member_id))
