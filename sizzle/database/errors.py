"""Errors of the database, and how those of its drivers become them."""

from __future__ import annotations

import sqlite3
from typing import ClassVar, Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from sizzle.errors import SizzleError

_RETRY_SECONDS: Final = 2.0
_POSTGRESQL_FULL: Final = "53100"
_POSTGRESQL_LOCKED: Final = "55P03"


class DatabaseUnavailableError(SizzleError):
    """A database that cannot be reached, or that others hold: nothing was written."""

    status: ClassVar[int] = 503
    slug: ClassVar[str] = "database-unavailable"
    title: ClassVar[str] = "Database unavailable"
    retry_after = _RETRY_SECONDS


class DatabaseFullError(SizzleError):
    """No room is left on the database's disk: nothing was written."""

    status: ClassVar[int] = 507
    slug: ClassVar[str] = "storage-full"
    title: ClassVar[str] = "Insufficient Storage"


def translated(error: SQLAlchemyError | sqlite3.Error, name: str) -> SizzleError | None:
    """Our error for one of the database's, or None where the program is at fault.

    Args:
        error: as SQLAlchemy or the driver raised it.
        name: of the database, without its password.
    """
    if isinstance(error, PoolTimeoutError):
        return unavailable("all connections are in use", name)
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause, name)
    if isinstance(error, DBAPIError) and cause is not None:
        return _of_postgresql(error, cause, name)
    return None


def _of_sqlite(cause: sqlite3.Error, name: str) -> SizzleError | None:
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return database_full(name)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return unavailable("others hold it", name)
    if isinstance(cause, sqlite3.OperationalError) and code != sqlite3.SQLITE_ERROR:
        return unavailable(str(cause), name)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return unavailable(str(cause), name)
    return None


def _of_postgresql(error: DBAPIError, cause: BaseException, name: str) -> SizzleError | None:
    state = getattr(cause, "sqlstate", None)
    if state == _POSTGRESQL_FULL:
        return database_full(name)
    if state == _POSTGRESQL_LOCKED:
        return unavailable("others hold it", name)
    # 08: connection, 53: resources, 57: an operator's intervention, 58: the system's failure.
    if state is not None and state[:2] not in ("08", "53", "57", "58"):
        return None
    if (
        state is None
        and not error.connection_invalidated
        and type(cause).__name__ != "OperationalError"
    ):
        return None
    return unavailable(str(cause).strip().partition("\n")[0], name)


def unavailable(why: str, name: str) -> DatabaseUnavailableError:
    """The error of a database that cannot be used, and why."""
    return DatabaseUnavailableError(
        f"The database {name} cannot be used: {why}.",
        fix="try again in a moment; if it lasts, see that the database runs and can be reached.",
    )


def database_full(name: str) -> DatabaseFullError:
    """The error for a database on a full disk."""
    return DatabaseFullError(
        f"The disk of the database {name} is full.",
        fix="ask its operator to free space, then retry.",
    )
