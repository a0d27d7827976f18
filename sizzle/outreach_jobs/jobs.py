"""Jobs in a folder that any number of processes share: what is asked, how far it is, the result.

jobs/<id>/request.json    what is asked
jobs/<id>/upload          a file to import; removed once the job is done
jobs/<id>/events.jsonl    its progress
jobs/<id>/result.json     what came of it
jobs/<id>/result.jsonl    audiences
incoming/<random>/        uploads in progress; nothing reads them
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from sizzle.errors import BusyError, NotFoundError
from sizzle.files import sync, write_text
from sizzle.ingest_jobs.file_locks import is_locked
from sizzle.ingest_jobs.progress_log import ProgressLog

MAX_WAITING: Final = 32
ATTEMPTS: Final = 2

_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)
_KEPT: Final = 7 * 86_400  # seconds: findings name what was wrong with members' data
_ABANDONED: Final = 3600.0


class JobKind(StrEnum):
    """What a job does."""

    IMPORT = "import"
    SNAPSHOT = "snapshot"
    AFFINITY = "affinity"
    EVALUATION = "evaluation"


@dataclass(frozen=True, slots=True)
class OutreachJob:
    """A job in its folder, which may be removed at any time."""

    folder: Path

    @property
    def job_id(self) -> str:
        """Its id."""
        return self.folder.name

    @property
    def request(self) -> dict[str, Any]:
        """What is asked: its kind, the time, who asked, and arguments."""
        found: dict[str, Any] = json.loads((self.folder / "request.json").read_bytes())
        return found

    @property
    def upload(self) -> Path:
        """The file to import."""
        return self.folder / "upload"

    @property
    def lines(self) -> Path:
        """The audiences."""
        return self.folder / "result.jsonl"

    @property
    def events(self) -> ProgressLog:
        """Its progress."""
        return ProgressLog(self.folder / "events.jsonl")

    @property
    def lock(self) -> Path:
        """Held by the process that runs it."""
        return self.folder / "running.lock"

    @property
    def result(self) -> dict[str, Any] | None:
        """What came of it, once it is done: `failure` says why nothing did."""
        try:
            found: dict[str, Any] = json.loads((self.folder / "result.json").read_bytes())
        except FileNotFoundError:
            return None
        return found

    @property
    def is_done(self) -> bool:
        """Whether it has ended, one way or another."""
        return (self.folder / "result.json").exists()

    def finish(self, result: dict[str, Any]) -> None:
        """Write what came of it, and the event that ends it."""
        write_text(self.folder / "result.json", json.dumps(result, ensure_ascii=False))
        self.upload.unlink(missing_ok=True)
        failure = result.get("failure")
        if failure:
            self.events.add("failed", what=failure["what"], fix=failure["fix"])
        else:
            self.events.add("done")

    def view(self) -> dict[str, Any]:
        """As clients see it."""
        request, result = self.request, self.result
        links = {"self": f"/v1/outreach/jobs/{self.job_id}"}
        links["events"] = f"{links['self']}/events"
        if self.lines.exists() and result is not None:
            links["result"] = f"{links['self']}/result"
        shown = {name: request[name] for name in ("kind", "created", "arguments")}
        progress = [event.data for event in self.events.after(0) if event.kind == "progress"]
        return {
            "id": self.job_id,
            "state": self._state(result),
            **shown,
            "progress": progress[-1] if progress else None,
            "result": result,
            "links": links,
        }

    def _state(self, result: dict[str, Any] | None) -> str:
        if result is None:
            return "running" if is_locked(self.lock) else "queued"
        return "failed" if result.get("failure") else "done"


@dataclass(frozen=True)
class OutreachJobs:
    """The jobs under a folder, which is created when the first comes."""

    root: Path

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
        request = {"kind": kind, "arguments": arguments, "caller": caller, "created": time.time()}
        write_text(folder / "request.json", json.dumps(request))
        OutreachJob(folder).events.add("queued")
        for path in folder.iterdir():
            sync(path)
        job = OutreachJob(self.root / "jobs" / token_hex(16))
        job.folder.parent.mkdir(exist_ok=True)
        folder.rename(job.folder)
        sync(job.folder.parent)
        return job

    def find(self, job_id: str) -> OutreachJob:
        """A job. Raises NotFoundError."""
        job = OutreachJob(self.root / "jobs" / job_id)
        if not _ID.fullmatch(job_id) or not job.folder.is_dir():
            raise NotFoundError(
                f"There is no job {job_id[:40]!r}.", fix="jobs are kept for a week: ask again."
            )
        return job

    def newest(self, limit: int) -> list[OutreachJob]:
        """The last ones, the newest first."""
        return self._by_age()[::-1][:limit]

    def waiting(self) -> list[OutreachJob]:
        """Those that are neither done nor run, the oldest first."""
        return [job for job in self._by_age() if not job.is_done and not is_locked(job.lock)]

    def sweep(self) -> None:
        """Remove old jobs, and uploads that were abandoned."""
        now = time.time()
        for name, kept in (("jobs", _KEPT), ("incoming", _ABANDONED)):
            folder = self.root / name
            for path in folder.iterdir() if folder.is_dir() else ():
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < now - kept and not is_locked(path / "running.lock"):
                        shutil.rmtree(path, ignore_errors=True)

    def _by_age(self) -> list[OutreachJob]:
        found = []
        folder = self.root / "jobs"
        for path in folder.iterdir() if folder.is_dir() else ():
            with suppress(FileNotFoundError):  # removed since it was listed
                found.append((path.joinpath("request.json").stat().st_mtime, path.name, path))
        return [OutreachJob(path) for *_, path in sorted(found)]
