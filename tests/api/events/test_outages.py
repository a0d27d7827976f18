"""Outages of the database under load: each event that was answered is there once, over HTTP."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import pytest
from sqlalchemy import URL, make_url

from sizzle.api.auth.api_keys import ApiScope
from sizzle.database import Database
from tests.api.events.event_app import EventApp, statuses
from tests.api.events.retrying_client import RetryingClient
from tests.browser import serving
from tests.databases import KINDS, new_database, own_server
from tests.events.sample_events import sent
from tests.programs import find_package
from tests.small_disk import filled, small_disk

_CLIENTS = 4
_PATIENCE = 60.0  # seconds


@pytest.mark.parametrize("kind", KINDS)
def test_a_database_that_is_held_is_said(
    kind: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """503 with when to try again, and readiness says which part; then all is well again."""
    url = new_database(kind, tmp_path, tmp_path_factory)
    service, holder = EventApp(tmp_path, patience=0.1, url=url), Database(url)
    service.log.upgrade()
    with holder.writing():
        answer = service.post(sent())
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "2"
        assert "others hold it" in _degraded(service)
    assert statuses(service.post(sent())) == ["accepted"]
    assert _degraded(service) == ""
    service.log.close()
    holder.close()


def test_a_database_that_is_away_is_said(tmp_path: Path) -> None:
    """There is no server at the address: 503, again and again, and the service goes on."""
    find_package("psycopg")
    url = URL.create("postgresql", "nobody", database="none", query={"host": str(tmp_path)})
    service = EventApp(tmp_path, url=url)
    for _ in range(2):
        answer = service.post(sent())
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "cannot be used" in _degraded(service)
    assert service.client(ApiScope.READ).get("/v1/assets").status_code == 200
    service.log.close()


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_no_outage_loses_what_was_answered(kind: str, tmp_path: Path) -> None:
    """Others hold the database, its disk is full, its server is stopped and started."""
    with (
        TemporaryDirectory() as folder,  # a short path, for PostgreSQL's socket
        small_disk(Path(folder), "300m") as disk,
        _database(kind, disk) as (url, outages),
    ):
        service = EventApp(tmp_path, patience=0.3, url=url)
        key, stop = service.keys[ApiScope.EVENTS_WRITE], Event()
        with serving(service.app) as address:
            port = make_url(address).port
            clients = [RetryingClient(n, port, stop, key) for n in range(_CLIENTS)]
            for client in clients:
                client.start()
            try:
                for name, outage in {"full": lambda: filled(disk), **outages}.items():
                    _go_through(name, outage, service, clients)
            finally:
                stop.set()
                for client in clients:
                    client.join()
        answered = [each for client in clients for each in client.answered]
        kept = Counter(logged.event.event_id for logged in service.log.read_all())
        service.log.close()
    assert [each for each in answered if kept[each] != 1] == []
    assert max(kept.values()) == 1


def _go_through(
    name: str, outage: Callable[[], Any], service: EventApp, clients: list[RetryingClient]
) -> None:
    """Until some are refused, and afterwards until each is answered again."""
    before = Counter(status for client in clients for status in client.statuses.elements())
    with outage():
        _wait(lambda: _refusals(clients) > before[503] + before[507], name)
        assert _degraded(service) != "", name
    answered = [len(client.answered) for client in clients]
    _wait(lambda: all(len(c.answered) > n for c, n in zip(clients, answered, strict=True)), name)
    assert _degraded(service) == "", name
    assert {s for client in clients for s in client.statuses} <= {202, 503, 507}


def _refusals(clients: list[RetryingClient]) -> int:
    return sum(client.statuses[503] + client.statuses[507] for client in clients)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[tuple[URL, dict[str, Callable[[], Any]]]]:
    """A database of its own on a disk, and what may happen to it."""
    if kind == "sqlite":
        url = URL.create("sqlite", database=str(folder / "sizzle.db"))
        yield url, {"held": lambda: _held(url)}
        return
    with own_server(folder / "postgresql") as server:
        yield server.url, {"held": lambda: _held(server.url), "stopped": server.stopped}


@contextmanager
def _held(url: URL) -> Iterator[None]:
    holder = Database(url, patience=30)
    with holder.writing():
        yield
    holder.close()


def _wait(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def _degraded(service: EventApp) -> str:
    """What readiness says of events."""
    service.health.refresh()
    degraded: list[str] = service.client().get("/readyz").json()["degraded"]
    return next((text for text in degraded if text.startswith("events: ")), "")
