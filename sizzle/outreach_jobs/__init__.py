"""Jobs of outreach: imports, snapshots, audiences and evaluations, each in a process of its own."""

from sizzle.outreach_jobs.erasing import erase_from_jobs
from sizzle.outreach_jobs.jobs import JobKind, OutreachJob, OutreachJobs
from sizzle.outreach_jobs.runner import Runner
from sizzle.outreach_jobs.sources import JobSources

__all__ = ["JobKind", "JobSources", "OutreachJob", "OutreachJobs", "Runner", "erase_from_jobs"]
