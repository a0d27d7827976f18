"""A load generator: raw requests over kept connections, each sent once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import cast

import uvloop

_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured.

    Attributes:
        seconds: from the first request to the last answer.
        times: seconds of each request, sorted.
        size: bytes of the largest answer, without its head.
    """

    seconds: float
    times: list[float]
    size: int

    def percentile(self, share: float) -> float:
        """Seconds that this share of the requests took at most."""
        return self.times[min(len(self.times) - 1, int(len(self.times) * share))]


def request(path: str, body: bytes, key: str) -> bytes:
    """A POST of JSON under an API key, as bytes on the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        f"authorization: Bearer {key}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def load(port: int, requests: Iterable[bytes], connections: int) -> Load:
    """Send requests to a server on this machine, one at a time over each connection.

    Raises:
        AssertionError: an answer that is not 200, or a connection that was closed.
    """
    return uvloop.run(_load(port, requests, connections))


async def _load(port: int, requests: Iterable[bytes], connections: int) -> Load:
    loop = asyncio.get_running_loop()
    waiting, times = iter(requests), list[float]()
    clients = [_Client(waiting, times) for _ in range(connections)]
    for client in clients:
        await loop.create_connection(partial(_itself, client), "127.0.0.1", port)
    began = time.perf_counter()
    for client in clients:
        client.send()
    await asyncio.gather(*(client.done for client in clients))
    seconds = time.perf_counter() - began
    return Load(seconds, sorted(times), max(client.size for client in clients))


def _itself(client: _Client) -> _Client:
    return client


class _Client(asyncio.Protocol):
    """One connection, which takes the next request once the last one is answered."""

    def __init__(self, requests: Iterator[bytes], times: list[float]) -> None:
        self._requests = requests
        self._times = times
        self._began = 0.0
        self.size = 0
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has another base class

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(_HEAD_END)
        if end < 0:
            return
        head = self._received[: end + 2].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        size = int(head[at : head.index(b"\r", at)])
        if len(self._received) < end + len(_HEAD_END) + size:
            return
        self._times.append(time.perf_counter() - self._began)
        if not self._received.startswith(b"HTTP/1.1 200"):
            self.done.set_exception(AssertionError(bytes(self._received)))
            return
        self.size = max(self.size, size)
        self._received.clear()
        self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(AssertionError("the server closed a connection"))

    def send(self) -> None:
        """Send the next request, or hang up after the last."""
        assert self._transport is not None
        following = next(self._requests, None)
        if following is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._began = time.perf_counter()
        self._transport.write(following)
