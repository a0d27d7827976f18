"""What runs the jobs: a thread or two in each process of the service, which start a child each.

Every process looks for waiting jobs, so that one which dies leaves nothing undone: the others, or
the next one, take over what its children left.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field

from sizzle import process
from sizzle.errors import ProcessError, SizzleError
from sizzle.ingest_jobs import run_job
from sizzle.ingest_jobs.file_locks import try_locked
from sizzle.ingest_jobs.job import IngestJob
from sizzle.ingest_jobs.job_store import JobStore
from sizzle.ingest_jobs.media_folder import MediaFolder
from sizzle.ingest_jobs.records import JobFailure, JobResult

_log = logging.getLogger(__name__)
_PATIENCE = 1.0  # seconds between looks for what other processes have accepted or left
_SWEEP_EVERY = 600.0


@dataclass
class Runner:
    """Runs the jobs of a folder while it is started."""

    jobs: JobStore
    media: MediaFolder
    _news: threading.Condition = field(default_factory=threading.Condition)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _swept: float = 0.0

    def start(self) -> None:
        """Begin; the threads end with the process at the latest."""
        self._stopped.clear()
        for _ in range(self.jobs.limits.running):
            threading.Thread(target=self._run, name="ingests", daemon=True).start()

    def stop(self) -> None:
        """Start no more jobs. One that runs holds its own lock, and ends by itself."""
        self._stopped.set()
        self.look()

    def look(self) -> None:
        """There is a new job."""
        with self._news:
            self._news.notify_all()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                busy = self._one()
                self._sweep_if_due()
            except Exception:  # what is wrong with one job must not stop the others
                _log.exception("a job could not be run")
                busy = False
            if not busy:
                with self._news:
                    self._news.wait(_PATIENCE)

    def _one(self) -> bool:
        """Run the job that has waited longest, where a slot is free; whether there was one."""
        with self._slot() as free:
            for job in self.jobs.waiting() if free else []:
                with suppress(FileNotFoundError):  # discarded meanwhile
                    if self._taken(job):
                        return True
        return False

    def _taken(self, job: IngestJob) -> bool:
        """Run a job, unless another process is about to."""
        with try_locked(job.folder / "starting.lock") as ours:
            if ours and job.result is None:
                self._start(job)
            return ours

    @contextmanager
    def _slot(self) -> Iterator[bool]:
        """Hold one of the slots, if one is free."""
        for number in range(self.jobs.limits.running):
            with try_locked(self.jobs.root / "slots" / str(number)) as ours:
                if ours:
                    yield True
                    return
        yield False

    def _start(self, job: IngestJob) -> None:
        asked = {
            "job": str(job.folder),
            "media": str(self.media.root) if self.media.root else None,
            "limits": asdict(self.jobs.limits),
        }
        command = [sys.executable, "-m", "sizzle.ingest_jobs.run_job", json.dumps(asked)]
        try:
            process.run(command, timeout=self.jobs.limits.job_time)
        except ProcessError as error:
            _log.warning("ingest %s broke: %s", job.job_id, error)
            self._broke(job)

    def _broke(self, job: IngestJob) -> None:
        """Note that a job broke its process; once too often, and that is its result."""
        if not job.folder.is_dir():
            return  # discarded
        with job.running():
            job.events.add("broke")
            if job.result is None and job.events.count("broke") >= self.jobs.limits.attempts:
                run_job.finish(job, JobResult(failure=_BROKEN))

    def _sweep_if_due(self) -> None:
        now = time.monotonic()
        if now - self._swept > _SWEEP_EVERY:
            self._swept = now
            try:
                self.jobs.sweep()
            except SizzleError as error:
                _log.info("not swept: %s", error)


_BROKEN = JobFailure(
    slug="broke-its-process",
    title="The files broke their reader",
    what="The timeline or its media broke the process that read them, or took it too long.",
    fix="they are damaged or made to do harm: export them again.",
)
