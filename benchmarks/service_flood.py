"""A load that costs next to nothing to make: requests in pipelines, whose answers are only counted.

Where one sends a request at a time, who sends takes half as much of the processor as who answers:
on a machine of two cores two workers would then be measured by what is left of it.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

_ANSWER, _GOOD = b"HTTP/1.1 ", b"HTTP/1.1 200 "
_HEAD_ENDS, _LENGTH = b"\r\n\r\n", b"content-length: "
_AT_ONCE = 1 << 20  # bytes
_PAUSE = 0.001  # seconds in which answers gather, to be taken together


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
    batch = b"".join(requests[at % len(requests)] for at in range(depth))
    with selectors.DefaultSelector() as ready:
        pipelines = [_Pipeline(port, batch, depth) for _ in range(connections)]
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
    batch: bytes
    depth: int
    answers: int = 0
    socket: socket.socket = field(init=False)
    _left: int = 0  # answers to the batch that have not begun
    _last: bytes = b""  # of the answer that came last, what came of it

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))

    def send(self) -> None:
        self._left, self._last = self.depth, b""
        self.socket.sendall(self.batch)

    def take(self) -> None:
        data = self.socket.recv(_AT_ONCE)
        assert data, "the service has closed a connection"
        known = 1 if self._last else 0
        data = self._last + data
        begun = data.count(_ANSWER)
        # An answer of whose status only a part has come is looked at with what comes next.
        told = data.count(_ANSWER, 0, len(data) - len(_GOOD) + len(_ANSWER))
        assert told == data.count(_GOOD), "an answer was not 200"
        self.answers += begun - known
        self._left -= begun - known
        self._last = data[data.rfind(_ANSWER) :] if begun else data
        if not self._left and _is_whole(self._last):
            self.send()


def _is_whole(answer: bytes) -> bool:
    head = answer.find(_HEAD_ENDS)
    at = answer.find(_LENGTH)
    if head < 0 or at < 0:
        return False
    size = int(answer[at + len(_LENGTH) : answer.index(b"\r", at)])
    return len(answer) >= head + len(_HEAD_ENDS) + size
