"""One job: its row, and a folder with the uploaded files and the reports.

Its state follows from which results the row has, so the two cannot contradict each other.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sizzle.errors import SizzleError
from sizzle.files import write_text
from sizzle.ingest_jobs.records import IngestRequest, JobResult, JobView, PublicationResult, State
from sizzle.jobs import Job, JobEvents, JobQueue, ProgressLog
from sizzle.layout import DEFAULT, Layout


class JobStateError(SizzleError):
    """A job that is not in the state that a request needs."""

    exit_code = 1
    status = 409
    slug = "job-state"
    title = "The job is not in this state"


_SHOWN = {"asset_id", "timeline", "media", "beds", "bed_loops", "bed_fade", "trailer"}
"""What a request and its view have in common."""

_HIDDEN = {"video", "stamps", "digests", "lengths", "failure", "fixed"}
"""What of a result is not part of the view, or given otherwise."""


@dataclass(frozen=True)
class JobFolder:
    """The files of a job in a local folder, where it is worked on."""

    folder: Path

    @cached_property
    def request(self) -> IngestRequest:
        """The editor's request, while it is worked on."""
        return IngestRequest.model_validate_json((self.folder / "request.json").read_bytes())

    @property
    def timeline(self) -> Path:
        """The uploaded timeline."""
        return self.folder / "timeline"

    @property
    def layout(self) -> Layout:
        """The layout it is checked against."""
        path = self.folder / "layout.toml"
        if not path.exists():
            return DEFAULT
        layout = Layout.parse(path.read_text(encoding="utf-8"))
        if not layout.naming.sheet_file:
            return layout
        from sizzle.ingest import read_clip_sheet

        return layout.with_sheet(read_clip_sheet(self.folder / "clips.csv"))

    @property
    def titles(self) -> Path | None:
        """The title sheet, if one was uploaded."""
        return self._if_uploaded("titles.csv")

    @property
    def markers(self) -> Path | None:
        """The list of markers, if one was uploaded."""
        return self._if_uploaded("markers")

    @property
    def events(self) -> ProgressLog:
        """The progress of the work on it."""
        return ProgressLog(self.folder / "events.jsonl")

    def record(self, name: str, model: BaseModel) -> None:
        """Write one of its JSON files, whole or not at all."""
        write_text(self.folder / name, model.model_dump_json())

    def _if_uploaded(self, name: str) -> Path | None:
        path = self.folder / name
        return path if path.exists() else None


@dataclass(frozen=True)
class IngestJob:
    """A job as it was at a moment; it may change or be removed at any time.

    Attributes:
        queue: that has it.
        row: of the queue.
    """

    queue: JobQueue
    row: Job

    @property
    def job_id(self) -> str:
        """Its id."""
        return self.row.job_id

    @cached_property
    def request(self) -> IngestRequest:
        """The editor's request."""
        return IngestRequest.model_validate(self.row.request, strict=False)

    @cached_property
    def files(self) -> JobFolder:
        """Its files. Raises JobFilesError: they cannot be had."""
        return JobFolder(self.queue.files.local(self.row.folder, done=self.row.result is not None))

    @property
    def events(self) -> JobEvents:
        """Its progress."""
        return self.queue.events(self.job_id)

    @cached_property
    def result(self) -> JobResult | None:
        """Its result, if it is done."""
        found = self.row.result
        return None if found is None else JobResult.model_validate(found, strict=False)

    @cached_property
    def publication(self) -> PublicationResult | None:
        """The result of its publication, if it is published."""
        found = self.row.publication
        return None if found is None else PublicationResult.model_validate(found, strict=False)

    @property
    def findings(self) -> list[dict[str, Any]]:
        """All findings, in timeline order. Raises JobStateError before it is checked."""
        path = self.report("findings.json")
        found: list[dict[str, Any]] = json.loads(path.read_bytes())
        return found

    def checked(self) -> JobResult:
        """The result of its check.

        Raises:
            JobStateError: it waits, runs or failed.
        """
        result = self.result
        if result is None:
            raise JobStateError(
                "The timeline has not been checked yet.", fix="wait for the job's event `done`."
            )
        if result.failure:
            raise JobStateError(
                f"The timeline could not be checked: {result.failure.what}",
                fix=result.failure.fix or "correct it and upload it again.",
            )
        return result

    def report(self, name: str) -> Path:
        """A report's file.

        Raises:
            JobStateError: it is not checked.
            JobFilesError: its files cannot be had.
        """
        self.checked()
        return self.files.folder / name

    def changing(self) -> AbstractContextManager[None]:
        """Hold the lock for publishing or discarding the job. Raises BusyError."""
        return self.queue.changing(self.job_id)

    @property
    def state(self) -> State:
        """Its state."""
        if self.result is None:
            return "running" if self.row.is_running else "queued"
        if self.result.failure:
            return "failed"
        return "published" if self.publication else "checked"

    def view(self) -> JobView:
        """As clients see it."""
        state, result = self.state, self.result or JobResult()
        own = f"/v1/ingests/{self.job_id}"
        links = {"self": own, "events": f"{own}/events"}
        if state in ("checked", "published"):
            links |= {
                "findings": f"{own}/findings",
                "sarif": f"{own}/findings.sarif",
                "markers": f"{own}/markers.xml",
                "picture": f"{own}/timeline.png",
            }
            if result.fixed:
                links["fixed"] = f"{own}/fixed"
        return JobView(
            id=self.job_id,
            state=state,
            **self.request.model_dump(include=_SHOWN),
            created=iso_time(self.request.created),
            **result.model_dump(exclude=_HIDDEN),
            publishable=state == "checked" and not result.errors and self.request.media is not None,
            failure=result.failure,
            publication=self.publication,
            links=links,
        )


def iso_time(seconds: float) -> str:
    """A time as ISO 8601, to the second, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
