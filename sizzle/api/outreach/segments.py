"""Routes of segments, snapshots and audiences."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import JSONResponse

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.auth.route_access import requires
from sizzle.api.http.json_body import JsonBody, check_content_type
from sizzle.api.http.problems import problem_responses
from sizzle.api.outreach.jobs import accepted
from sizzle.api.outreach.member_schema import AffinityBody, SegmentBody, SnapshotBody
from sizzle.api.outreach_service.members import MemberService
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.segments import Segment
from sizzle.outreach.segments.check import check_rule
from sizzle.outreach.segments.rule import Rule
from sizzle.outreach.segments.rule_text import read_unambiguous
from sizzle.outreach_jobs import JobKind

_segment_body: Final = JsonBody(
    SegmentBody,
    {
        "name": "Crime in French",
        "Dimensions": {
            "Demographic": {"Channel": {"DimensionType": "INCLUSIVE", "Values": ["EMAIL"]}}
        },
    },
)
_snapshot_body: Final = JsonBody(SnapshotBody, {"promoted": "title:nocturne"})
_affinity_body: Final = JsonBody(AffinityBody, {"titles": ["nocturne"], "count": 10000})
_SegmentId = Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_SnapshotId = Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_After = Annotated[str, Query(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]
_Limit = Annotated[int, Query(ge=1, le=1000)]
_Version = Annotated[int | None, Query(ge=1, description="By default the newest.")]


def segment_routes(service: MemberService) -> APIRouter:
    """Segments, snapshots and audiences."""
    endpoints = _SegmentEndpoints(service)
    router = APIRouter(prefix="/v1/outreach", tags=["outreach"])
    writing = [requires(ApiScope.OUTREACH_WRITE)]
    for path, body, status, endpoint in (
        ("/segments", _segment_body, 201, endpoints.create_segment),
        ("/segments/{segment_id}/snapshots", _snapshot_body, 202, endpoints.create_snapshot),
        ("/affinity-jobs", _affinity_body, 202, endpoints.create_affinity_job),
    ):
        router.post(
            path,
            status_code=status,
            responses=problem_responses(404, 415, 422),
            openapi_extra=body.openapi,
            dependencies=writing,
        )(endpoint)
    router.post(
        "/snapshots/{snapshot_id}:approve",
        responses=problem_responses(404, 409, 422),
        dependencies=[requires(ApiScope.OUTREACH_APPROVE)],
    )(endpoints.approve_snapshot)
    _add_reads(router, endpoints)
    return router


def _add_reads(router: APIRouter, endpoints: _SegmentEndpoints) -> None:
    for path, endpoint in (
        ("/segments", endpoints.get_segments),
        ("/segments/{segment_id}", endpoints.get_segment),
        ("/segments/{segment_id}/members", endpoints.get_members),
        ("/snapshots/{snapshot_id}", endpoints.get_snapshot),
        ("/snapshots/{snapshot_id}/members", endpoints.get_snapshot_members),
    ):
        router.get(
            path,
            responses=problem_responses(404, 422),
            dependencies=[requires(ApiScope.OUTREACH_READ)],
        )(endpoint)


@dataclass(frozen=True, slots=True)
class _SegmentEndpoints:
    service: MemberService

    async def create_segment(self, request: Request) -> JSONResponse:
        """Keep a segment; a rule that differs from the newest is a new version of it."""
        body = await _json(request)
        said = _segment_body.read(body)
        read_unambiguous(body.decode())
        parts = {"Dimensions": said.dimensions, "SegmentGroups": said.segment_groups}
        rule = Rule.read({name: one for name, one in parts.items() if one is not None})
        save = self.service.segments.save
        segment = await asyncio.to_thread(save, said.name, rule, self.service.now(), said.id)
        findings = [asdict(finding) for finding in check_rule(rule)]
        return JSONResponse({**_segment(segment), "findings": findings}, status_code=201)

    async def get_segments(self) -> JSONResponse:
        """The newest version of each segment."""
        found = await asyncio.to_thread(self.service.segments.newest)
        return JSONResponse({"segments": [_segment(one) for one in found]})

    async def get_segment(self, segment_id: _SegmentId, version: _Version = None) -> JSONResponse:
        """A segment's rule, and its snapshots."""
        segment = await asyncio.to_thread(self.service.segments.find, segment_id, version)
        taken = await asyncio.to_thread(self.service.snapshots.of_segment, segment_id)
        return JSONResponse({**_segment(segment), "snapshots": [asdict(one) for one in taken]})

    async def get_members(
        self,
        segment_id: _SegmentId,
        version: _Version = None,
        limit: _Limit = 20,
        after: _After = "",
    ) -> JSONResponse:
        """A preview: how many members a segment selects now, some of them, and why each is in."""
        segment = await asyncio.to_thread(self.service.segments.find, segment_id, version)
        found = await asyncio.to_thread(
            self.service.segments.preview, segment, self.service.now(), limit=limit, after=after
        )
        return JSONResponse(asdict(found))

    async def create_snapshot(self, segment_id: _SegmentId, request: Request) -> JSONResponse:
        """Freeze whom a segment selects now: a job, whose result is the snapshot."""
        said = _snapshot_body.read(await _json(request))
        segment = await asyncio.to_thread(self.service.segments.find, segment_id)
        arguments = {
            "segment_id": segment.segment_id,
            "version": segment.version,
            "expected": said.expected,
            "promoted": said.promoted,
        }
        return await self._start(JobKind.SNAPSHOT, arguments, request)

    async def get_snapshot(self, snapshot_id: _SnapshotId) -> JSONResponse:
        """A snapshot, and how many of its members were erased since."""
        return JSONResponse(await asyncio.to_thread(self._snapshot, snapshot_id))

    async def get_snapshot_members(
        self, snapshot_id: _SnapshotId, limit: _Limit = 20, after: Annotated[int, Query(ge=0)] = 0
    ) -> JSONResponse:
        """Members of a snapshot after a number, and why each is in."""
        found = await asyncio.to_thread(self._snapshot_members, snapshot_id, after, limit)
        return JSONResponse({"members": found})

    async def approve_snapshot(self, snapshot_id: _SnapshotId, request: Request) -> JSONResponse:
        """Approve a snapshot: what was seen may be sent to."""
        approve = self.service.snapshots.approve
        by, now = author_of(request), self.service.now()
        return JSONResponse(asdict(await asyncio.to_thread(approve, snapshot_id, by, now)))

    async def create_affinity_job(self, request: Request) -> JSONResponse:
        """Rank all members by how likely they are to watch titles: a job.

        Its result has a segment for each title; its lines are in the shape of Personalize's.
        """
        said = _affinity_body.read(await _json(request))
        arguments = {
            "titles": said.titles,
            "count": said.count,
            "least_chance": said.least_chance,
            "by_activity": said.by_activity,
        }
        return await self._start(JobKind.AFFINITY, arguments, request)

    async def _start(
        self, kind: JobKind, arguments: dict[str, Any], request: Request
    ) -> JSONResponse:
        jobs, by = self.service.jobs, author_of(request)
        with jobs.incoming() as folder:
            job = await asyncio.to_thread(jobs.accept, folder, kind, arguments, by)
        return accepted(self.service, job)

    def _snapshot(self, snapshot_id: str) -> dict[str, Any]:
        snapshots = self.service.snapshots
        taken = snapshots.find(snapshot_id)
        with snapshots.database.reading() as connection:
            return {**asdict(taken), "erased_since": snapshots.left(connection, snapshot_id)}

    def _snapshot_members(self, snapshot_id: str, after: int, limit: int) -> list[dict[str, Any]]:
        snapshots = self.service.snapshots
        snapshots.find(snapshot_id)
        with snapshots.database.reading() as connection:
            found = snapshots.members(connection, snapshot_id, after=after, limit=limit)
        return [one._asdict() for one in found]


async def _json(request: Request) -> bytes:
    """A body of JSON; an empty one says nothing. Raises UnsupportedMediaTypeError."""
    body = await request.body()
    if not body:
        return b"{}"
    check_content_type(request.headers.get("content-type", ""))
    return body


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        "id": segment.segment_id,
        "version": segment.version,
        "name": segment.name,
        "rule": json.loads(segment.rule.to_json()),
        "created": segment.created,
    }
