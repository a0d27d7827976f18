"""Responses to repeated requests: in either database, for all processes and machines."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, text

import sizzle.database.workers as workers
from sizzle.api.middleware.idempotency_store import (
    IdempotencyStore,
    RequestInProgressError,
    StoredResponse,
)
from sizzle.database import Database, DatabaseUnavailableError, Worker
from tests.databases import sqlite_in

RESPONSE = StoredResponse("00ff", 201, [("location", "/é")], b"\x00body")
LEASE = 0.4


@pytest.fixture
def machines(url: URL, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[IdempotencyStore]]:
    """The stores of two machines: neither can see whether a process of the other runs."""
    databases, stores = [], []
    for name in ("one", "other"):
        monkeypatch.setattr(workers, "_machine", lambda name=name: name)
        databases.append(Database(url))
        stores.append(IdempotencyStore(databases[-1], Worker(databases[-1], lease=LEASE)))
    yield stores
    for store, database in zip(stores, databases, strict=True):
        store._worker.leave()
        database.close()


def test_each_machine_repeats_what_the_other_answered(machines: list[IdempotencyStore]) -> None:
    """To the byte; a request that failed may be made again by either."""
    one, other = machines
    assert one.begin("a") is None
    one.finish("a", RESPONSE)
    assert other.begin("a") == one.begin("a") == RESPONSE
    assert other.begin("b") is None
    other.finish("b", None)
    assert one.begin("b") is None


def test_of_all_that_begin_a_request_at_once_one_makes_it(
    machines: list[IdempotencyStore],
) -> None:
    """Eight at a time, in two processes: one begins, and the others are refused meanwhile."""
    machines[0].begin("other")  # makes the tables

    def begin(number: int) -> bool:
        try:
            return machines[number % 2].begin("a") is None
        except RequestInProgressError:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(begin, range(8))) == 1


def test_a_request_of_a_machine_that_was_cut_off_is_taken_over(
    machines: list[IdempotencyStore],
) -> None:
    """As soon as its lease is over, once; as long as it works, its request is in progress."""
    one, other = machines
    assert one.begin("a") is None
    time.sleep(2 * LEASE)  # the lease is extended
    with pytest.raises(RequestInProgressError):
        other.begin("a")
    one._worker._left = True  # as if the machine had stopped
    time.sleep(2 * LEASE)
    assert other.begin("a") is None
    other.finish("a", RESPONSE)
    one.finish("a", StoredResponse("", 200, [], b"late"))
    assert one.begin("a") == RESPONSE


def test_what_cannot_be_stored_at_once_is_stored_later(
    machines: list[IdempotencyStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away as the request was answered: it is not made again for that."""
    one, other = machines
    assert one.begin("a") is None

    def away(*_: object, **__: object) -> Any:  # noqa: ANN401 - never returns
        raise DatabaseUnavailableError("away")

    with monkeypatch.context() as patched:
        patched.setattr(one._database, "writing", away)
        with pytest.raises(DatabaseUnavailableError):
            one.finish("a", RESPONSE)
    assert one.begin("b") is None
    assert other.begin("a") == RESPONSE


def test_responses_are_kept_for_a_day(url: URL) -> None:
    """Then the request is a new one."""
    database = Database(url)
    store = IdempotencyStore(database)
    store.begin("a")
    store.finish("a", RESPONSE)
    with database.writing() as connection:
        connection.execute(text("UPDATE requests SET started = started - 86400001"))
    later = IdempotencyStore(database)
    assert later.begin("a") is None
    later.finish("a", None)
    for each in (store, later):
        each._worker.leave()
    database.close()


def test_the_responses_of_the_version_before_are_kept(tmp_path: Path) -> None:
    """Its file is read once, and removed; one that is damaged does no harm."""
    former = tmp_path / "idempotency.db"
    with sqlite3.connect(former) as connection:
        connection.execute(
            "CREATE TABLE requests (name TEXT PRIMARY KEY, started REAL NOT NULL, worker TEXT NOT "
            "NULL, body_sha256 TEXT, status INTEGER, headers TEXT, body BLOB) WITHOUT ROWID"
        )
        answered = ("a", time.time(), "1 2", "00ff", 201, '[["location", "/é"]]', b"\x00body")
        connection.execute("INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?)", answered)
        connection.execute("INSERT INTO requests (name, started, worker) VALUES ('b', 1, '1 2')")
    connection.close()
    store = IdempotencyStore(sqlite_in(tmp_path), former=former)
    assert store.begin("a") == RESPONSE
    assert store.begin("b") is None
    assert not former.exists()
    former.write_bytes(b"not a database, but long enough to be read as one" * 50)
    assert IdempotencyStore(sqlite_in(tmp_path), former=former).begin("a") == RESPONSE
