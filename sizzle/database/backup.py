"""Backups: all rows of a database as they were at one moment, in a file of SQLite.

A backup of either database can be restored into either, so that it also moves an installation from
SQLite to PostgreSQL. Positions stay what they were, and none is used again: who follows goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from sqlalchemy import URL, Connection, Table, func, insert, select, text

from sizzle.database.database import Database
from sizzle.database.tables import METADATA
from sizzle.errors import InputError, SizzleError
from sizzle.files import replacing

_ROWS: Final = 2000  # read and written at a time


def back_up(database: Database, path: Path) -> dict[str, int]:
    """Write a backup, whole or not at all, while others read and write.

    Args:
        database: with tables of the newest version.
        path: of the new file.

    Returns:
        The number of rows, by table.

    Raises:
        InputError: the file exists already.
        DatabaseUnavailableError, DatabaseFullError: of either side.
    """
    if path.exists():
        raise InputError(f"{path} exists already.", fix="name a new file for each backup.")
    with replacing(path) as unfinished:
        with _opened(unfinished) as backup, database.snapshot() as source:
            counts = _copy(source, backup)
            backup.remove_traces()  # moves the write-ahead log into the file, or raises
        for suffix in ("-wal", "-shm"):
            Path(f"{unfinished}{suffix}").unlink(missing_ok=True)
    return counts


def restore(database: Database, path: Path) -> dict[str, int]:
    """Fill an empty database from a backup, in one transaction.

    Args:
        database: with tables of the newest version.
        path: of the backup, which may be of an earlier version.

    Returns:
        The number of rows, by table.

    Raises:
        InputError: the file is no backup, or the database is not empty.
        DatabaseUnavailableError, DatabaseFullError: of either side.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path}.", fix="name one of `sizzle database backup`.")
    with TemporaryDirectory(prefix="sizzle-restore-", dir=path.absolute().parent) as folder:
        copied = Path(folder) / "backup.db"  # as an earlier version has to be upgraded
        shutil.copyfile(path, copied)
        _check(copied, path)
        with _opened(copied) as backup, backup.snapshot() as source:
            return _copy(source, database)


@contextmanager
def _opened(path: Path) -> Iterator[Database]:
    database = Database(URL.create("sqlite", database=str(path)))
    try:
        database.upgrade()
        yield database
    finally:
        database.close()


def _check(copied: Path, path: Path) -> None:
    database = Database(URL.create("sqlite", database=str(copied)))
    try:
        found = database.version()
    except SizzleError as error:
        raise _no_backup(path) from error
    finally:
        database.close()
    if not found:
        raise _no_backup(path)


def _copy(source: Connection, target: Database) -> dict[str, int]:
    counts = {}
    with target.writing() as connection:
        for table in METADATA.sorted_tables:
            if connection.execute(select(func.count()).select_from(table)).scalar_one():
                raise InputError(
                    f"The table {table.name} is not empty.",
                    where=str(target),
                    fix="restore into a new database: name another one with --database.",
                )
            counts[table.name] = _copy_rows(source, connection, table)
            _copy_sequence(source, connection, table)
    return counts


def _copy_rows(source: Connection, target: Connection, table: Table) -> int:
    count = 0
    streamed = source.execution_options(yield_per=_ROWS).execute(select(table))
    for rows in streamed.mappings().partitions():
        target.execute(insert(table), [dict(row) for row in rows])
        count += len(rows)
    return count


def _copy_sequence(source: Connection, target: Connection, table: Table) -> None:
    """Have the target number on from the source's last position, even if that row is gone."""
    if table.autoincrement_column is None or not table.kwargs.get("sqlite_autoincrement"):
        return
    last = _last_position(source, table)
    if last is None:
        return
    if target.dialect.name == "postgresql":
        target.execute(select(func.setval(_sequence_of(table), last)))
        return
    target.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
    target.execute(
        text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"),
        {"name": table.name, "seq": last},
    )


def _last_position(connection: Connection, table: Table) -> int | None:
    if connection.dialect.name == "postgresql":
        return connection.execute(
            select(func.pg_sequence_last_value(text(f"'{_sequence_of(table)}'::regclass")))
        ).scalar()
    return connection.execute(
        text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name}
    ).scalar()


def _sequence_of(table: Table) -> str:
    """PostgreSQL's own name of it."""
    column = table.autoincrement_column
    assert column is not None
    return f"{table.name}_{column.name}_seq"


def _no_backup(path: Path) -> InputError:
    return InputError(
        f"{path} is not a backup of a database.", fix="name a file of `sizzle database backup`."
    )
