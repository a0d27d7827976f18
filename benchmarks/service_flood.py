"""A load that costs next to nothing to make: requests in pipelines, whose answers are thrown away.

Where one sends a request at a time, who sends takes half as much of the processor as who answers,
and to read the answers costs a third: on a machine of two cores two workers would then be measured
by what is left of it. So the kernel throws away all but the last answer of each pipeline, unread
(`MSG_TRUNC`). That one is looked at; the others are held to be as good, as the service would
otherwise have sent fewer bytes before it.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_GOOD = b"HTTP/1.1 200 "
_HEAD_ENDS, _LENGTH = b"\r\n\r\n", b"content-length: "
_AT_ONCE = 1 << 20  # bytes
_PAUSE = 0.001  # seconds in which answers gather, to be taken together
_SLACK = 16  # bytes by which answers to the same may differ: they are numbered


@dataclass(frozen=True, slots=True)
class Flood:
    """What was measured: answers, the seconds they took, and CPU seconds that asking took."""

    answers: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def flood(
    port: int, requests: Sequence[bytes], connections: int, depth: int, seconds: float
) -> Flood:
    """Send requests, as many at once over each connection as its pipeline is deep.

    Raises:
        AssertionError: an answer that was not 200, or a connection that was closed.
    """
    batch = [requests[at % len(requests)] for at in range(depth)]
    with selectors.DefaultSelector() as ready:
        pipelines = [_Pipeline(port, batch) for _ in range(connections)]
        for each in pipelines:
            ready.register(each.socket, selectors.EVENT_READ, each)
        began, cpu = time.perf_counter(), time.process_time()
        for each in pipelines:
            each.send()
        while (now := time.perf_counter()) < began + seconds:
            for key, _ in ready.select(began + seconds - now):
                key.data.take()
            time.sleep(_PAUSE)
        took, cost = time.perf_counter() - began, time.process_time() - cpu
    for each in pipelines:
        each.socket.close()
    return Flood(sum(each.answers for each in pipelines), took, cost)


@dataclass(slots=True)
class _Pipeline:
    port: int
    batch: Sequence[bytes]
    answers: int = 0
    socket: socket.socket = field(init=False)
    _before: int = field(init=False)  # bytes of the answers before the last, less some slack
    _left: int = 0  # of them, that have not come
    _last: bytes = b""  # what came after them
    _sink: bytearray = field(default_factory=lambda: bytearray(_AT_ONCE))

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self._before = sum(self._answer_size(each) - _SLACK for each in self.batch[:-1])

    def _answer_size(self, request: bytes) -> int:
        """Ask one at a time, as at first it is not known how long answers are."""
        self.socket.sendall(request)
        answer = self.socket.recv(_AT_ONCE)
        while not _end_of_good(answer):
            answer += self.socket.recv(_AT_ONCE)
        return len(answer)

    def send(self) -> None:
        self._left, self._last = self._before, b""
        self.socket.sendall(b"".join(self.batch))

    def take(self) -> None:
        if self._left:
            size = min(self._left, _AT_ONCE)
            came = self.socket.recv_into(self._sink, size, socket.MSG_TRUNC)
            assert came, "the service has closed a connection"
            self._left -= came
            return
        data = self.socket.recv(_AT_ONCE)
        assert data, "the service has closed a connection"
        self._last += data
        if _end_of_good(self._last) == len(self._last):
            self.answers += len(self.batch)
            self.send()


def _end_of_good(data: bytes) -> int:
    """Where the last answer ends that began there and is 200; 0 if it is not all there."""
    start = data.rfind(_GOOD)
    head = data.find(_HEAD_ENDS, start)
    if start < 0 or head < 0:
        return 0
    at = data.index(_LENGTH, start) + len(_LENGTH)
    end = head + len(_HEAD_ENDS) + int(data[at : data.index(b"\r", at)])
    return end if end <= len(data) else 0
