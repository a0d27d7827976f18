"""Runs jobs one at a time in each process of the service; any of them takes over what is left."""

from __future__ import annotations

import json
import logging
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from sizzle import process
from sizzle.errors import ProcessError
from sizzle.ingest_jobs.file_locks import try_locked
from sizzle.outreach_jobs.jobs import ATTEMPTS, OutreachJob, OutreachJobs
from sizzle.outreach_jobs.run_job import failure
from sizzle.outreach_jobs.sources import JobSources

_log = logging.getLogger(__name__)
_PATIENCE: Final = 1.0  # seconds between looks for jobs that other processes accepted or left
_JOB_TIME: Final = 6 * 3600.0
_SWEEP_EVERY: Final = 600.0


@dataclass
class Runner:
    """Runs the jobs of a folder while it is started."""

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
        """Start no more jobs."""
        self._stopped.set()
        self.wake()

    def wake(self) -> None:
        """Look for a new job now."""
        self._woken.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                busy = self.run_next()
                self._sweep_if_due()
            except Exception:  # what is wrong with one job must not stop the others
                _log.exception("a job could not be run")
                busy = False
            if not busy:
                self._woken.wait(_PATIENCE)
                self._woken.clear()

    def run_next(self) -> bool:
        """Run the job that has waited longest; returns whether there was one."""
        for job in self.jobs.waiting():
            with suppress(FileNotFoundError), try_locked(job.folder / "starting.lock") as ours:
                if ours and not job.is_done:
                    self._start(job)
                    return True
        return False

    def _start(self, job: OutreachJob) -> None:
        argument = json.dumps({"job": str(job.folder), "sources": self.sources.to_json()})
        try:
            process.run_module("sizzle.outreach_jobs.run_job", argument, timeout=_JOB_TIME)
        except ProcessError as error:
            _log.warning("job %s crashed: %s", job.job_id, error)
            job.events.add("crashed")
            if not job.is_done and job.events.count("crashed") >= ATTEMPTS:
                job.finish(_CRASHED)

    def _sweep_if_due(self) -> None:
        now = time.monotonic()
        if now - self._swept > _SWEEP_EVERY:
            self._swept = now
            self.jobs.sweep()


_CRASHED: Final = failure(
    "job-crashed",
    "The job crashed",
    "The process of the job crashed, or took too long.",
    "see the service's log; an import keeps what it has committed, and can be sent again.",
)
