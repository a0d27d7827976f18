"""Runs jobs, each in a fork: `python -m sizzle.ingest_jobs.job_server`, given one a line.

What a job needs is loaded once, which takes longer than most jobs. The exit status of each job is a
line of the output. When the input ends, so do the server and the job that it runs.
"""

from __future__ import annotations

import json
import os
import sys
from multiprocessing import get_context
from multiprocessing.connection import wait

from sizzle.ingest import reader_process
from sizzle.ingest_jobs import run_job

_PRELOADED = (run_job, reader_process)
_INPUT = 0  # the descriptor


def main() -> None:
    """Run jobs until the input ends."""
    for line in sys.stdin:
        # Nothing else runs in this process, so that a fork is safe.
        job = get_context("fork").Process(target=_run, args=(line,))
        job.start()
        # No line comes before our answer: the input can only end, and with it the service.
        ready = wait([job.sentinel, _INPUT], json.loads(line)["limits"]["job_time"])
        if job.is_alive():
            job.kill()
        job.join()
        if _INPUT in ready:
            return
        sys.stdout.write(f"{job.exitcode}\n")
        sys.stdout.flush()


def _run(arguments: str) -> None:
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the output is for exit statuses
    sys.argv = ["run_job", arguments]
    run_job.main()


if __name__ == "__main__":
    main()
