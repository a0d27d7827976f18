"""Runs jobs one at a time in each process of the service; any of them takes over what is left."""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sizzle import process
from sizzle.errors import ProcessError, SizzleError
from sizzle.jobs import Crash, run_job
from sizzle.outreach_jobs.jobs import ATTEMPTS, OutreachJobs
from sizzle.outreach_jobs.run_job import failure
from sizzle.outreach_jobs.sources import JobSources

_log = logging.getLogger(__name__)
_PATIENCE: Final = 1.0  # seconds between looks for jobs that other processes accepted or left
_JOB_TIME: Final = 6 * 3600.0
_SWEEP_EVERY: Final = 600.0


@dataclass
class Runner:
    """Runs waiting jobs while it is started."""

    jobs: OutreachJobs
    sources: JobSources
    _woken: threading.Event = field(default_factory=threading.Event)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _swept: float = 0.0

    def start(self) -> None:
        """Start the thread; it ends with the process at the latest."""
        self._stopped.clear()
        threading.Thread(target=self._run, name="outreach jobs", daemon=True).start()

    def stop(self) -> None:
        """Start no more jobs; one that runs here is left to other processes."""
        self._stopped.set()
        self.jobs.queue.leave()
        self.wake()

    def wake(self) -> None:
        """Look for a new job now."""
        self._woken.set()

    def _run(self) -> None:
        unreachable = ""
        while not self._stopped.is_set():
            try:
                busy = self.run_next()
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
                self._woken.wait(_PATIENCE)
                self._woken.clear()

    def run_next(self) -> bool:
        """Run the job that has waited longest; returns whether there was one."""
        queue = self.jobs.queue
        for job in self.jobs.waiting():
            if queue.files.has(job.row.folder) and run_job(queue, job.row, self._start, _CRASH):
                self.jobs.forget_upload(job.job_id)
                return True
        return False

    def _start(self, folder: Path) -> str:
        """Run a job in a folder. Returns how it crashed, if it did."""
        argument = json.dumps({"job": str(folder), "sources": self.sources.to_json()})
        try:
            process.run_module("sizzle.outreach_jobs.run_job", argument, timeout=_JOB_TIME)
        except ProcessError as error:
            return str(error)
        return ""

    def _sweep_if_due(self) -> None:
        now = time.monotonic()
        if now - self._swept > _SWEEP_EVERY:
            self._swept = now
            self.jobs.sweep()


_FIX: Final = "see the service's log; an import keeps what it has committed, and can be sent again."
_CRASH: Final = Crash(
    ATTEMPTS,
    failure(
        "job-crashed",
        "The job crashed",
        "The process of the job crashed, or took too long.",
        _FIX,
    ),
    failure("job-crashed", "The job crashed", "Each machine that ran it stopped meanwhile.", _FIX),
)
