"""A query that is compiled once, over a connection that stays borrowed.

Each execution is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Dialect, Engine, Select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

_TEXT, _BINARY = 0, 1  # formats of PostgreSQL's values
_DONE: Final = (1, 2)  # of libpq's states: a command has been done, rows have come
_STATEMENT: Final = b"query"


class _Compiled:
    """A query with its values by position.

    Args:
        query: all of its values are parameters; the database's dialect may add others.
        dialect: of the database.
    """

    def __init__(self, query: Select[Any], dialect: Dialect) -> None:
        compiled: Any = query.compile(dialect=dialect)
        self.sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup
        self._added = {name: value for name, value in compiled.params.items() if value is not None}

    def values(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values of parameters, in their order."""
        given = {**self._added, **parameters}
        return [given[name] for name in self._names]


class SqliteQuery:
    """A query of SQLite, whose driver keeps what it has compiled.

    Args:
        engine: of the database.
        query: all of its values are parameters.
    """

    def __init__(self, engine: Engine, query: Select[Any]) -> None:
        self._compiled = _Compiled(query, engine.dialect)
        self._connection = engine.raw_connection()

    def rows(self, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The rows, as tuples. Raises what the driver raises."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(self._compiled.sql, self._compiled.values(parameters))
            return cursor.fetchall()
        finally:
            cursor.close()

    def close(self) -> None:
        """Close the connection. Raises what the driver raises."""
        self._connection.invalidate()


class PostgresqlQuery:
    """A prepared statement of PostgreSQL, asked by the client library itself.

    What psycopg's cursors do around it takes as long as PostgreSQL takes to find a member's 200
    rows. Rows are in binary form, which takes half the time of text to read.

    Args:
        engine: of the database.
        query: all of its values are parameters.

    Raises:
        ConnectionError: the server does not take the statement.
    """

    def __init__(self, engine: Engine, query: Select[Any]) -> None:
        self._compiled = _Compiled(query, _numbered())
        self._connection = engine.raw_connection()
        driver: Any = self._connection.driver_connection
        driver.rollback()  # nothing goes on from what the pool has tried
        self._driver, self._server = driver, driver.pgconn
        from psycopg.adapt import Transformer

        self._reader_of = Transformer.from_context
        _check(self._server.prepare(_STATEMENT, self._compiled.sql.encode()))

    def rows(self, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The rows, as tuples. Raises ConnectionError, or what the driver raises."""
        values = self._compiled.values(parameters)
        # Texts in binary form, as that has a length: one with a null character is refused whole.
        result = self._server.exec_prepared(
            _STATEMENT,
            [str(value).encode() for value in values],
            [_BINARY if isinstance(value, str) else _TEXT for value in values],
            _BINARY,
        )
        _check(result)
        reader = self._reader_of(self._driver)
        reader.set_pgresult(result)
        return reader.load_rows(0, result.ntuples, tuple)

    def close(self) -> None:
        """Close the connection. Raises what the driver raises."""
        self._connection.invalidate()


def _numbered() -> Dialect:
    """The dialect of PostgreSQL's own protocol, which numbers parameters."""
    return PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]


def _check(result: PGresult) -> None:
    """Raises ConnectionError: the server does not do what was asked."""
    if result.status not in _DONE:
        raise ConnectionError(result.error_message.decode(errors="replace"))
