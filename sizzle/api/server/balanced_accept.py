"""An event loop that leaves connections to workers who have fewer.

Workers accept from one socket. uvloop takes all that waits there at once, so that of 64 connections
that came together one of two workers took up to 64; and as clients keep theirs open, it went on
alone. Sockets of the workers' own (SO_REUSEPORT) would share by chance, and leave what waits for a
worker that has died to nobody.
"""

from __future__ import annotations

import asyncio
import fcntl
import mmap
import os
from collections.abc import Callable
from pathlib import Path
from socket import socket
from typing import Any, Final

import uvloop

FILE: Final = "SIZZLE_CONNECTIONS"
"""The environment variable that names the file where workers put how many connections they have."""

_WORKERS = 256  # that are counted; more take what they find
_BYTES = 4  # of a count
_NOBODY = 0xFFFFFFFF
_MOMENT = 0.001  # seconds that connections are left to others
_NO_MORE = 0.5  # seconds until trying again, where the system had no file to give


def prepare_file(path: Path) -> None:
    """Make the file, before the workers begin."""
    path.write_bytes(_NOBODY.to_bytes(_BYTES, "little") * _WORKERS)


class Counts:
    """How many connections each worker has, in memory that they share."""

    def __init__(self, path: Path) -> None:
        """Take a place in the file; a lock holds it, which the system frees if the worker dies."""
        self._file = path.open("r+b")
        self._counts = memoryview(mmap.mmap(self._file.fileno(), _WORKERS * _BYTES)).cast("I")
        self._place = self._take_place()
        self.is_least(0)  # told at once: others need not wait until it has seen somebody

    def _take_place(self) -> int | None:
        for place in range(_WORKERS):
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, _BYTES, place * _BYTES)
            except OSError:
                continue
            return place
        return None

    def is_least(self, held: int) -> bool:
        """Whether no other worker has fewer than this one, who tells so what it has."""
        if self._place is None:
            return True
        self._counts[self._place] = held
        return held <= min(self._counts)

    def close(self) -> None:
        """Give the place back."""
        if self._place is not None:
            self._counts[self._place] = _NOBODY
        self._file.close()


class SharingLoop(uvloop.Loop):
    """uvloop, but who has more connections than another worker waits a moment before taking one."""

    async def create_server(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], Any],
        *,
        sock: socket,
        backlog: int,
        **_options: object,
    ) -> _Listener:
        """Accept connections from a socket that all workers have."""
        sock.setblocking(False)
        sock.listen(backlog)
        return _Listener(self, protocol_factory, sock, Counts(Path(os.environ[FILE])))


class _Listener:
    """What uvicorn needs of a server.

    The wait is short, so that a worker that is busy, or dead, keeps nobody waiting for long.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], Any],
        bound: socket,
        counts: Counts,
    ) -> None:
        self._loop, self._protocol_factory = loop, protocol_factory
        self._socket, self._counts = bound, counts
        self._held: set[Any] = set()  # uvicorn's, of the connections that are open
        self._coming: set[asyncio.Task[Any]] = set()  # of those that were accepted just now
        self._waiting: asyncio.TimerHandle | None = None
        self._look_out()

    def close(self) -> None:
        """Accept no more."""
        self._loop.remove_reader(self._socket)
        if self._waiting is not None:
            self._waiting.cancel()
        self._counts.close()

    async def wait_closed(self) -> None:
        """Nothing is left to wait for."""

    def _look_out(self) -> None:
        self._waiting = None
        self._loop.add_reader(self._socket, self._see)

    def _see(self) -> None:
        """Somebody is there."""
        if self._counts.is_least(len(self._held) + len(self._coming)):
            self._take()
        else:
            self._look_away(_MOMENT, self._take_if_still_there)

    def _take_if_still_there(self) -> None:
        self._look_out()
        self._take()

    def _look_away(self, seconds: float, then: Callable[[], None]) -> None:
        self._loop.remove_reader(self._socket)
        self._waiting = self._loop.call_later(seconds, then)

    def _take(self) -> None:
        """Accept one, unless another worker was faster."""
        try:
            connection, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError:  # too many files are open: some will be closed
            self._look_away(_NO_MORE, self._look_out)
            return
        connection.setblocking(False)
        task = self._loop.create_task(
            self._loop.connect_accepted_socket(self._protocol, connection)
        )
        self._coming.add(task)
        task.add_done_callback(self._coming.discard)

    def _protocol(self) -> Any:  # noqa: ANN401 - uvicorn's
        protocol = self._protocol_factory()
        self._held = protocol.connections
        return protocol
