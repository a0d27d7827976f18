"""One job: a folder with its request, the uploaded files and the results.

Its state follows from which files exist, so the two cannot contradict each other. Each file is
written completely or not at all, and the one that changes the state is written last.
"""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from sizzle.errors import SizzleError
from sizzle.files import write_text
from sizzle.ingest_jobs.file_locks import is_locked, locked
from sizzle.ingest_jobs.progress_log import ProgressLog
from sizzle.ingest_jobs.records import IngestRequest, JobResult, JobView, PublicationResult, State
from sizzle.layout import DEFAULT, Layout


class JobStateError(SizzleError):
    """A job that is not in the state that a request needs."""

    exit_code = 1
    status = 409
    slug = "job-state"
    title = "The job is not in this state"


_SHOWN = {"asset_id", "timeline", "media", "beds", "bed_loops", "bed_fade", "trailer"}
"""What a request and its view have in common."""

_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class IngestJob:
    """A job in its folder, which may change or be removed at any time."""

    folder: Path

    @property
    def job_id(self) -> str:
        """Its id."""
        return self.folder.name

    @cached_property
    def request(self) -> IngestRequest:
        """The editor's request."""
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
        path = self.folder / "titles.csv"
        return path if path.exists() else None

    @property
    def markers(self) -> Path | None:
        """The list of markers, if one was uploaded."""
        path = self.folder / "markers"
        return path if path.exists() else None

    @property
    def events(self) -> ProgressLog:
        """Its progress."""
        return ProgressLog(self.folder / "events.jsonl")

    @property
    def result(self) -> JobResult | None:
        """Its result, once it is done."""
        return self._read("result.json", JobResult)

    @property
    def publication(self) -> PublicationResult | None:
        """The result of its publication, once it is published."""
        return self._read("publication.json", PublicationResult)

    @property
    def findings(self) -> list[dict[str, Any]]:
        """All findings, in timeline order. Raises JobStateError before it is checked."""
        self.checked()
        found: list[dict[str, Any]] = json.loads((self.folder / "findings.json").read_bytes())
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
        """A report's file. Raises JobStateError before it is checked."""
        self.checked()
        return self.folder / name

    def record(self, name: str, model: BaseModel) -> None:
        """Write one of its JSON files, whole or not at all."""
        write_text(self.folder / name, model.model_dump_json())

    def running(self) -> AbstractContextManager[None]:
        """Hold the lock for running the job, waiting for it."""
        return locked(self.folder / "running.lock")

    def changing(self) -> AbstractContextManager[None]:
        """Hold the lock for publishing or discarding the job."""
        return locked(self.folder / "changing.lock")

    @property
    def state(self) -> State:
        """Its state."""
        return self._state(self.result)

    def view(self) -> JobView:
        """As clients see it."""
        done = self.result
        state, result = self._state(done), done or JobResult()
        own = f"/v1/ingests/{self.job_id}"
        links = {"self": own, "events": f"{own}/events"}
        if state in ("checked", "published"):
            links |= {
                "findings": f"{own}/findings",
                "sarif": f"{own}/findings.sarif",
                "markers": f"{own}/markers.xml",
                "picture": f"{own}/timeline.png",
            }
            if (self.folder / "fixed").exists():
                links["fixed"] = f"{own}/fixed"
        return JobView(
            id=self.job_id,
            state=state,
            **self.request.model_dump(include=_SHOWN),
            created=iso_time(self.request.created),
            **result.model_dump(exclude={"video", "stamps", "digests", "lengths", "failure"}),
            publishable=state == "checked" and not result.errors and self.request.media is not None,
            failure=result.failure,
            publication=self.publication,
            links=links,
        )

    def _state(self, result: JobResult | None) -> State:
        if result is None:
            return "running" if is_locked(self.folder / "running.lock") else "queued"
        if result.failure:
            return "failed"
        return "published" if self.publication else "checked"

    def _read(self, name: str, model: type[_Model]) -> _Model | None:
        try:
            return model.model_validate_json((self.folder / name).read_bytes())
        except FileNotFoundError:
            return None


def iso_time(seconds: float) -> str:
    """A time as ISO 8601, to the second, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
