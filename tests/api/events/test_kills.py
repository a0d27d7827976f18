"""Each event that was answered is there once, however often the service is killed meanwhile."""

from __future__ import annotations

import http.client
import json
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
from tests.databases import KINDS, new_database
from tests.events.sample_events import sent
from tests.forks import start

_CLIENTS = 8


class Client(threading.Thread):
    """Sends batches until it is told to stop, each again under the same ids until it is answered.

    Attributes:
        answered: the ids of events that are durable, as the service said.
    """

    def __init__(self, number: int, port: int, stop: threading.Event) -> None:
        super().__init__()
        self._number, self._port, self._stopping = number, port, stop
        self.answered: list[str] = []

    def run(self) -> None:
        """Send batches of one to five events."""
        batch = 0
        while not self._stopping.is_set():
            ids = [f"{self._number}-{batch}-{n}" for n in range(batch % 5 + 1)]
            while not self._send(ids) and not self._stopping.is_set():
                time.sleep(0.02)
            batch += 1
            time.sleep(0.01)

    def _send(self, ids: list[str]) -> bool:
        body = json.dumps({"events": [sent(id=each) for each in ids]})
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/v1/events", body, headers)
            response = connection.getresponse()
            if response.status != 202:
                return False
            results = json.loads(response.read())["results"]
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        assert {each["status"] for each in results} <= {"accepted", "duplicate"}
        self.answered += ids
        return True


def _answered_through_kills(url: str, kills: int) -> list[str]:
    chance = random.Random(kills)
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        process = start(serve, url, listening)
        clients = [Client(n, listening.getsockname()[1], stop) for n in range(_CLIENTS)]
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
    url = new_database(kind, folder, factory).render_as_string(hide_password=False)
    answered = _answered_through_kills(url, kills)
    log = EventLog(Database(make_url(url)), KEY)
    kept = Counter(each.event.event_id for each in log.read_all())
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
