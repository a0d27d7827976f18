"""Engines for SQLite and PostgreSQL, set up so that a commit is durable and nothing waits long."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import Connection

from sizzle.errors import InputError

WRITES: Final = "sizzle_writes"
"""An execution option: the transaction will write."""

_CONNECTIONS: Final = 8  # of each process, at most


def engine_for(url: URL, patience: float) -> Engine:
    """An engine; nothing is connected yet.

    Args:
        url: of the database.
        patience: seconds to wait for a lock, or for a connection.

    Raises:
        InputError: the driver of PostgreSQL is not installed.
    """
    if url.drivername.startswith("postgresql"):
        return _postgresql(url, patience)
    return _sqlite(url, patience)


def _postgresql(url: URL, patience: float) -> Engine:
    try:
        import psycopg as _  # noqa: F401 - an extra
    except ImportError as error:
        raise InputError(
            "PostgreSQL needs the extra `postgresql`.",
            fix="pip install 'dynamic-sizzles[postgresql]'.",
        ) from error
    options = f"-c synchronous_commit=on -c lock_timeout={int(patience * 1000)}ms"
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=_CONNECTIONS,
        pool_timeout=patience,
        pool_pre_ping=True,  # a server that was restarted meanwhile is connected to again
        connect_args={"options": options, "connect_timeout": max(2, int(patience))},
    )


def _sqlite(url: URL, patience: float) -> Engine:
    assert url.database is not None
    file = Path(url.database)

    engine = create_engine(
        url,
        pool_size=_CONNECTIONS,
        pool_timeout=patience,
        connect_args={"timeout": patience, "check_same_thread": False},
    )

    @event.listens_for(engine, "do_connect")
    def make_folder(*_: object) -> None:
        with suppress(OSError):  # SQLite then says that it cannot open the file
            file.parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None  # `begin` below begins transactions, not the driver
        _use_wal(connection, patience)
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA secure_delete=ON")  # an erased member is not in free pages

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # One that reads first and writes later fails at once where another has written meanwhile.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _use_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Turn on the write-ahead log; SQLite does not wait where another process just does so."""
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def is_postgresql(connection: Connection) -> bool:
    """Whether a connection is one to PostgreSQL."""
    dialect: Any = connection.dialect
    return bool(dialect.name == "postgresql")
