"""One query, asked many times, without what SQLAlchemy does around each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Select

from sizzle.database.prepared_queries import PostgresqlQuery, SqliteQuery


class _Query(Protocol):
    """A query over a connection of its own."""

    def rows(self, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The rows, as tuples. Raises what the driver raises."""
        ...

    def close(self) -> None:
        """Close the connection. Raises what the driver raises."""
        ...


class RowReader:
    """Reads rows with one query, over a connection of its own.

    SQLAlchemy takes 0.25 ms to borrow a connection, begin, execute and give it back: more than
    SQLite takes to find a member's 200 rows. Safe to share between threads.

    Args:
        engine: of the database.
        reading: begins a transaction, which explains errors.
        query: all of its values are parameters, of types that every driver has.
    """

    def __init__(
        self,
        engine: Engine,
        reading: Callable[[], AbstractContextManager[Connection]],
        query: Select[Any],
    ) -> None:
        self._engine = engine
        self._reading = reading
        self._query = query
        self._prepared: _Query | None = None
        self._using = threading.Lock()

    def read(self, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The rows, as tuples.

        Raises:
            DatabaseUnavailableError: the database cannot be reached.
        """
        with self._using:
            try:
                if self._prepared is None:
                    self._prepared = self._prepare()
                return self._prepared.rows(parameters)
            except Exception:  # such as a server that has been restarted
                self._close()
        with self._reading() as connection:
            return connection.execute(self._query, parameters).all()

    def close(self) -> None:
        """Close the connection; `read` opens a new one."""
        with self._using:
            self._close()

    def _prepare(self) -> _Query:
        is_sqlite = self._engine.dialect.name == "sqlite"
        return (SqliteQuery if is_sqlite else PostgresqlQuery)(self._engine, self._query)

    def _close(self) -> None:
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            with suppress(Exception):
                prepared.close()
