"""A database: transactions whose errors say what is wrong, and the version of its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import URL, Connection, Select, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from sizzle.database.connections import WRITES, engine_for, is_postgresql
from sizzle.database.errors import translated
from sizzle.database.notices import Notices
from sizzle.database.process_lock import ProcessLock, process_lock
from sizzle.database.row_reader import RowReader
from sizzle.database.tables import METADATA
from sizzle.errors import InputError

LATEST: Final = "v0012"
"""The newest version of the tables: the last of `migrations/versions`."""

OLDEST: Final = "v0011"
"""The oldest version of the tables that this program can live with."""

_PATIENCE: Final = 5.0  # seconds
_LOCK: Final = 7_311_021  # of PostgreSQL's advisory locks; any number that nobody else uses


class Database:
    """A database. Safe to share between threads, not between processes.

    Args:
        url: from `database_url`.
        patience: seconds to wait for others' locks.

    Raises:
        InputError: the driver of PostgreSQL is not installed.
    """

    def __init__(self, url: URL, *, patience: float = _PATIENCE) -> None:
        self.name = url.render_as_string(hide_password=True)
        self._engine = engine_for(url, patience)
        self._url = url
        self._readers: list[RowReader] = []
        self._upgraded = False

    def __str__(self) -> str:
        return self.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database and changes nothing.

        Raises:
            DatabaseUnavailableError: it cannot be reached.
        """
        with self._explained(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """As `reading`; the state is that of the first query also on PostgreSQL.

        Raises:
            DatabaseUnavailableError: it cannot be reached.
        """
        with self._explained(), self._engine.connect() as connection:
            if is_postgresql(connection):
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def writing(self, *, concurrent: bool = False) -> Iterator[Connection]:
        """A transaction that is committed, durably, where the block raises nothing.

        One at a time writes, so that numbers that rise within transactions rise with the commits,
        and whoever follows them misses none.

        Args:
            concurrent: on PostgreSQL, others may write meanwhile: for tables that nobody follows.

        Raises:
            DatabaseUnavailableError: it cannot be reached, or others hold it.
            DatabaseFullError: no room is left.
        """
        with self._explained(), self._engine.connect() as connection:
            connection = connection.execution_options(**{WRITES: True})
            with connection.begin():
                if is_postgresql(connection) and not concurrent:
                    connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
                yield connection

    def upgrade(self, *, contract: bool = False) -> bool:
        """Bring the tables up to date. Of several processes that do so at once, one does the work.

        While machines are replaced one after the other, the former program still uses the tables:
        what that could not live with is left undone, unless this one needs it or it is asked for.

        Args:
            contract: also do what only programs as new as this one can live with.

        Returns:
            Whether anything had to be done.

        Raises:
            DatabaseUnavailableError: it cannot be reached, or others hold it.
            InputError: tables of a newer program, which this one cannot live with.
        """
        if self.version() >= LATEST:
            return False
        from sizzle.database.upgrading import upgrade

        with self.writing() as connection:
            found = _version(connection)
            return found < LATEST and upgrade(connection, found, OLDEST, LATEST, contract=contract)

    def upgrade_once(self) -> None:
        """Bring the tables up to date, unless this was done before. Raises as `upgrade`."""
        if not self._upgraded:
            self.upgrade()
            self._upgraded = True

    def version(self) -> str:
        """The version of the tables; empty where there are none yet.

        Raises:
            DatabaseUnavailableError: it cannot be reached.
            InputError: tables of a newer program, which this one cannot live with.
        """
        with self.reading() as connection:
            found = _version(connection)
            permitted = _oldest_program(connection) if found > LATEST else LATEST
        if permitted > LATEST:
            raise InputError(
                f"The database has tables of version {found}, for programs that know {permitted} "
                f"or later; this program knows {LATEST}.",
                where=self.name,
                fix="use the newer version of the program that has upgraded it.",
            )
        return found

    def remove_traces(self) -> None:
        """Have no file of the database hold what was deleted before, as far as it is ours to say.

        Raises:
            DatabaseUnavailableError: others read or write for too long.
        """
        with self._explained(), self._engine.connect() as connection:
            if is_postgresql(connection):
                connection.rollback()
                connection.execution_options(isolation_level="AUTOCOMMIT")
                tables = ", ".join(table.name for table in METADATA.sorted_tables)
                connection.execute(text(f"VACUUM {tables}"))
            else:
                driver = connection.connection.driver_connection
                assert driver is not None
                connection.rollback()
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file of SQLite."""
        return self._engine.dialect.name == "sqlite"

    def row_reader(self, query: Select[Any]) -> RowReader:
        """Reads rows with a query that is asked many times."""
        reader = RowReader(self._engine, self.reading, query)
        self._readers.append(reader)
        return reader

    def process_lock(self, name: str) -> ProcessLock:
        """A lock that ends with the process that holds it."""
        return process_lock(self._url, name)

    def notices(self) -> Notices:
        """Waits for commits that `notify` tells of."""
        return Notices(self._url)

    def close(self) -> None:
        """Close all connections."""
        for reader in self._readers:
            reader.close()
        self._engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:  # the latter from setting up a connection
            ours = translated(error, self.name)
            if ours is None:
                raise
            raise ours from error


def _version(connection: Connection) -> str:
    """Read without Alembic, whose import takes longer than most starts of the service need."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or "")


def _oldest_program(connection: Connection) -> str:
    """The oldest program that tables of v0008 or later permit, by the version that it knows."""
    return str(connection.execute(text("SELECT oldest_program FROM alembic_version")).scalar())
