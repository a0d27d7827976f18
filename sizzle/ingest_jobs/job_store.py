"""All jobs of editors: rows of a database, and files in a folder or an object store.

incoming/<random>/     uploads in progress; nothing reads them
jobs/<name>/           files of a job, or those that were fetched here
slots/<n>              locks: as many jobs run at once on a machine as there are slots
frames/                pictures of frames
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, Self

from sizzle.database import Database, Worker
from sizzle.errors import BusyError, NotFoundError
from sizzle.ingest_jobs.job import IngestJob, JobStateError
from sizzle.ingest_jobs.limits import JobLimits
from sizzle.ingest_jobs.records import IngestRequest
from sizzle.jobs import Job, JobQueue, ProgressLog, job_files

QUEUE: Final = "ingests"
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_ABANDONED = 3600.0  # seconds after which an upload is abandoned
_RETRY_AFTER = 30.0  # seconds: about as long as a long timeline takes to check


@dataclass(frozen=True)
class JobStore:
    """The jobs of a queue, with a local folder, which is created if necessary."""

    root: Path
    queue: JobQueue
    limits: JobLimits = field(default_factory=JobLimits)

    def __post_init__(self) -> None:
        for name in ("incoming", "jobs", "slots", "frames"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    @classmethod
    def open(
        cls,
        root: Path,
        database: Database,
        worker: Worker | None = None,
        limits: JobLimits | None = None,
        uploads: str | None = None,
    ) -> Self:
        """The jobs of an installation.

        Args:
            root: the local folder.
            database: that has the jobs.
            worker: this process.
            limits: of what editors may request.
            uploads: where all machines find the files, if not in `root`.

        Raises:
            InputError: `uploads` cannot be used.
        """
        root = root.absolute()
        files = job_files(root / "jobs", uploads, QUEUE)
        worker = worker or Worker(database)
        queue = JobQueue(QUEUE, database, files, worker, lambda: _former_jobs(root / "jobs"))
        return cls(root, queue, limits or JobLimits())

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder for an upload; it is removed unless the upload is accepted."""
        folder = self.root / "incoming" / token_hex(16)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def accept(self, folder: Path, job_id: str, request: IngestRequest) -> IngestJob:
        """Make an upload a job; once this returns, it survives a crash.

        Raises:
            BusyError: too many jobs wait.
        """
        self.check_room()
        name = self.queue.files.add(folder)
        asked = request.model_dump(mode="json")
        job = self.queue.add(Job(job_id, request.created, name, asked, [{"event": "queued"}]))
        if job.folder != name:
            self.queue.files.remove(name)  # the same key, sent twice at once
        return IngestJob(self.queue, job)

    def check_room(self) -> None:
        """Raise BusyError where too many jobs wait."""
        if len(self.waiting()) >= self.limits.queued:
            raise BusyError(
                f"{self.limits.queued} timelines are waiting to be checked.",
                retry_after=_RETRY_AFTER,
            )

    def find(self, job_id: str) -> IngestJob | None:
        """The job of that id, or None."""
        row = self.queue.find(job_id) if _ID.fullmatch(job_id) else None
        return None if row is None else IngestJob(self.queue, row)

    def named(self, job_id: str) -> IngestJob:
        """The job of that id. Raises NotFoundError."""
        job = self.find(job_id)
        if job is None:
            raise NotFoundError(
                f"There is no ingest {job_id[:40]!r}.",
                fix="it may have been discarded; GET /v1/ingests lists all ingests.",
            )
        return job

    def all(self, limit: int | None = None) -> list[IngestJob]:
        """All jobs, the newest first."""
        return [IngestJob(self.queue, row) for row in self.queue.newest(limit)]

    def waiting(self) -> list[IngestJob]:
        """The jobs without a result that nobody runs, the oldest first."""
        return [IngestJob(self.queue, row) for row in self.queue.waiting()]

    def discard(self, job: IngestJob) -> None:
        """Remove a job at once.

        Raises:
            NotFoundError: it is gone already.
            JobStateError: it runs.
        """
        with job.changing():  # not while it is published
            if self.named(job.job_id).state == "running":
                raise JobStateError("The timeline is being checked.", fix="wait until it is done.")
            self.queue.remove(job.row)

    def sweep(self) -> None:
        """Remove finished jobs that are too old or too many, and what crashes left behind."""
        now = time.time()
        finished = [job for job in self.all() if job.state not in ("queued", "running")]
        for position, job in enumerate(finished):
            if position >= self.limits.kept or job.row.created < now - self.limits.kept_for:
                with suppress(NotFoundError):
                    self.discard(job)
        for path in _older((self.root / "incoming").iterdir(), now - _ABANDONED):
            shutil.rmtree(path, ignore_errors=True)
        frames = _by_age((self.root / "frames").glob("*/*"))
        for _, path in frames[: -self.limits.cached_frames]:
            path.unlink(missing_ok=True)
        self.queue.sweep_files(_ABANDONED)


def _former_jobs(root: Path) -> list[Job]:
    """The jobs that versions before 0.3 kept in their folders alone."""
    return [_former_job(path.parent) for path in root.glob("*/request.json")]


def _former_job(folder: Path) -> Job:
    request = json.loads((folder / "request.json").read_bytes())
    result = _read(folder / "result.json")
    if result is not None:
        result["fixed"] = (folder / "fixed").exists()
    events = ProgressLog(folder / "events.jsonl").after(0)
    return Job(
        folder.name,
        request["created"],
        folder.name,
        request,
        [{"event": event.kind, **event.data} for event in events],
        result,
        _read(folder / "publication.json"),
    )


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return found


def _older(paths: Iterable[Path], moment: float) -> list[Path]:
    return [path for changed, path in _by_age(paths) if changed < moment]


def _by_age(paths: Iterable[Path]) -> list[tuple[float, Path]]:
    """Files with the time of their last change, the oldest first."""
    found = []
    for path in paths:
        with suppress(FileNotFoundError):  # another process sweeps too
            found.append((path.stat().st_mtime, path))
    return sorted(found)
