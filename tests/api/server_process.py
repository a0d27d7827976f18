"""What is measured: the service as `sizzle serve` runs it, and a bare ASGI application."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from urllib.request import urlopen

import uvicorn
from starlette.types import Receive, Scope, Send

from fixtures.histories import demo_histories
from ranker import write_histories
from sizzle.catalog import Catalog
from tests.command_line import SIZZLE
from tests.reel.sample_reels import TITLE_IDS, index_of

_PATIENCE = 120.0  # seconds for a service to start


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers.

    Attributes:
        port: on this machine.
        pid: of its only process, or of its workers' parent.
    """

    port: int
    pid: int

    def cpu(self) -> float:
        """Seconds of CPU that it and its workers have used."""
        return sum(map(_cpu_of, (self.pid, *self.workers())))

    def cpu_of_workers(self) -> list[float]:
        """The same of each worker; a single one is the process itself."""
        return [_cpu_of(pid) for pid in self.workers() or [self.pid]]

    def workers(self) -> list[int]:
        """The processes that it has started."""
        return [int(each) for each in _read(f"/proc/{self.pid}/task/{self.pid}/children").split()]


def prepare(folder: Path) -> None:
    """Publish an asset and train a ranker, as an installation has them."""
    Catalog.open(folder / "catalog").publish(index_of(TITLE_IDS))
    write_histories(folder / "histories.jsonl", demo_histories())
    subprocess.run(
        [*SIZZLE, "train", "histories.jsonl"], cwd=folder, check=True, capture_output=True
    )


@contextmanager
def service(folder: Path, workers: int, **environment: str) -> Iterator[Server]:
    """`sizzle serve` in a folder that was prepared."""
    with (folder / "serve.log").open("wb") as log:
        process = subprocess.Popen(
            [*SIZZLE, "serve", "--port", "0", "--workers", str(workers)],
            cwd=folder,
            env={**os.environ, "SIZZLE_STATE": str(folder / "state"), **environment},
            stderr=log,
        )
    try:
        yield _started(process, folder / "serve.log")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(_PATIENCE)


def _started(process: subprocess.Popen[bytes], log: Path) -> Server:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        address = re.search(r"http://127\.0\.0\.1:(\d+)/", log.read_text())
        if address:
            server = Server(int(address[1]), process.pid)
            _wait_until_ready(server)
            return server
        time.sleep(0.05)
    raise RuntimeError(f"the service did not start: {log.read_text()}")


def _wait_until_ready(server: Server) -> None:
    with urlopen(f"http://127.0.0.1:{server.port}/livez", timeout=_PATIENCE) as answer:
        answer.read()


@contextmanager
def bare(size: int) -> Iterator[Server]:
    """An application that answers everything with so many bytes."""
    context = multiprocessing.get_context("spawn")
    ours, its = context.Pipe()
    process = context.Process(target=_serve_bare, args=(its, size))
    process.start()
    try:
        assert process.pid is not None
        yield Server(ours.recv(), process.pid)
    finally:
        process.terminate()
        process.join()


def _serve_bare(ready: Connection, size: int) -> None:
    body = b"x" * size
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % size)]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    config = uvicorn.Config(
        app, port=0, loop="uvloop", http="httptools", log_level="error", lifespan="off"
    )
    socket = config.bind_socket()
    socket.listen(2048)
    ready.send(socket.getsockname()[1])
    uvicorn.Server(config).run(sockets=[socket])


def _cpu_of(pid: int) -> float:
    """Of all its threads, as the kernel counts it to the nanosecond."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int(_read(f"{thread}/schedstat").split()[0]) for thread in threads) / 1e9


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")
