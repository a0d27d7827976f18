"""Each event that was answered is there once, however often the service is killed meanwhile."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import make_url

from sizzle.database import Database
from sizzle.eventlog import EventLog
from tests.api.events.event_server import KEY, serve
from tests.api.events.retrying_client import RetryingClient
from tests.databases import KINDS, empty_database
from tests.forks import start

_CLIENTS = 8


def _answered_through_kills(url: str, kills: int) -> list[str]:
    chance = random.Random(kills)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = start(serve, url, listening)
        clients = [RetryingClient(n, listening.getsockname()[1], stop) for n in range(_CLIENTS)]
        for client in clients:
            client.start()
        try:
            for _ in range(kills):
                before = sum(len(client.answered) for client in clients)
                deadline = time.monotonic() + 60
                while sum(len(client.answered) for client in clients) == before:
                    assert time.monotonic() < deadline, "no event was answered"
                    time.sleep(0.01)
                time.sleep(chance.random() * 0.1)
                process.kill()
                process.join()
                process = start(serve, url, listening)
        finally:
            stop.set()
            for client in clients:
                client.join()
            process.kill()
            process.join()
    return [each for client in clients for each in client.answered]


def _check(kind: str, folder: Path, factory: pytest.TempPathFactory, kills: int) -> None:
    url = empty_database(kind, folder, factory).render_as_string(hide_password=False)
    answered = _answered_through_kills(url, kills)
    log = EventLog(Database(make_url(url)), KEY)
    kept = Counter(logged.event.event_id for logged in log.read_all())
    log.close()
    assert len(answered) >= kills
    assert [each for each in answered if kept[each] != 1] == []
    assert max(kept.values()) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_answered_is_lost(
    kind: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Ten kills, at random moments under load."""
    _check(kind, tmp_path, tmp_path_factory, kills=10)


@pytest.mark.full
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_answered_is_lost_in_many_kills(
    kind: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two hundred."""
    _check(kind, tmp_path, tmp_path_factory, kills=200)
