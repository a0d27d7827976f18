"""Jobs that take long: rows of the database, and files in a folder or in an object store.

Any process of any machine that shares the database takes a job that waits, and takes up again what
a process had begun that ended or was cut off. A job is run in a local folder; what comes of it
counts only if the job is still that process's.
"""

from sizzle.jobs.job import Job, JobEvents
from sizzle.jobs.job_files import FolderFiles, JobFiles, JobFilesError, job_files
from sizzle.jobs.progress_log import ProgressEvent, ProgressLog
from sizzle.jobs.queue import JobQueue
from sizzle.jobs.running import DISK_FULL, Crash, run_job

__all__ = [
    "DISK_FULL",
    "Crash",
    "FolderFiles",
    "Job",
    "JobEvents",
    "JobFiles",
    "JobFilesError",
    "JobQueue",
    "ProgressEvent",
    "ProgressLog",
    "job_files",
    "run_job",
]
