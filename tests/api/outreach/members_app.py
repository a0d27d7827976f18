"""A service of members and segments, whose jobs run when a test says so."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from sizzle.jobs import Crash, run_job
from sizzle.outreach_jobs import JobSources, OutreachJobs
from sizzle.outreach_jobs.jobs import JobFolder
from sizzle.outreach_jobs.run_job import run

NOW = 1_796_000_000.0
NEVER = Crash(1, {}, {})


@dataclass(frozen=True)
class Outreach:
    """A service, whose jobs run when a test says so."""

    client: TestClient
    jobs: OutreachJobs
    sources: JobSources

    def send(self, method: str, path: str, **how: Any) -> Response:  # noqa: ANN401 - as httpx
        """Send a request below /v1/outreach."""
        return self.client.request(method, f"/v1/outreach/{path}", **how)

    def start(self, folder: Path) -> str:
        """Do in this process what otherwise is done in another one."""
        run(JobFolder(folder), self.sources)
        return ""

    def done(self, response: Response) -> dict[str, Any]:
        """Run the job that was accepted, in this process; returns it."""
        assert response.status_code == 202, response.text
        assert response.json()["state"] == "queued"
        job_id = response.json()["id"]
        assert run_job(self.jobs.queue, self.jobs.find(job_id).row, self.start, NEVER)
        self.jobs.forget_upload(job_id)
        job: dict[str, Any] = self.client.get(response.headers["location"]).json()
        return job
