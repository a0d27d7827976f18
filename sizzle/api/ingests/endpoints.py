"""The endpoints of ingests and of assets' history."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header, Query, Response
from fastapi.params import Path as PathParameter
from fastapi.responses import FileResponse

from sizzle.api.http.idempotency_key import IdempotencyKey
from sizzle.api.http.parameters import AssetId, JobId
from sizzle.api.http.server_sent_events import follow
from sizzle.api.ingest_service import IngestService
from sizzle.api.ingests.schema import FindingList, JobList
from sizzle.cadence import DEFAULT, MAX_LENGTH, MAX_SEED
from sizzle.errors import NotFoundError
from sizzle.identifiers import MAX_ID_LENGTH
from sizzle.ingest_jobs import run_job
from sizzle.ingest_jobs.asset_history import AssetHistory, history_of
from sizzle.ingest_jobs.frame_images import Size
from sizzle.ingest_jobs.job import IngestJob
from sizzle.ingest_jobs.preview import PreviewRequest
from sizzle.ingest_jobs.records import JobView
from sizzle.reel import TimecodeList

Replaces = Annotated[
    str | None,
    Query(max_length=64, description="The asset's version that this must replace, if it matters."),
]


def describe_key(_: IdempotencyKey = None) -> None:
    """Describe the header of writes whose answer the middleware repeats."""


_NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_DOWNLOAD_TYPES = {
    "markers.xml": "application/xml",
    "findings.sarif": "application/sarif+json",
    "timeline.png": "image/png",
}


class IngestEndpoints:
    """Over one ingest service."""

    def __init__(self, service: IngestService) -> None:
        self._service = service

    def list_ingests(self, limit: Annotated[int, Query(ge=1, le=500)] = 100) -> JobList:
        """The ingests there are, the newest first."""
        return JobList(jobs=tuple(job.view() for job in self._service.jobs.all(limit)))

    def get_ingest(self, ingest_id: JobId) -> JobView:
        """One ingest: its state and result."""
        return self._service.jobs.named(ingest_id).view()

    def get_findings(self, ingest_id: JobId) -> FindingList:
        """Every finding, in timeline order."""
        job = self._service.jobs.named(ingest_id)
        return FindingList(
            timeline=job.request.timeline,
            sequence=job.checked().sequence,
            findings=tuple(job.findings),
        )

    def get_sarif(self, ingest_id: JobId) -> FileResponse:
        """The findings as SARIF 2.1.0."""
        return self._download(self._service.jobs.named(ingest_id), "findings.sarif")

    def get_markers(self, ingest_id: JobId) -> FileResponse:
        """The sequence with its findings as coloured markers, to open in Premiere."""
        return self._download(self._service.jobs.named(ingest_id), "markers.xml")

    def get_fixed_timeline(self, ingest_id: JobId) -> FileResponse:
        """The timeline with its markers mended; only markers differ from what was uploaded."""
        job = self._service.jobs.named(ingest_id)
        path = job.report("fixed")
        if not job.checked().fixed:
            raise NotFoundError(
                "Nothing of this timeline can be fixed by a program.",
                fix="mend the findings in the editing system, and export it again.",
            )
        name = job.report("fixed.name").read_text(encoding="utf-8")
        return FileResponse(
            path,
            media_type="application/octet-stream",
            filename=f"{job.request.asset_id}-{job.job_id[:8]}-{name}",
            headers=_NOT_KEPT,
        )

    def get_timeline_picture(self, ingest_id: JobId) -> FileResponse:
        """A picture of the timeline with its findings."""
        job = self._service.jobs.named(ingest_id)
        run_job.picture_of(job)
        return self._download(job, "timeline.png", shown=True)

    def follow_ingest(
        self,
        ingest_id: JobId,
        last_event_id: Annotated[str | None, Header(max_length=20)] = None,
    ) -> Response:
        """An ingest's progress as server-sent events; `Last-Event-ID` takes it up again.

        The last event is `done` or `failed`; who has seen that gets 204, so as not to come again.
        """
        return follow(self._service.jobs.named(ingest_id).events, last_event_id)

    def get_frame(
        self,
        ingest_id: JobId,
        frame: Annotated[int, PathParameter(ge=0, lt=2**31)],
        size: Size = "large",
    ) -> FileResponse:
        """A frame of the ingest's media as a JPEG."""
        path = self._service.frame(self._service.jobs.named(ingest_id), frame, size)
        headers = {"Cache-Control": "private, max-age=3600"}
        return FileResponse(path, media_type="image/jpeg", headers=headers)

    def preview_reel(
        self,
        ingest_id: JobId,
        member_id: Annotated[str, Query(min_length=1, max_length=MAX_ID_LENGTH)],
        cadence: Annotated[str, Query(min_length=1, max_length=MAX_LENGTH)] = DEFAULT.name,
        seed: Annotated[int, Query(ge=0, le=MAX_SEED)] = 0,
    ) -> TimecodeList:
        """The reel that a member would get, were this published: a preview."""
        request = PreviewRequest(member_id, cadence, seed)
        return self._service.preview(self._service.jobs.named(ingest_id), request)

    def list_versions(self, asset_id: AssetId) -> AssetHistory:
        """What an asset was, the newest first."""
        return history_of(asset_id, self._service.catalog)

    def _download(self, job: IngestJob, name: str, *, shown: bool = False) -> FileResponse:
        return FileResponse(
            job.report(name),
            media_type=_DOWNLOAD_TYPES[name],
            filename=f"{job.request.asset_id}-{job.job_id[:8]}-{name}",
            content_disposition_type="inline" if shown else "attachment",
            headers=_NOT_KEPT,
        )
