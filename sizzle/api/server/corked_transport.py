"""Answers go out in one piece.

uvicorn writes an answer's head, then its body, and each write is a system call, a packet, and a
waking of who reads.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Transport
from typing import Any, Final

_HEAD: Final = b"HTTP/"


class CorkedTransport:
    """A transport that keeps an answer's head until its body comes, but no longer than a turn.

    Args:
        transport: sends it.
        loop: whose turn it is.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._head = b""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - of all else, nothing is different
        value = getattr(self._transport, name)
        setattr(self, name, value)  # asked for once
        return value

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send, together with what is kept; or keep a head."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        elif data[: len(_HEAD)] == _HEAD:
            self._head = bytes(data)
            self._loop.call_soon(self._uncork)
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Hang up, after all is sent."""
        self._uncork()
        self._transport.close()

    def _uncork(self) -> None:
        if self._head:
            head, self._head = self._head, b""
            self._transport.write(head)
