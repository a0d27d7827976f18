"""All jobs, in one folder that any number of processes share.

incoming/<random>/     uploads in progress; nothing reads them
jobs/<job id>/         accepted: an upload appears here complete, by one rename
trash/<random>/        being deleted
slots/<n>              locks: as many jobs run at once as there are slots
frames/                pictures of frames
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from sizzle.errors import BusyError, NotFoundError
from sizzle.files import sync
from sizzle.ingest_jobs.file_locks import locked
from sizzle.ingest_jobs.job import IngestJob, JobStateError
from sizzle.ingest_jobs.limits import JobLimits

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_ABANDONED = 3600.0  # seconds after which an upload is abandoned
_RETRY_AFTER = 30.0  # seconds: about as long as a long timeline takes to check


@dataclass(frozen=True)
class JobStore:
    """The jobs under a folder, which is created if necessary."""

    root: Path
    limits: JobLimits

    def __post_init__(self) -> None:
        for name in ("incoming", "jobs", "trash", "slots", "frames"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder for an upload; it is removed unless the upload is accepted."""
        folder = self.root / "incoming" / token_hex(16)
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def accept(self, folder: Path, job_id: str) -> IngestJob:
        """Make an upload a job; once this returns, it survives a crash.

        Raises:
            BusyError: too many jobs wait.
        """
        for path in folder.iterdir():
            sync(path)
        sync(folder)
        job = IngestJob(self.root / "jobs" / job_id)
        with locked(self.root / "accepting.lock"):
            if job.folder.exists():
                return job  # the same key, sent twice at once
            self.check_room()
            folder.rename(job.folder)
        sync(job.folder.parent)
        return job

    def check_room(self) -> None:
        """Raise BusyError where too many jobs wait."""
        if len(self.waiting()) >= self.limits.queued:
            raise BusyError(
                f"{self.limits.queued} timelines are waiting to be checked.",
                retry_after=_RETRY_AFTER,
            )

    def find(self, job_id: str) -> IngestJob | None:
        """The job of that id, or None."""
        job = IngestJob(self.root / "jobs" / job_id)
        return job if _ID.fullmatch(job_id) and job.folder.is_dir() else None

    def named(self, job_id: str) -> IngestJob:
        """The job of that id. Raises NotFoundError."""
        job = self.find(job_id)
        if job is None:
            raise NotFoundError(
                f"There is no ingest {job_id[:40]!r}.",
                fix="it may have been discarded; GET /v1/ingests lists all ingests.",
            )
        return job

    def all(self) -> list[IngestJob]:
        """All jobs, the newest first."""
        return self._oldest_first(self._folders())[::-1]

    def waiting(self) -> list[IngestJob]:
        """The jobs without a result that nobody runs, the oldest first."""
        # Called every second: most jobs are done, and for those one file is looked up.
        undone = (path for path in self._folders() if not (path / "result.json").exists())
        return [job for job in self._oldest_first(undone) if job.state == "queued"]

    def _folders(self) -> Iterator[Path]:
        return (self.root / "jobs").iterdir()

    def _oldest_first(self, folders: Iterable[Path]) -> list[IngestJob]:
        found = []
        for job in map(IngestJob, folders):
            with suppress(FileNotFoundError):  # discarded since it was listed
                found.append((job.request.created, job.job_id, job))
        return [job for _, _, job in sorted(found, key=lambda row: row[:2])]

    def discard(self, job: IngestJob) -> None:
        """Remove a job at once.

        Raises:
            NotFoundError: it is gone already.
            JobStateError: it runs.
        """
        if job.state == "running":
            raise JobStateError("The timeline is being checked.", fix="wait until it is done.")
        away = self.root / "trash" / token_hex(16)
        try:
            with job.changing():  # not while it is published
                job.folder.rename(away)
        except FileNotFoundError:
            self.named(job.job_id)
        shutil.rmtree(away, ignore_errors=True)

    def sweep(self) -> None:
        """Remove finished jobs that are too old or too many, and what crashes left behind."""
        now = time.time()
        finished = [job for job in self.all() if job.state not in ("queued", "running")]
        for position, job in enumerate(finished):
            if position >= self.limits.kept or job.request.created < now - self.limits.kept_for:
                self.discard(job)
        for name in ("incoming", "trash"):
            for path in _older((self.root / name).iterdir(), now - _ABANDONED):
                shutil.rmtree(path, ignore_errors=True)
        frames = _by_age((self.root / "frames").glob("*/*"))
        for _, path in frames[: -self.limits.cached_frames]:
            path.unlink(missing_ok=True)


def _older(paths: Iterable[Path], moment: float) -> list[Path]:
    return [path for changed, path in _by_age(paths) if changed < moment]


def _by_age(paths: Iterable[Path]) -> list[tuple[float, Path]]:
    """Files with the time of their last change, the oldest first."""
    found = []
    for path in paths:
        with suppress(FileNotFoundError):  # another process sweeps too
            found.append((path.stat().st_mtime, path))
    return sorted(found)
