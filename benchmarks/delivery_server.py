"""The service in a process of its own, which tells how much CPU it has used."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

import uvicorn
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles

from sizzle.api.server.timeouts import TimeoutProtocol
from sizzle.reel import TimecodeList
from tests.api.delivery_app import app_of

_PATIENCE = 60.0


class Connection:
    """One connection to a server of this machine, kept open."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def get(self, path: str) -> bytes:
        """The body at a path."""
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        body = answer.read()
        assert answer.status == 200, (answer.status, path, body[:500])
        return body


class Client(Connection):
    """A connection to the service."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.port = port

    def cpu(self) -> float:
        """Seconds of CPU that the service has used, in all its threads."""
        return float(self.get("/cpu"))


def at_once(port: int, plays: Sequence[Callable[[Callable[[str], bytes]], None]]) -> None:
    """Let players play at the same time, each over a connection of its own."""
    with ExitStack() as open_, ThreadPoolExecutor(len(plays)) as pool:
        connections = [open_.enter_context(closing(Connection(port))) for _ in plays]
        playing = [
            pool.submit(play, connection.get)
            for play, connection in zip(plays, connections, strict=True)
        ]
        for future in playing:
            future.result()


@contextmanager
def serving(root: Path, static: Path, *reels: TimecodeList) -> Iterator[Client]:
    """A service of some reels, and of the files of a folder as they lie, under `/static`."""
    ours, its = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    process = context.Process(
        target=_serve, args=(its, root, static, [reel.model_dump_json() for reel in reels])
    )
    process.start()
    try:
        yield Client(ours.recv())
    finally:
        process.terminate()
        process.join()


def _serve(ready: Pipe, root: Path, static: Path, reels: list[str]) -> None:
    app = app_of(root, *map(TimecodeList.model_validate_json, reels))
    app.add_route("/cpu", lambda _: PlainTextResponse(str(time.process_time())))
    app.mount("/static", StaticFiles(directory=static))
    # The client waits on its connection while others are measured.
    config = uvicorn.Config(
        app,
        port=0,
        http=TimeoutProtocol,  # as the service has it
        access_log=False,
        log_level="error",
        lifespan="off",
        timeout_keep_alive=600,
    )
    server = uvicorn.Server(config)
    socket = server.config.bind_socket()
    socket.listen()
    ready.send(socket.getsockname()[1])
    server.run(sockets=[socket])
