"""What was answered to requests with an `Idempotency-Key`, in the database, for all workers."""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from sqlalchemy import Connection, Row, and_, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from sizzle.database import Database, Worker
from sizzle.database.clock import now_ms
from sizzle.database.service_tables import REQUESTS
from sizzle.errors import SizzleError

_log = logging.getLogger(__name__)
_LIFETIME: Final = 24 * 3_600_000  # milliseconds
_SWEEP_EVERY: Final = 60.0  # seconds


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
        database: that has them.
        worker: this process, if it holds other things too.
        former: the file in which earlier versions kept them; it is read once, and removed.
    """

    def __init__(
        self, database: Database, worker: Worker | None = None, former: Path | None = None
    ) -> None:
        self._database = database
        self._worker = worker or Worker(database)
        self._former = former
        self._swept = 0.0
        self._unfinished: list[tuple[str, StoredResponse | None]] = []

    def begin(self, name: str) -> StoredResponse | None:
        """Register a request as in progress, unless its response is stored: then return that.

        Raises:
            RequestInProgressError: another process that still runs has begun it.
            DatabaseFullError, DatabaseUnavailableError: it cannot be registered.
        """
        self._database.upgrade_once()
        self._import_former()
        self._worker.hold()
        try:
            with self._database.writing(concurrent=True) as connection:
                self._sweep_if_due(connection)
                self._finish_late(connection)
                stored = self._begin(connection, name)
        except BaseException:
            self._worker.let_go()
            raise
        if stored is not None:
            self._worker.let_go()
        return stored

    def finish(self, name: str, response: StoredResponse | None) -> None:
        """Store the response to a request; without one, forget the request: it may be retried.

        Raises:
            DatabaseFullError, DatabaseUnavailableError: it is not stored.
        """
        try:
            with self._database.writing(concurrent=True) as connection:
                self._finish(connection, name, response)
        except SizzleError:
            self._unfinished.append((name, response))
            raise
        finally:
            self._worker.let_go()

    def _finish(self, connection: Connection, name: str, response: StoredResponse | None) -> None:
        mine = and_(REQUESTS.c.name == name, REQUESTS.c.worker == self._worker.name)
        if response is None:
            connection.execute(delete(REQUESTS).where(mine, REQUESTS.c.status.is_(None)))
        else:
            connection.execute(update(REQUESTS).where(mine).values(_columns(response)))

    def _finish_late(self, connection: Connection) -> None:
        """Store what could not be stored when it was answered, before the database was away."""
        late, self._unfinished = self._unfinished, []
        try:
            for name, response in late:
                self._finish(connection, name, response)
        except Exception:
            self._unfinished = late
            raise

    def _begin(self, connection: Connection, name: str) -> StoredResponse | None:
        row = {"name": name, "started": now_ms(), "worker": self._worker.name}
        if _insert(connection, row):
            return None
        found = connection.execute(select(REQUESTS).where(REQUESTS.c.name == name)).first()
        if found is not None and found.status is not None:
            return _response(found)
        if found is None or not self._take(connection, found):
            raise RequestInProgressError(
                "A request with the same Idempotency-Key is in progress.",
                fix="send it again in a moment.",
            )
        return None

    def _take(self, connection: Connection, found: Row[Any]) -> bool:
        """Take over what a process began that has ended; of several that do so, one succeeds."""
        if not self._worker.may_take(connection, found.worker):
            return False
        as_found = and_(REQUESTS.c.name == found.name, REQUESTS.c.worker == found.worker)
        taken = update(REQUESTS).where(as_found, REQUESTS.c.status.is_(None))
        return bool(connection.execute(taken.values(worker=self._worker.name)).rowcount)

    def _sweep_if_due(self, connection: Connection) -> None:
        now = time.monotonic()
        if now > self._swept + _SWEEP_EVERY or not self._swept:
            connection.execute(delete(REQUESTS).where(REQUESTS.c.started < now_ms() - _LIFETIME))
            self._swept = now

    def _import_former(self) -> None:
        """A client may repeat a request that the version before the update has answered."""
        path = self._former
        if path is None or not path.exists():
            return
        with self._database.writing() as connection:
            for row in _former_rows(path):
                _insert(connection, row)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(f"{path.name}{suffix}").unlink(missing_ok=True)
        self._former = None


def _insert(connection: Connection, row: dict[str, Any]) -> bool:
    """Insert a request, unless it is there. Returns whether it was not."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(REQUESTS).values(row).on_conflict_do_nothing()
    return connection.execute(statement.returning(REQUESTS.c.name)).first() is not None


def _former_rows(path: Path) -> list[dict[str, Any]]:
    """What the last program with a file of its own has answered; nothing of a damaged one."""
    names = ("name", "started", "worker", "body_sha256", "status", "headers", "body")
    query = f"SELECT {', '.join(names)} FROM requests WHERE status IS NOT NULL"  # noqa: S608
    try:
        with closing(sqlite3.connect(path)) as former:
            found = [dict(zip(names, row, strict=True)) for row in former.execute(query)]
    except sqlite3.Error as error:
        _log.warning("%s: its responses are not imported: %s", path, error)
        return []
    return [{**row, "started": int(row["started"] * 1000)} for row in found]


def _columns(response: StoredResponse) -> dict[str, Any]:
    return {
        "body_sha256": response.body_sha256,
        "status": response.status,
        "headers": json.dumps(response.headers),
        "body": response.body,
    }


def _response(row: Row[Any]) -> StoredResponse:
    headers = [(name, value) for name, value in json.loads(row.headers)]
    return StoredResponse(row.body_sha256, row.status, headers, bytes(row.body))
