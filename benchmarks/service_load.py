"""A load generator that costs little: raw requests over kept connections, in processes."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import cast

import uvloop

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured.

    Attributes:
        seconds: how long it took.
        times: seconds of each request, sorted.
        errors: answers that were not 200.
    """

    seconds: float
    times: Sequence[float]
    errors: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.times) / self.seconds

    def percentile(self, share: float) -> float:
        """Seconds that this share of the requests took at most."""
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


def request(path: str, body: bytes) -> bytes:
    """A POST of JSON, as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def load(
    port: int, requests: Sequence[bytes], connections: int, seconds: float, processes: int = 1
) -> Load:
    """Send requests, each connection one after the other, round and round.

    Args:
        port: of the service, on this machine.
        requests: what to send.
        connections: in all.
        seconds: for how long.
        processes: that send them.
    """
    context = multiprocessing.get_context("spawn")
    pipes = [context.Pipe() for _ in range(processes)]
    share = connections // processes
    workers = [
        context.Process(target=_work, args=(its, port, requests, share, seconds))
        for _, its in pipes
    ]
    for worker in workers:
        worker.start()
    for ours, _ in pipes:
        ours.recv()
    for ours, _ in pipes:
        ours.send(None)
    parts: list[Load] = [ours.recv() for ours, _ in pipes]
    for worker in workers:
        worker.join()
    return Load(
        max(part.seconds for part in parts),
        sorted(each for part in parts for each in part.times),
        sum(part.errors for part in parts),
    )


def _work(
    pipe: Connection, port: int, requests: Sequence[bytes], connections: int, seconds: float
) -> None:
    pipe.send(None)
    pipe.recv()
    pipe.send(uvloop.run(_all(port, requests, connections, seconds)))


async def _all(port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Load:
    began = time.perf_counter()
    clients = [_Client(requests, at, began + seconds) for at in range(connections)]
    loop = asyncio.get_running_loop()
    for client in clients:
        await loop.create_connection(partial(_itself, client), "127.0.0.1", port)
    await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - began
    times = [each for client in clients for each in client.times]
    return Load(took, times, sum(client.errors for client in clients))


def _itself(client: _Client) -> _Client:
    return client


class _Client(asyncio.Protocol):
    """One connection, which sends the next request once the last one is answered."""

    def __init__(self, requests: Sequence[bytes], first: int, until: float) -> None:
        self._requests = requests
        self._until = until
        self._sent = first
        self._began = 0.0
        self._got = bytearray()
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.times: list[float] = []
        self.errors = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are none by their class
        self._send()

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(_END)
        if end < 0:
            return
        at = self._got.index(_LENGTH) + len(_LENGTH)
        size = int(self._got[at : self._got.index(b"\r", at)])
        if len(self._got) < end + len(_END) + size:
            return
        self.times.append(time.perf_counter() - self._began)
        self.errors += not self._got.startswith(b"HTTP/1.1 200")
        self._got.clear()
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.errors += 1
            self.done.set_result(None)

    def _send(self) -> None:
        assert self._transport is not None
        self._began = time.perf_counter()
        if self._began > self._until:
            self.done.set_result(None)
            self._transport.close()
            return
        self._transport.write(self._requests[self._sent % len(self._requests)])
        self._sent += 1
