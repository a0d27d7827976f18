"""Everything that editors' endpoints and pages share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool

from sizzle.api.ingest_service.upload import receive
from sizzle.cadence import STANDARD, Cadences
from sizzle.catalog import Catalog
from sizzle.errors import NotFoundError
from sizzle.ingest_jobs.accept import Acceptance, job_id_of
from sizzle.ingest_jobs.frame_images import FrameImages, Size
from sizzle.ingest_jobs.job import IngestJob
from sizzle.ingest_jobs.job_store import JobStore
from sizzle.ingest_jobs.media_folder import MediaFolder
from sizzle.ingest_jobs.preview import Compose, PreviewRequest, preview
from sizzle.ingest_jobs.runner import Runner
from sizzle.reel import TimecodeList
from sizzle.reloading import Reloadable


class IngestService:
    """Where editors' uploads are worked on.

    Args:
        jobs: of editors.
        catalog: to publish to.
        compose: makes the reels of previews.
        media: the folder whose files editors can name; without it timelines can be checked only.
        cadences: that previews may be cut to; without it, those that come with the program.
    """

    def __init__(
        self,
        jobs: JobStore,
        catalog: Catalog,
        compose: Compose,
        media: Path | None = None,
        cadences: Reloadable[Cadences] | None = None,
    ) -> None:
        self.jobs = jobs
        self.limits = jobs.limits
        self.catalog = catalog
        self.cadences = cadences or Reloadable(STANDARD)
        self._compose = compose
        self.media = MediaFolder(media.absolute() if media else None)
        self.frames = FrameImages(self.jobs.root / "frames", self.limits)

    @cached_property
    def runner(self) -> Runner:
        """What runs the jobs."""
        return Runner(self.jobs, self.media)

    @asynccontextmanager
    async def running(self, _: FastAPI) -> AsyncIterator[None]:
        """As long as the application lives."""
        self.runner.start()
        try:
            yield
        finally:
            self.runner.stop()

    def frame(self, job: IngestJob, frame: int, size: Size) -> Path:
        """The JPEG of a frame of a job's media.

        Raises:
            JobStateError: it is not checked.
            NotFoundError: it has no media, or the media no such frame.
            MediaError: the frame cannot be decoded.
        """
        video = job.checked().video
        if video is None or job.request.media is None:
            raise NotFoundError(
                "The timeline was uploaded without its media.", fix="upload it with its media."
            )
        if frame >= video.frames:
            raise NotFoundError(
                f"{job.request.media} has no frame {frame}.", fix=f"its last is {video.frames - 1}."
            )
        return self.frames.jpeg(self.media.named(job.request.media), video, frame, size)

    def preview(self, job: IngestJob, request: PreviewRequest) -> TimecodeList:
        """The reel that a member would get, were a job published. Raises as `preview`."""
        return preview(job, self.media, self.catalog, self._compose, request)

    async def upload(self, request: Request, caller: str, key: str | None) -> IngestJob:
        """Take in an upload and make it a job. Raises as `receive` and `Acceptance.accept`."""
        await run_in_threadpool(self.jobs.check_room)
        with self.jobs.incoming() as folder:
            upload = await receive(request, folder, self.limits)
            acceptance = Acceptance(self.jobs, self.media, self.catalog)
            job_id = job_id_of(caller, key)
            job = await run_in_threadpool(acceptance.accept, folder, upload, job_id)
        self.runner.wake()
        return job
