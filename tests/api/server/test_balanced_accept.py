"""Connections that workers share, and answers that go out in one piece: uvicorn, as it is run."""

from __future__ import annotations

import multiprocessing
import os
import socket
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from sizzle.api.server import balanced_accept
from sizzle.api.server.timeouts import PatientProtocol
from sizzle.api.server.workers import SHARING_LOOP

MANY = 40
PATIENCE = 30.0


class Workers:
    """Processes that accept from one socket, and answer with their own number."""

    def __init__(self, counts: Path) -> None:
        balanced_accept.prepare_file(counts)
        self._counts = counts
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2 * MANY)
        self._context = multiprocessing.get_context("spawn")
        self.processes: list[BaseProcess] = []

    def start(self) -> BaseProcess:
        """One more, which has begun."""
        begun = self._context.Event()
        process = self._context.Process(
            target=_work, args=(self._socket, str(self._counts), begun), daemon=True
        )
        process.start()
        self.processes.append(process)
        assert begun.wait(PATIENCE)
        return process

    def connect(self, count: int) -> Iterator[HTTPConnection]:
        """Clients that come together; each asks once all are there, and keeps its connection."""
        port = self._socket.getsockname()[1]
        clients = [HTTPConnection("127.0.0.1", port, timeout=PATIENCE) for _ in range(count)]
        for client in clients:
            client.connect()
        yield from clients

    def close(self) -> None:
        """End them all."""
        for process in self.processes:
            process.kill()
            process.join()
        self._socket.close()


def _work(bound: socket.socket, counts: str, begun: multiprocessing.synchronize.Event) -> None:
    os.environ[balanced_accept.FILE] = counts

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return
        body = str(os.getpid()).encode()
        headers = [(b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            begun.set()

    config = uvicorn.Config(
        app, loop=SHARING_LOOP, http=PatientProtocol, lifespan="off", log_level="error"
    )
    Server(config).run([bound])


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    """None yet."""
    made = Workers(tmp_path / "connections")
    yield made
    made.close()


def test_connections_that_come_together_are_shared_evenly(workers: Workers) -> None:
    """Two workers, and about as many for each; a third who comes later catches up.

    About: a worker that a busy machine lets wait for longer than the others do gets fewer.
    """
    workers.start(), workers.start()
    kept = list(workers.connect(MANY))
    had = Counter(map(_answered_by, kept))
    assert len(had) == 2
    assert min(had.values()) >= MANY / 4
    third = workers.start()
    kept += workers.connect(MANY // 2)
    assert Counter(map(_answered_by, kept))[third.pid or 0] >= MANY / 4
    _close(kept)


def test_a_dead_worker_keeps_nobody_waiting(workers: Workers) -> None:
    """Who has more connections than it had takes new ones all the same."""
    dead, alive = workers.start(), workers.start()
    kept = list(workers.connect(MANY))
    assert len(Counter(map(_answered_by, kept))) == 2
    dead.kill()
    dead.join()
    began = time.monotonic()
    late = list(workers.connect(MANY // 2))
    assert Counter(map(_answered_by, late)) == {alive.pid: MANY // 2}
    assert time.monotonic() - began < PATIENCE / 2
    _close([*kept, *late])


def _answered_by(client: HTTPConnection) -> int:
    client.request("GET", "/")
    return int(client.getresponse().read())


def _close(clients: list[HTTPConnection]) -> None:
    for client in clients:
        client.close()
