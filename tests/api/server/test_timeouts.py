"""Connections of slow clients are closed, over real sockets; others are served."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager, suppress
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from sizzle.api.server.timeouts import STATE_KEY, ClientTimeouts, TimeoutProtocol

PATIENCE = 20  # seconds that a test waits at most for what should happen within one
MUCH = 50_000_000  # bytes: more than lies between two sockets
OVER = threading.Event()
HEAD = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of a server that echoes bodies, with short timeouts."""
    with serving(ClientTimeouts(head=0.3, body=0.3, rate=1000)) as port:
        yield port


@contextmanager
def serving(deadlines: ClientTimeouts) -> Iterator[int]:
    """Serve, and yield the port."""

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        yield {STATE_KEY: deadlines}

    app = FastAPI(lifespan=living)

    @app.post("/echo")
    async def echo(request: Request) -> int:
        return len(await request.body())

    @app.get("/much")
    async def much() -> Response:
        return StreamingResponse(pieces())

    config = uvicorn.Config(app, port=0, log_config=None, loop="uvloop", http=TimeoutProtocol)
    bound = config.bind_socket()
    bound.listen()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    yield bound.getsockname()[1]
    server.should_exit = True
    thread.join(PATIENCE)


async def pieces() -> AsyncIterator[bytes]:
    """A long response that sets an event at its end."""
    OVER.clear()
    try:
        for _ in range(MUCH // 1_000_000):
            yield bytes(1_000_000)
    finally:
        OVER.set()


@pytest.fixture
def connection(port: int) -> Iterator[socket.socket]:
    """A connection to the server."""
    with closing(socket.create_connection(("127.0.0.1", port), PATIENCE)) as connected:
        yield connected


def all_of(connection: socket.socket) -> bytes:
    """What the server sends until it closes the connection."""
    got = b""
    while piece := connection.recv(65_536):
        got += piece
    return got


def answer_of(connection: socket.socket) -> bytes:
    """One short response."""
    got = b""
    while b"\r\n\r\n" not in got or not got.split(b"\r\n\r\n", 1)[1]:
        got += connection.recv(65_536)
    return got


def trickle(connection: socket.socket, piece: bytes) -> None:
    """Send a piece every few milliseconds, until the server closes the connection."""
    for _ in range(10_000):
        try:
            connection.sendall(piece)
            if heard(connection):
                return
        except OSError:
            return
    pytest.fail("the server waits for ever")


def heard(connection: socket.socket) -> bool:
    """Whether the server sends something or closes the connection within 20 ms."""
    connection.settimeout(0.02)
    try:
        connection.recv(1000)
    except TimeoutError:
        return False
    finally:
        connection.settimeout(PATIENCE)
    return True


def test_an_idle_connection_is_closed(connection: socket.socket) -> None:
    """A connection without a request is closed."""
    assert all_of(connection) == b""


def test_headers_that_trickle_time_out(connection: socket.socket) -> None:
    """However often a byte of them arrives."""
    connection.sendall(b"POST /echo HTTP/1.1\r\nhost: x\r\n")
    trickle(connection, b"x-a: b\r\n")


def test_headers_that_stop_are_answered_with_408(connection: socket.socket) -> None:
    """408 is HTTP's status for it."""
    connection.sendall(b"POST /echo HTTP/1.1\r\nhost: x\r\n")
    assert all_of(connection).startswith(b"HTTP/1.1 408")


def test_headers_that_are_too_long_are_refused(connection: socket.socket) -> None:
    """Even if they arrive fast."""
    connection.sendall(b"POST /echo HTTP/1.1\r\nhost: x\r\nx-a: " + b"b" * 70_000)
    assert all_of(connection).startswith(b"HTTP/1.1 431")


def test_headers_that_are_too_long_are_refused_in_one_piece_too(connection: socket.socket) -> None:
    """A request that is whole when it is read, and one that ends in the last piece."""
    connection.sendall(b"GET /much HTTP/1.1\r\nhost: x\r\nx-a: " + b"b" * 66_000 + b"\r\n\r\n")
    assert problem_of(all_of(connection), 431)["type"].endswith("headers-too-large")


@pytest.mark.parametrize(
    ("head", "type_"),
    [
        (b"GET /much HTTP/1.1\r\n\r\n", "no-single-host"),
        (b"GET /much HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n", "no-single-host"),
        (b"GET /much HTTP/1.0\r\nhost: a\r\nHost: b\r\n\r\n", "no-single-host"),
        (b"GET /much HTTP/1.1\r\nhost: a b\r\n\r\n", "no-single-host"),
        (b"GET /much HTTP/1.1\r\nhost x\r\n\r\n", "malformed-request"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc", "malformed-request"),
    ],
)
def test_a_request_to_no_one_host_is_refused(
    head: bytes, type_: str, connection: socket.socket
) -> None:
    """RFC 9112 asks for one Host; what is no request at all gets a problem too."""
    connection.sendall(head)
    assert problem_of(all_of(connection), 400)["type"].endswith(type_)


@pytest.mark.parametrize("size", [b"FFFFFFFFFFFFFFFFFF", b"-1", b"x"])
def test_a_chunk_without_a_size_is_refused(size: bytes, connection: socket.socket) -> None:
    """As soon as it comes, and not without a word."""
    head = b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    connection.sendall(head + b"2\r\nab\r\n" + size + b"\r\n")
    assert problem_of(all_of(connection), 400)["type"].endswith("malformed-request")


def test_trailers_of_a_chunked_body_are_passed_over(connection: socket.socket) -> None:
    """They are part of no body."""
    head = b"POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n"
    body = b"transfer-encoding: chunked\r\ntrailer: x\r\n\r\n2\r\nab\r\n0\r\nx: y\r\n\r\n"
    connection.sendall(head + body)
    assert all_of(connection).startswith(b"HTTP/1.1 200")


def test_a_body_that_is_compressed_on_its_way_is_refused(connection: socket.socket) -> None:
    """Nobody would inflate it."""
    head = b"POST /echo HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n"
    connection.sendall(head)
    assert problem_of(all_of(connection), 501)["type"].endswith("unknown-transfer-coding")


def test_a_request_of_http_1_0_needs_no_host(connection: socket.socket) -> None:
    """Old health checks send none."""
    connection.sendall(b"POST /echo HTTP/1.0\r\ncontent-length: 2\r\n\r\nab")
    assert all_of(connection).startswith(b"HTTP/1.1 200")


def problem_of(response: bytes, status: int) -> dict[str, str]:
    """The problem document of a raw response."""
    head, _, body = response.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"application/problem+json" in head
    problem: dict[str, str] = json.loads(body)
    assert problem["fix"]
    return problem


def test_a_body_that_stops_is_answered_with_408(connection: socket.socket) -> None:
    """The application sees that the client has disconnected."""
    connection.sendall(HEAD % 10 + b"12345")
    assert all_of(connection).startswith(b"HTTP/1.1 408")


def test_a_body_that_trickles_times_out(connection: socket.socket) -> None:
    """A byte now and then is below the least rate."""
    connection.sendall(HEAD % 1_000_000)
    trickle(connection, b"x")


def test_a_large_body_may_take_longer(connection: socket.socket) -> None:
    """Longer than the timeout, as long as it arrives fast enough."""
    connection.sendall(HEAD % 50_000)
    for _ in range(49):
        connection.sendall(b"x" * 1000)
        assert not heard(connection)
    connection.sendall(b"x" * 1000)
    assert answer_of(connection).endswith(b"50000")


MUCH_IS_ASKED = b"GET /much HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"


def test_a_response_that_is_not_read_times_out() -> None:
    """The connection is closed, and the rest is not sent."""
    with (
        serving(ClientTimeouts(body=0.3, rate=10_000_000)) as port,
        closing(socket.create_connection(("127.0.0.1", port), PATIENCE)) as connection,
    ):
        connection.sendall(MUCH_IS_ASKED)
        assert heard(connection)
        assert OVER.wait(PATIENCE)
        got = 0
        with suppress(ConnectionResetError):
            while piece := connection.recv(1_000_000):
                got += len(piece)
        assert got < MUCH


def test_a_long_response_that_is_read_is_sent_whole(connection: socket.socket) -> None:
    """However long it takes in total."""
    connection.sendall(MUCH_IS_ASKED)
    got = 0
    while piece := connection.recv(1_000_000):
        got += len(piece)
    assert got > MUCH


def test_a_kept_connection_does_not_time_out_between_requests(connection: socket.socket) -> None:
    """There is no timeout between requests, and each request has its own."""
    for _ in range(3):
        connection.sendall(HEAD % 5 + b"12345")
        assert answer_of(connection).endswith(b"5")
        connection.settimeout(0.4)
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.settimeout(PATIENCE)


def gone(connection: socket.socket) -> bool:
    """Whether the server closed the connection; a reset may lose the last response."""
    try:
        return all_of(connection)[:12] in (b"HTTP/1.1 408", b"")
    except ConnectionError:
        return True


def test_many_slow_clients_do_not_block_others(port: int) -> None:
    """300 connections with half a request are closed, and a complete request is answered."""
    with ExitStack() as stack:
        slow = []
        for _ in range(300):
            each = stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
            each.sendall(HEAD % 10 + b"12345")
            slow.append(each)
        quick = stack.enter_context(socket.create_connection(("127.0.0.1", port), PATIENCE))
        quick.sendall(HEAD % 5 + b"12345")
        assert answer_of(quick).endswith(b"5")
        assert all(map(gone, slow))
