"""Requests that are changed below what HTTP libraries let one change.

Bytes are flipped, cut out, doubled and swapped anywhere, also in the request line and in lengths.
"""

from __future__ import annotations

import json
import random
import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from sizzle.api.server.timeouts import ClientTimeouts, TimeoutProtocol
from tests.api.sample_service import ASK

PATIENCE: Final = 10.0  # seconds without an answer after which a request counts as hung
_STATUS: Final = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_SNIPPETS: Final = (
    *(b"\r\n", b"\n", b"\0", b"\xff", b" ", b":", b"%00", b"%ff", b"../", b"\r\n\r\n", b"//"),
    *(b"Transfer-Encoding: chunked\r\n", b"Content-Length: 5\r\n", b"Expect: 100-continue\r\n"),
    *(b"Range: bytes=9-1,0-0\r\n", b"Host: x\r\n", b'"', b"{", b"[" * 3000, b"\\ud800", b"1e999"),
    *(b"Idempotency-Key: a\r\n", b"If-None-Match: *\r\n", b"Accept-Encoding: gzip\r\n"),
    *(b"99999999999999999999", b"-1", b"NaN", b"\xc0\xaf", b"\xe2\x80\xae", b"Content-Type: "),
)


class Impatient(TimeoutProtocol):
    """The protocol of the service, which soon gives up requests that lack a byte."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*args, **kwargs)
        self._timeouts = ClientTimeouts(head=0.05, body=0.05)


class Service:
    """A real server, and what it is sent.

    Args:
        port: the server's.
        requests: of the whole surface, each right.
    """

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self.port = port
        self.requests = requests

    def answer(self, data: bytes) -> int:
        """The status of the answer; 0 where the server hangs up without one."""
        with socket.create_connection(("127.0.0.1", self.port), PATIENCE) as connection:
            received = b""
            with suppress(ConnectionResetError, BrokenPipeError):
                connection.sendall(data)
                while len(received) < 64 and (piece := connection.recv(4096)):
                    received += piece
        found = _STATUS.match(received)
        return int(found[1]) if found else 0


def requests_of(routes: Iterable[tuple[str, str]], key: str) -> Iterator[bytes]:
    """One of each method and route, with the key; those of reels and events with a body."""
    bodies = {
        "/v1/reels": ASK,
        "/v1/reels:batch": {"member_ids": ["a", "b"], "asset_id": "demo", "device": {}},
        "/v1/events": {"events": [{"id": "e", "type": "x", "member_id": "a"}]},
    }
    for method, path in routes:
        filled = re.sub(r"\{[^}]*\}", "demo", path)
        bodiless = method in ("GET", "HEAD")
        body = b"" if bodiless else json.dumps(bodies.get(path, {"a": 1})).encode()
        head = f"{method} {filled} HTTP/1.1\r\nHost: localhost\r\n"
        head += f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        yield head.encode() + body


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """The method and path of every route, also of pages, which are not described."""
    for route in iter_route_contexts(app.routes):
        for method in sorted(route.methods or ()):
            yield method, route.path or ""


def mutated(request: bytes, chance: random.Random) -> bytes:
    """A request with some changes, anywhere."""
    data = bytearray(request)
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(data))
        stop = min(len(data), at + chance.choice((1, 1, 2, 20)))
        match chance.randrange(5):
            case 0:
                data[at] ^= 1 << chance.randrange(8)
            case 1:
                del data[at:stop]
            case 2:
                data[at:at] = data[at:stop]
            case 3:
                data[at:at] = chance.choice(_SNIPPETS)
            case _:
                data[at:stop] = chance.choice(_SNIPPETS)
        if not data:
            return b"x"
    return bytes(data)


def check(service: Service, seeds: range) -> None:
    """Send mutated requests; none may be answered with 500, and the service goes on."""
    for seed in seeds:
        chance = random.Random(seed)
        data = mutated(chance.choice(service.requests), chance)
        status = service.answer(data)
        assert status < 500 or status == 503, (seed, status, data[:300])
    assert service.answer(b"GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") == 200
