"""Jobs of outreach: rows of a database, and files in a folder or an object store.

jobs/<name>/upload          a file to import; removed once the job is done
jobs/<name>/result.jsonl    audiences
incoming/<random>/          uploads in progress; nothing reads them
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, Self

from sizzle.database import Database, Worker
from sizzle.errors import BusyError, NotFoundError
from sizzle.files import write_text
from sizzle.jobs import Job, JobEvents, JobQueue, ProgressLog, job_files

QUEUE: Final = "outreach"
MAX_WAITING: Final = 32
ATTEMPTS: Final = 2

_UPLOAD: Final = "upload"
_LINES: Final = "result.jsonl"
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEPT: Final = 7 * 86_400  # seconds: findings name what was wrong with members' data
_ABANDONED: Final = 3600.0


class JobKind(StrEnum):
    """What a job does."""

    IMPORT = "import"
    SNAPSHOT = "snapshot"
    AFFINITY = "affinity"
    EVALUATION = "evaluation"
    IMPROVEMENT = "improvement"


@dataclass(frozen=True, slots=True)
class JobFolder:
    """The files of a job in a local folder, where it is worked on."""

    folder: Path

    @property
    def request(self) -> dict[str, Any]:
        """What is asked: its kind, the time, who asked, and arguments."""
        found: dict[str, Any] = json.loads((self.folder / "request.json").read_bytes())
        return found

    @property
    def upload(self) -> Path:
        """The file to import."""
        return self.folder / _UPLOAD

    @property
    def lines(self) -> Path:
        """The audiences."""
        return self.folder / _LINES

    @property
    def events(self) -> ProgressLog:
        """The progress of the work on it."""
        return ProgressLog(self.folder / "events.jsonl")

    def finish(self, result: Mapping[str, Any]) -> None:
        """Write what came of it, and before it the event that ends it."""
        failure = result.get("failure")
        if failure:
            self.events.add("failed", what=failure["what"], fix=failure["fix"])
        else:
            self.events.add("done")
        write_text(self.folder / "result.json", json.dumps(result, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class OutreachJob:
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

    @property
    def request(self) -> Mapping[str, Any]:
        """What is asked: its kind, the time, who asked, and arguments."""
        return self.row.request

    @property
    def result(self) -> Mapping[str, Any] | None:
        """What came of it, if it is done: `failure` says why nothing did."""
        return self.row.result

    @property
    def is_done(self) -> bool:
        """Whether it has ended, one way or another."""
        return self.row.result is not None

    @property
    def has_lines(self) -> bool:
        """Whether audiences came of it."""
        result = self.row.result
        return result is not None and "audiences" in result and not result.get("failure")

    @property
    def lines(self) -> Path:
        """The audiences, if it has any. Raises JobFilesError: they cannot be had."""
        return self.queue.files.local(self.row.folder, done=True) / _LINES

    @property
    def events(self) -> JobEvents:
        """Its progress."""
        return self.queue.events(self.job_id)

    def view(self) -> dict[str, Any]:
        """As clients see it."""
        links = {"self": f"/v1/outreach/jobs/{self.job_id}"}
        links["events"] = f"{links['self']}/events"
        if self.has_lines:
            links["result"] = f"{links['self']}/result"
        shown = {name: self.request[name] for name in ("kind", "created", "arguments")}
        progress = [event.data for event in self.row.progress() if event.kind == "progress"]
        return {
            "id": self.job_id,
            "state": self._state(),
            **shown,
            "progress": progress[-1] if progress else None,
            "result": self.result,
            "links": links,
        }

    def _state(self) -> str:
        if self.result is None:
            return "running" if self.row.is_running else "queued"
        return "failed" if self.result.get("failure") else "done"


@dataclass(frozen=True)
class OutreachJobs:
    """The jobs of a queue, with a local folder, which is created when the first comes."""

    root: Path
    queue: JobQueue

    @classmethod
    def open(
        cls,
        root: Path,
        database: Database,
        worker: Worker | None = None,
        uploads: str | None = None,
    ) -> Self:
        """The jobs of an installation.

        Args:
            root: the local folder.
            database: that has the jobs.
            worker: this process.
            uploads: where all machines find the files, if not in `root`.

        Raises:
            InputError: `uploads` cannot be used.
        """
        files = job_files(root / "jobs", uploads, QUEUE)
        worker = worker or Worker(database)
        queue = JobQueue(QUEUE, database, files, worker, lambda: _former_jobs(root / "jobs"))
        return cls(root, queue)

    @contextmanager
    def incoming(self) -> Iterator[Path]:
        """A folder for an upload; it is removed unless a job is made of it."""
        folder = self.root / "incoming" / token_hex(16)
        folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def accept(
        self, folder: Path, kind: JobKind, arguments: dict[str, Any], caller: str
    ) -> OutreachJob:
        """Make a folder a job; once this returns, it survives a crash.

        Raises:
            BusyError: too many jobs wait.
        """
        if len(self.waiting()) >= MAX_WAITING:
            raise BusyError(f"{MAX_WAITING} jobs are waiting.", retry_after=30.0)
        now = time.time()
        request = {"kind": kind, "arguments": arguments, "caller": caller, "created": now}
        name = self.queue.files.add(folder)
        job = Job(token_hex(16), now, name, request, [{"event": "queued"}])
        return OutreachJob(self.queue, self.queue.add(job))

    def find(self, job_id: str) -> OutreachJob:
        """A job. Raises NotFoundError."""
        row = self.queue.find(job_id) if _ID.fullmatch(job_id) else None
        if row is None:
            raise NotFoundError(
                f"There is no job {job_id[:40]!r}.", fix="jobs are kept for a week: ask again."
            )
        return OutreachJob(self.queue, row)

    def newest(self, limit: int | None = None) -> list[OutreachJob]:
        """The last ones, the newest first."""
        return [OutreachJob(self.queue, row) for row in self.queue.newest(limit)]

    def waiting(self) -> list[OutreachJob]:
        """Those that are neither done nor run, the oldest first."""
        return [OutreachJob(self.queue, row) for row in self.queue.waiting()]

    def forget_upload(self, job_id: str) -> None:
        """Remove the file of a job that is done with it."""
        row = self.queue.find(job_id)
        if row is not None and row.result is not None:
            self.queue.files.remove_file(row.folder, _UPLOAD)

    def sweep(self) -> None:
        """Remove old jobs, and uploads that were abandoned."""
        now = time.time()
        for job in self.newest():
            if job.row.created < now - _KEPT and not job.row.is_running:
                self.queue.remove(job.row)
            elif job.is_done:
                self.queue.files.remove_file(job.row.folder, _UPLOAD)
        folder = self.root / "incoming"
        for path in folder.iterdir() if folder.is_dir() else ():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < now - _ABANDONED:
                    shutil.rmtree(path, ignore_errors=True)
        self.queue.sweep_files(_ABANDONED)


def _former_jobs(root: Path) -> list[Job]:
    """The jobs that earlier versions kept in their folders alone."""
    return [_former_job(path.parent) for path in root.glob("*/request.json")]


def _former_job(folder: Path) -> Job:
    request = json.loads((folder / "request.json").read_bytes())
    with suppress(FileNotFoundError):
        result = json.loads((folder / "result.json").read_bytes())
        return Job(folder.name, request["created"], folder.name, request, _events(folder), result)
    return Job(folder.name, request["created"], folder.name, request, _events(folder))


def _events(folder: Path) -> list[dict[str, Any]]:
    events = ProgressLog(folder / "events.jsonl").after(0)
    return [{"event": event.kind, **event.data} for event in events]
