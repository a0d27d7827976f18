"""What was answered to requests with an `Idempotency-Key`, on disk, where all workers find it."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sizzle.database.errors import database_full, translated
from sizzle.errors import SizzleError

_LIFETIME = 24 * 3600.0  # seconds
_LEAST_ROOM = 2**16  # bytes: what SQLite's files beside the database take at the least
_LOCK_TIMEOUT = 30.0  # seconds that others may hold the database

_TABLE = """CREATE TABLE IF NOT EXISTS requests (
    name TEXT PRIMARY KEY, started REAL NOT NULL, worker TEXT NOT NULL,
    body_sha256 TEXT, status INTEGER, headers TEXT, body BLOB
) WITHOUT ROWID"""


class RequestInProgressError(SizzleError):
    """A second request with the same key, while the first is not answered yet."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "request-in-progress"
    title: ClassVar[str] = "The first request is still in progress"


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response, and the hash of the request's body that it answers."""

    body_sha256: str
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class IdempotencyStore:
    """The responses of the last day, by the names of their requests.

    Args:
        path: of the SQLite database; it is made where it does not exist.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute(_TABLE)

    def begin(self, name: str) -> StoredResponse | None:
        """Register a request as in progress, unless its response is stored: then return that.

        Raises:
            RequestInProgressError: another process that still runs has begun it.
            DatabaseFullError, DatabaseUnavailableError: it cannot be registered.
        """
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("DELETE FROM requests WHERE started < ?", (time.time() - _LIFETIME,))
            row = database.execute(
                "SELECT worker, body_sha256, status, headers, body FROM requests WHERE name = ?",
                (name,),
            ).fetchone()
            if row is not None and row[2] is not None:
                headers = [(header, value) for header, value in json.loads(row[3])]
                return StoredResponse(row[1], row[2], headers, row[4])
            if row is not None and _is_running(row[0]):
                raise RequestInProgressError(
                    "A request with the same Idempotency-Key is in progress.",
                    fix="send it again in a moment.",
                )
            database.execute(
                "INSERT OR REPLACE INTO requests (name, started, worker) VALUES (?, ?, ?)",
                (name, time.time(), _worker(os.getpid())),
            )
        return None

    def finish(self, name: str, response: StoredResponse | None) -> None:
        """Store the response to a request; without one, forget the request: it may be retried.

        Raises:
            DatabaseFullError, DatabaseUnavailableError: it is not stored.
        """
        with self._open() as database:
            if response is None:
                database.execute("DELETE FROM requests WHERE name = ?", (name,))
                return
            database.execute(
                "UPDATE requests SET body_sha256 = ?, status = ?, headers = ?, body = ? "
                "WHERE name = ?",
                (
                    *(response.body_sha256, response.status),
                    *(json.dumps(response.headers), response.body, name),
                ),
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_LOCK_TIMEOUT)) as database, database:
                yield database
        except sqlite3.Error as error:
            if shutil.disk_usage(self._path.parent).free < _LEAST_ROOM:
                # SQLite then says, among others, that it cannot open its own files beside this one.
                raise database_full(str(self._path)) from error
            ours = translated(error, str(self._path))
            if ours is None:
                raise
            raise ours from error


def _worker(pid: int) -> str:
    """A process, distinguished by its start time from a later one with the same number."""
    try:
        started = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        started = ""
    return f"{pid} {started}"


def _is_running(worker: str) -> bool:
    pid = int(worker.partition(" ")[0])
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _worker(pid) == worker
