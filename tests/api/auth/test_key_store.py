"""API keys: a file and a database keep them alike, and a file is imported once."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import URL, text

from sizzle.api.app import ServiceOptions, create_app
from sizzle.api.auth.api_keys import ApiScope
from sizzle.api.auth.key_records import KeyFile
from sizzle.api.auth.key_rows import KeyRows
from sizzle.api.auth.key_store import KeyReloader, KeyStore, key_store
from sizzle.database import Database, DatabaseUnavailableError
from sizzle.errors import InputError, NotFoundError
from tests.api.sample_service import Alphabetical, catalog_in
from tests.databases import KINDS, new_database

SCOPES = [ApiScope.READ, ApiScope.WRITE]


@pytest.fixture
def database(url: URL) -> Iterator[Database]:
    """A database of each kind."""
    database = Database(url)
    yield database
    database.close()


@pytest.fixture(params=["file", *KINDS])
def store(
    request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[KeyStore]:
    """A store of each kind."""
    if request.param == "file":
        yield KeyStore(KeyFile(tmp_path))
        return
    database = Database(new_database(request.param, tmp_path, tmp_path_factory))
    yield KeyStore(KeyRows(database, tmp_path))
    database.close()


def test_what_is_created_is_found_until_it_is_revoked(store: KeyStore) -> None:
    """With all that its record says; the last one's end does not open the service."""
    assert not store.read().required
    record, key = store.create("é a test", SCOPES, 2.5, aws=True)
    assert store.read().find(key) == record
    assert (record.scopes, record.rate, record.aws) == (tuple(SCOPES), 2.5, True)
    assert store.read().required
    revoked = store.revoke(record.key_id)
    assert revoked.revoked is not None
    assert store.revoke(record.key_id) == revoked
    assert store.read().find(key) is None
    assert store.read().keys == {record.key_id: revoked}
    assert store.read().required
    with pytest.raises(NotFoundError):
        store.revoke("nobody")
    for scopes, rate in (([], None), (SCOPES, 0.0)):
        with pytest.raises(InputError):
            store.create("b", scopes, rate)


def test_no_key_is_lost_where_several_are_created_at_once(store: KeyStore) -> None:
    """In whatever order."""
    store.create("first", SCOPES)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda number: store.create(f"key {number}", SCOPES)[0], range(8)))
    assert {key.key_id for key in made} < set(store.read().keys)


def test_a_running_service_follows_all_changes(store: KeyStore) -> None:
    """And reads nothing where there are none."""
    reloader = KeyReloader(store)
    record, key = store.create("a test", SCOPES)
    assert reloader.refresh()
    assert reloader.current.find(key) == record
    same = reloader.current
    assert reloader.refresh()
    assert reloader.current is same
    other, _ = store.create("another", SCOPES)
    store.revoke(record.key_id)
    assert reloader.refresh()
    assert reloader.current.find(key) is None
    assert other.key_id in reloader.current.keys


def test_files_of_several_machines_are_imported_once(database: Database, tmp_path: Path) -> None:
    """Each is set aside; what was revoked on one of them is revoked; nothing comes back."""
    machines = [tmp_path / name for name in ("one", "other")]
    files = [KeyStore(KeyFile(machine)) for machine in machines]
    record, key = files[0].create("a test", SCOPES)
    machines[1].mkdir()
    (machines[1] / "keys.json").write_bytes((machines[0] / "keys.json").read_bytes())
    files[1].revoke(record.key_id)
    other, _ = files[1].create("another", SCOPES)
    one, two = (KeyStore(KeyRows(database, machine)) for machine in machines)
    assert one.read().find(key) == record
    assert set(two.read().keys) == {record.key_id, other.key_id}
    assert one.read().find(key) is None
    for machine in machines:
        assert not (machine / "keys.json").exists()
        assert "a test" in (machine / "keys.json.imported").read_text()
        (machine / "keys.json.imported").unlink()
    assert set(one.read().keys) == {record.key_id, other.key_id}
    (machines[0] / "keys.json").write_text("{")
    with pytest.raises(InputError, match="cannot be read"):
        one.read()


def test_a_machine_stays_closed_whatever_becomes_of_the_database(
    database: Database, tmp_path: Path
) -> None:
    """The first key, made on one machine, ends the open mode of all of them for good."""
    one, other = (KeyStore(KeyRows(database, tmp_path / name)) for name in ("one", "other"))
    one.create("a test", SCOPES)
    assert other.read().required
    with database.writing() as connection:
        for table in ("api_keys", "api_access"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert not other.read().keys
    assert other.read().required
    assert not KeyStore(KeyRows(database, tmp_path / "new")).read().required


class Away(KeyRows):
    """Rows of a database that can be away."""

    away = True

    def stamp(self) -> object:
        """As the database would say."""
        if self.away:
            raise DatabaseUnavailableError("The database is away.")
        return super().stamp()


def test_keys_outlive_the_database_for_a_day(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that starts without it knows those of before; whoever is not among them gets 503."""
    known = KeyReloader(KeyStore(KeyRows(database, tmp_path)), tmp_path)
    record, key = KeyStore(KeyRows(database, tmp_path)).create("a test", SCOPES)
    known.refresh()
    rows = Away(database, tmp_path)
    restarted = KeyReloader(KeyStore(rows), tmp_path)
    assert not restarted.healthy
    assert status(tmp_path, restarted, key) == 200
    assert status(tmp_path, restarted, "") == 401
    stranger = KeyStore(KeyFile(tmp_path / "elsewhere")).create("another", SCOPES)[1]
    assert status(tmp_path, restarted, stranger) == 503
    assert not restarted.refresh()
    monkeypatch.setattr(rows, "away", False)
    assert restarted.refresh()
    assert restarted.current.find(key) == record
    assert status(tmp_path, restarted, stranger) == 401
    then = time.time() - 86_401
    os.utime(tmp_path / "keys-known.json", (then, then))
    monkeypatch.setattr(rows, "away", True)
    forgetful = KeyReloader(KeyStore(rows), tmp_path)
    assert status(tmp_path, forgetful, key) == 503
    assert "secret" not in json.dumps([record.to_json()])


def status(folder: Path, keys: KeyReloader, key: str) -> int:
    """How a request is answered."""
    options: Any = ServiceOptions(keys=keys)
    app = create_app(catalog_in(folder).reader(), Alphabetical(), options=options)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    return TestClient(app, headers=headers, client=("192.0.2.7", 1)).get("/v1/assets").status_code


def test_several_machines_share_what_is_in_postgresql(url: URL, tmp_path: Path) -> None:
    """A file of SQLite is one machine's, which keeps its keys beside it."""
    database = Database(url)
    shared = isinstance(key_store(database, tmp_path).records, KeyRows)
    assert shared == (url.drivername == "postgresql")
    database.close()
