"""Waiting for others' commits: PostgreSQL tells of them, SQLite has to be looked at."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import URL, Connection, func, select

from sizzle.database.connections import is_postgresql

if TYPE_CHECKING:
    from psycopg import Connection as PostgresqlConnection

_CHANNEL: Final = "sizzle"
_INTERVAL: Final = 0.2  # seconds between two looks where nothing is told
_LISTENING: Final = 0.5  # at most, in case that what was told is lost


def notify(connection: Connection) -> None:
    """Tell all that wait, once the transaction is committed."""
    if is_postgresql(connection):
        connection.execute(select(func.pg_notify(_CHANNEL, "")))


class Notices:
    """Waits for commits, of this process and others, in one thread.

    Args:
        url: of the database.
    """

    def __init__(self, url: URL) -> None:
        self._url = url if url.drivername.startswith("postgresql") else None
        self._connection: PostgresqlConnection[Any] | None = None

    def __enter__(self) -> Self:
        """Nothing is connected before it is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._close()

    def wait(self) -> None:
        """Return once something was committed, or after a fraction of a second."""
        if self._url is None:
            time.sleep(_INTERVAL)
            return
        import psycopg

        try:
            for _ in self._listening(self._url).notifies(timeout=_LISTENING, stop_after=1):
                pass
        except psycopg.Error:  # whoever waits then finds out why
            self._close()
            time.sleep(_INTERVAL)

    def _listening(self, url: URL) -> PostgresqlConnection[Any]:
        """The connection that is told. Raises psycopg.Error."""
        if self._connection is None:
            import psycopg

            address = url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._connection = psycopg.connect(address, autocommit=True, connect_timeout=2)
            self._connection.execute(f"LISTEN {_CHANNEL}")
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
            self._connection = None
