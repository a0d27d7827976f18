"""Clients who send and read byte by byte, and so hold their connections for as long as they can."""

from __future__ import annotations

import json
import random
import socket
from contextlib import suppress
from typing import Final

from tests.api.chaos.clients import Clients

COUNT: Final = 8
_PAUSE: Final = 0.2  # seconds between two bytes


class SlowClients(Clients):
    """They are served or cut off, and disturb nobody."""

    def be_slow(self, number: int) -> None:
        """Send a request, or read its answer, byte by byte, until the service has had enough."""
        chance = random.Random(number)
        while not self.over.is_set():
            port = chance.choice((self.installation.port, self.installation.front.port))
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1", port), timeout=5) as connection,
            ):
                for byte in chance.choice(_REQUESTS):
                    connection.sendall(bytes([byte]))
                    if self.over.wait(_PAUSE):
                        return
                while connection.recv(1):
                    if self.over.wait(_PAUSE):
                        return
            self.ledger.count("slow clients that were served or cut off")
            self.over.wait(0.5)


def _requests() -> list[bytes]:
    body = json.dumps({"member_id": "slow", "asset_id": "demo"}).encode()
    head = b"POST /v1/reels HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    return [
        b"GET /livez HTTP/1.1\r\nhost: x\r\nx-slow: " + b"y" * 500,
        head + b"content-length: %d\r\n\r\n" % len(body) + body,
        head + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
        b"GET /openapi.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ]


_REQUESTS: Final = _requests()
