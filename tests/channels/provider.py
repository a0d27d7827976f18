"""A provider of messages on this machine: it notes what it is sent, and answers as it is told."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Sent:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """Its body."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What to answer; without a status, the connection is closed after the request was read."""

    status: int | None = 200
    json: object = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


class Provider:
    """Answers with the given replies in turn, the last one again and again."""

    def __init__(self) -> None:
        self.sent: list[Sent] = []
        self.replies: list[Reply] = [Reply()]
        self.by_path: dict[str, Reply] = {}
        self.address = ""
        self._lock = threading.Lock()

    def take(self, sent: Sent) -> Reply:
        """Note a request. Returns the reply to it."""
        with self._lock:
            self.sent.append(sent)
            if sent.path in self.by_path:
                return self.by_path[sent.path]
            return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    def at(self, path: str) -> list[Sent]:
        """What came at a path."""
        return [sent for sent in self.sent if sent.path == path]


@contextmanager
def provider(certificate: Path | None = None) -> Iterator[Provider]:
    """A provider that listens, over TLS where a certificate is given."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            """Note the request, and reply."""
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = made.take(Sent(self.path, headers, body))
            if reply.status is None:
                self.close_connection = True
                return
            content = json.dumps(reply.json).encode()
            self.send_response(reply.status)
            for name, value in {**reply.headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        made.address = f"{scheme}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield made
        server.shutdown()
        thread.join()
