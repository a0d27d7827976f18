"""A server of chat completions that answers as a test says, well or badly."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Completions:
    """What the server got, and how it answers.

    Attributes:
        reply: writes the response to a request.
        requests: headers and bodies, in their order.
        url: up to `/v1`.
    """

    reply: Callable[[BaseHTTPRequestHandler], None]
    requests: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    url: str = ""


@contextmanager
def completions(reply: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[Completions]:
    """A server on this machine until the block ends."""
    found = Completions(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.requests.append((headers, json.loads(body)))
            self.close_connection = True
            found.reply(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    found.url = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    """Send a whole response."""
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("content-length", str(len(body)))
    handler.send_header("connection", "close")  # no client keeps it for its next request
    handler.end_headers()
    handler.wfile.write(body)


def completion(content: str | None, finish: str = "stop", **message: object) -> bytes:
    """A chat completion with this text."""
    choice = {
        "index": 0,
        "finish_reason": finish,
        "message": {"role": "assistant", "content": content, **message},
    }
    whole = {"id": "chatcmpl-7", "object": "chat.completion", "model": "m-1", "choices": [choice]}
    return json.dumps(whole).encode()


def never_ending(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte now and then, for ever."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        return


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Send as much as is taken, for ever."""
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b" " * 65536)
    except OSError:
        return


def endless_headers(handler: BaseHTTPRequestHandler) -> None:
    """Send one header after the other, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    try:
        while True:
            handler.wfile.write(b"x: y\r\n")
            handler.wfile.flush()
            time.sleep(0.02)
    except OSError:
        return
