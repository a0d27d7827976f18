"""Runs the jobs: a few threads in each process of the service, each with a process per job.

Every process looks for waiting jobs, so that no job is lost when one dies: the others, or the next
one, take over its jobs.
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
_PATIENCE = 1.0  # seconds between checks for jobs that other processes accepted or left
_SWEEP_EVERY = 600.0
_SERVER = [sys.executable, "-m", "sizzle.ingest_jobs.job_server"]


@dataclass
class Runner:
    """Runs the jobs of a folder while it is started."""

    jobs: JobStore
    media: MediaFolder
    _new_job: threading.Condition = field(default_factory=threading.Condition)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _swept: float = 0.0

    def start(self) -> None:
        """Start the threads; they end with the process at the latest."""
        self._stopped.clear()
        for _ in range(self.jobs.limits.running):
            threading.Thread(target=self._run, name="ingests", daemon=True).start()

    def stop(self) -> None:
        """Start no more jobs. A running job holds its own lock, and ends by itself."""
        self._stopped.set()
        self.wake()

    def wake(self) -> None:
        """Look for a new job now."""
        with self._new_job:
            self._new_job.notify_all()

    def _run(self) -> None:
        with process.LineProgram(_SERVER) as server:
            self._run_with(server)

    def _run_with(self, server: process.LineProgram) -> None:
        while not self._stopped.is_set():
            try:
                busy = self._run_next(server)
                self._sweep_if_due()
            except Exception:  # what is wrong with one job must not stop the others
                _log.exception("a job could not be run")
                busy = False
            if not busy:
                with self._new_job:
                    self._new_job.wait(_PATIENCE)

    def _run_next(self, server: process.LineProgram) -> bool:
        """Run the job that has waited longest, if a slot is free; returns whether there was one."""
        with self._slot() as free:
            for job in self.jobs.waiting() if free else []:
                with suppress(FileNotFoundError):  # discarded meanwhile
                    if self._try_run(job, server):
                        return True
        return False

    def _try_run(self, job: IngestJob, server: process.LineProgram) -> bool:
        """Run a job, unless another process is about to."""
        with try_locked(job.folder / "starting.lock") as ours:
            if ours and job.result is None:
                self._start(job, server)
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

    def _start(self, job: IngestJob, server: process.LineProgram) -> None:
        arguments = {
            "job": str(job.folder),
            "media": str(self.media.root) if self.media.root else None,
            "limits": asdict(self.jobs.limits),
        }
        try:
            status = server.answer(json.dumps(arguments))
            crash = "" if status == "0" else f"exit status {status}: {server.complaints()}"
        except ProcessError as error:
            crash = str(error)
        if crash:
            _log.warning("ingest %s crashed: %s", job.job_id, crash)
            self._note_crash(job)

    def _note_crash(self, job: IngestJob) -> None:
        """Record that a job crashed its process; after too many attempts the job fails."""
        if not job.folder.is_dir():
            return  # discarded
        with job.running():
            job.events.add("crashed")
            if job.result is None and job.events.count("crashed") >= self.jobs.limits.attempts:
                run_job.finish(job, JobResult(failure=_CRASHED))

    def _sweep_if_due(self) -> None:
        now = time.monotonic()
        if now - self._swept > _SWEEP_EVERY:
            self._swept = now
            try:
                self.jobs.sweep()
            except SizzleError as error:
                _log.info("finished jobs were not removed: %s", error)


_CRASHED = JobFailure(
    slug="job-crashed",
    title="The files could not be read",
    what="The process that read the timeline or its media crashed, or took too long.",
    fix="the files are damaged or malicious: export them again.",
)
