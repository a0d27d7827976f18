"""An answer's head goes out with its body."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, cast

from sizzle.api.server.corked_transport import CorkedTransport

HEAD, BODY = b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n", b"body"


class Wire:
    """A transport that remembers what was sent at once."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        """Send."""
        self.sent.append(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Send at once."""
        self.sent.append(b"".join(parts))

    def close(self) -> None:
        """Hang up."""
        self.closed = True

    def get_extra_info(self, name: str) -> str:
        """What is asked for."""
        return name


def corked(wire: Wire) -> CorkedTransport:
    """The transport under test, before that wire."""
    return CorkedTransport(cast("Any", wire), asyncio.get_running_loop())


def test_head_and_body_go_out_at_once() -> None:
    """And what follows as it comes; of two answers in a pipeline each is one piece."""

    async def check() -> None:
        wire = Wire()
        transport = corked(wire)
        for part in (HEAD, BODY, b"more", HEAD, BODY):
            transport.write(part)
        assert wire.sent == [HEAD + BODY, b"more", HEAD + BODY]
        await asyncio.sleep(0)
        assert len(wire.sent) == 3

    asyncio.run(check())


def test_a_head_does_not_wait_for_a_body_that_is_not_there_yet() -> None:
    """As of a stream of events, whose first may be long in coming, or of an answer to HEAD."""

    async def check() -> None:
        wire = Wire()
        transport = corked(wire)
        transport.write(HEAD)
        assert wire.sent == []
        await asyncio.sleep(0)
        assert wire.sent == [HEAD]
        transport.write(BODY)
        assert wire.sent == [HEAD, BODY]

    asyncio.run(check())


def test_what_is_kept_is_sent_before_hanging_up() -> None:
    """All else is the transport's own."""

    async def check() -> None:
        wire = Wire()
        transport = corked(wire)
        transport.write(HEAD)
        transport.close()
        assert (wire.sent, wire.closed) == ([HEAD], True)
        assert transport.get_extra_info("peername") == "peername"

    asyncio.run(check())
