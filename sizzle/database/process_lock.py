"""Locks that end with their process, however it ends: no clock says whether it still runs."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from sqlalchemy import URL

from sizzle.database.errors import unavailable

if TYPE_CHECKING:
    from psycopg import Connection as PostgresqlConnection


class ProcessLock(Protocol):
    """A lock by its name."""

    def acquire(self) -> bool:
        """Take it, unless another holds it; whoever holds it takes it again.

        Raises:
            DatabaseUnavailableError: the database cannot be reached.
        """

    def release(self) -> None:
        """Give it back."""


def process_lock(url: URL, name: str) -> ProcessLock:
    """A lock of all processes that use a database."""
    if url.drivername.startswith("postgresql"):
        return _SessionLock(url, name)
    assert url.database is not None
    return _FileLock(Path(f"{url.database}.locks") / name)


class _FileLock:
    """All processes that use a file of SQLite are on one machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def acquire(self) -> bool:
        if self._file is not None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = self._path.open("ab")
        except OSError as error:
            raise unavailable(f"{self._path}: {error.strerror}", str(self._path)) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not _is_at(file, self._path):  # its last holder has removed it meanwhile
                file.close()
                return False
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def release(self) -> None:
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            self._file.close()
            self._file = None


def _is_at(file: IO[bytes], path: Path) -> bool:
    return os.fstat(file.fileno()).st_ino == path.stat().st_ino


class _SessionLock:
    """An advisory lock of a connection of its own."""

    def __init__(self, url: URL, name: str) -> None:
        self._url = url.set(drivername="postgresql")
        self._name = name
        self._connection: PostgresqlConnection[Any] | None = None

    def acquire(self) -> bool:
        import psycopg

        try:
            if self._connection is not None and self._still_there(self._connection):
                return True
            address = self._url.render_as_string(hide_password=False)
            connection = psycopg.connect(address, autocommit=True, connect_timeout=5)
            query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
            row = connection.execute(query, (f"sizzle {self._name}",)).fetchone()
        except psycopg.Error as error:
            name = self._url.render_as_string()
            raise unavailable(str(error).partition("\n")[0], name) from error
        if row is None or not row[0]:
            connection.close()
            return False
        self._connection = connection
        return True

    def release(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
            self._connection = None

    def _still_there(self, connection: PostgresqlConnection[Any]) -> bool:
        import psycopg

        try:
            connection.execute("SELECT 1")
        except psycopg.Error:
            self.release()
            return False
        return True
