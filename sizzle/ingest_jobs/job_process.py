"""The process that does one job. It holds the job's lock until it ends, however it ends.

Media comes from outside as timelines do, and is decoded here: what a file does to its decoder, it
does to this process and not to the service.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from sizzle.ingest.resource_limits import lower_limits
from sizzle.ingest_jobs import run_job
from sizzle.ingest_jobs.job import Job
from sizzle.ingest_jobs.limits import Limits
from sizzle.ingest_jobs.media_folder import MediaFolder

_MEMORY = 8 << 30  # bytes of address space
_LARGEST_FILE = 2 << 30  # bytes


def main() -> None:
    """Do the job that the argument describes, unless it was done while we waited for it."""
    asked = json.loads(sys.argv[1])
    limits = Limits(**asked["limits"])
    lower_limits(memory=_MEMORY, processor_time=int(limits.job_time), file_size=_LARGEST_FILE)
    logging.basicConfig(level=logging.WARNING)
    job = Job(Path(asked["job"]))
    with job.running():
        if job.result is None:
            run_job.do(job, MediaFolder(Path(asked["media"]) if asked["media"] else None), limits)


if __name__ == "__main__":
    main()
