"""Snapshots of segments and their approval; and the pages of jobs that make them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.caller import author_of
from sizzle.api.design import Slice
from sizzle.api.http.parameters import JobId
from sizzle.api.portal.desk import Desk
from sizzle.identifiers import MAX_ID_LENGTH, PRINTABLE
from sizzle.outbox.segment_walk import segment_of_snapshot
from sizzle.outreach_jobs import JobKind, OutreachJob

_SIZE: Final = 50
_LIKELY: Final = 20  # members of an audience that are shown

_SnapshotId = Annotated[str, Path(max_length=MAX_ID_LENGTH, pattern=PRINTABLE)]


def snapshot_pages(desk: Desk) -> tuple[APIRouter, APIRouter]:
    """The pages of snapshots and jobs, and the form that approves a snapshot."""
    pages = _SnapshotPages(desk)
    router = desk.pages.router("/outreach", ApiScope.OUTREACH_READ)
    router.add_api_route("/snapshots/{snapshot_id}", pages.snapshot)
    router.add_api_route("/jobs/{job_id}", pages.job)
    approving = desk.pages.router("/outreach", ApiScope.OUTREACH_APPROVE)
    approving.add_api_route("/snapshots/{snapshot_id}/approve", pages.approve, methods=["POST"])
    return router, approving


@dataclass(frozen=True, slots=True)
class _SnapshotPages:
    desk: Desk

    def snapshot(
        self,
        request: Request,
        snapshot_id: _SnapshotId,
        after: Annotated[str, Query(pattern=r"^\d{0,9}$")] = "",
    ) -> Response:
        """Who is in a snapshot, and why."""
        snapshots = self.desk.members.snapshots
        taken = snapshots.find(snapshot_id)
        with snapshots.database.reading() as connection:
            found = snapshots.members(
                connection, snapshot_id, after=int(after or 0), limit=_SIZE + 1
            )
            erased = snapshots.left(connection, snapshot_id)
        return self.desk.pages.page(
            request,
            "segments/snapshot.html",
            snapshot=taken,
            segment=segment_of_snapshot(self.desk.members.segments, taken),
            erased=erased,
            slice=Slice.of(found, after, _SIZE, lambda each: str(each.number)),
        )

    def approve(self, request: Request, snapshot_id: _SnapshotId) -> Response:
        """Say that what was seen may be sent to."""
        members = self.desk.members
        members.snapshots.approve(snapshot_id, author_of(request), members.now())
        href = f"/outreach/snapshots/{snapshot_id}"
        return self.desk.pages.see(request, href, "The snapshot is approved.")

    def job(self, request: Request, job_id: JobId) -> Response:
        """How far a job is, and what came of it."""
        job = self.desk.members.jobs.find(job_id)
        view = job.view()
        if view["kind"] == JobKind.IMPORT:
            return self.desk.pages.see(request, f"/outreach/imports/{job_id}")
        return self.desk.pages.page(
            request,
            "segments/job.html",
            job=view,
            audiences=_likely(job) if job.has_lines else {},
            progress=view["progress"] or {},
        )


def _likely(job: OutreachJob) -> dict[str, list[dict[str, Any]]]:
    """The most likely members of each title, with their chances and reasons."""
    found = {}
    with job.lines.open(encoding="utf-8") as file:
        for text in islice(file, 50):
            line = json.loads(text)
            members, chances = line["output"]["recommendedUsers"], line["chance"]
            rows = zip(members, chances, line["why"], strict=True)
            found[line["input"]["itemId"]] = [
                {"member_id": member, "chance": chance, "why": why}
                for member, chance, why in islice(rows, _LIKELY)
            ]
    return found
