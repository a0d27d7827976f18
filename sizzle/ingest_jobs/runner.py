"""Runs the jobs: a few threads in each process of the service, each with a process per job.

Every process of every machine looks for waiting jobs, so that no job is lost when one dies: the
others, or the next one, take over its jobs.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from sizzle import process
from sizzle.errors import DiskFullError, ProcessError, SizzleError
from sizzle.ingest_jobs.job_store import JobStore
from sizzle.ingest_jobs.media_folder import MediaFolder
from sizzle.ingest_jobs.records import JobFailure, JobResult
from sizzle.jobs import DISK_FULL, Crash, run_job
from sizzle.jobs.file_locks import try_locked

_log = logging.getLogger(__name__)
_PATIENCE = 1.0  # seconds between checks for jobs that other processes accepted or left
_SWEEP_EVERY = 600.0
_SERVER = [sys.executable, "-m", "sizzle.ingest_jobs.job_server"]


@dataclass
class Runner:
    """Runs waiting jobs while it is started."""

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
        """Start no more jobs; those that run here are left to other processes."""
        self._stopped.set()
        self.jobs.queue.leave()
        self.wake()

    def wake(self) -> None:
        """Look for a new job now."""
        with self._new_job:
            self._new_job.notify_all()

    def _run(self) -> None:
        with process.LineProgram(_SERVER) as server:
            self._run_with(server)

    def _run_with(self, server: process.LineProgram) -> None:
        unreachable = ""
        while not self._stopped.is_set():
            try:
                busy = self._run_next(server)
                self._sweep_if_due()
                unreachable = ""
            except SizzleError as error:  # the database or the files: said once
                if str(error) != unreachable:
                    _log.warning("jobs cannot be run: %s", error)
                busy, unreachable = False, str(error)
            except Exception:  # what is wrong with one job must not stop the others
                _log.exception("a job could not be run")
                busy = False
            if not busy:
                with self._new_job:
                    self._new_job.wait(_PATIENCE)

    def _run_next(self, server: process.LineProgram) -> bool:
        """Run the job that has waited longest, if a slot is free; returns whether there was one."""
        start = partial(self._start, server)
        with self._slot() as free:
            for job in self.jobs.waiting() if free else []:
                if not self.jobs.queue.files.has(job.row.folder):
                    continue  # of a machine that shares the database, but not the files
                if run_job(self.jobs.queue, job.row, start, self._crash):
                    return True
        return False

    @contextmanager
    def _slot(self) -> Iterator[bool]:
        """Hold one of the slots, if one is free."""
        for number in range(self.jobs.limits.running):
            with try_locked(self.jobs.root / "slots" / str(number)) as ours:
                if ours:
                    yield True
                    return
        yield False

    def _start(self, server: process.LineProgram, folder: Path) -> str:
        """Run a job in a folder. Returns how it crashed, if it did. Raises DiskFullError."""
        arguments = {
            "job": str(folder),
            "media": str(self.media.root) if self.media.root else None,
            "limits": asdict(self.jobs.limits),
        }
        try:
            status = server.answer(json.dumps(arguments))
        except ProcessError as error:
            return str(error)
        if status == str(DISK_FULL):
            raise DiskFullError(f"{folder} cannot be written: the disk is full.", fix="free space.")
        return "" if status == "0" else f"exit status {status}: {server.complaints()}"

    @property
    def _crash(self) -> Crash:
        return Crash(self.jobs.limits.attempts, _CRASHED, _ABANDONED)

    def _sweep_if_due(self) -> None:
        now = time.monotonic()
        if now - self._swept > _SWEEP_EVERY:
            self._swept = now
            try:
                self.jobs.sweep()
            except SizzleError as error:
                _log.info("finished jobs were not removed: %s", error)


def _failed(title: str, what: str, fix: str) -> dict[str, object]:
    failure = JobFailure(slug="job-crashed", title=title, what=what, fix=fix)
    return JobResult(failure=failure).model_dump(mode="json")


_CRASHED: Final = _failed(
    "The files could not be read",
    "The process that read the timeline or its media crashed, or took too long.",
    "the files are damaged or malicious: export them again.",
)
_ABANDONED: Final = _failed(
    "The timeline could not be checked",
    "Each machine that checked it stopped meanwhile.",
    "upload it again; if that happens again, see the service's log.",
)
