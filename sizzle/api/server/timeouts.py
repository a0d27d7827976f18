"""A connection that does not wait for ever: for headers, for a body, nor for who does not read.

uvicorn waits as long as a client keeps its connection open, so that some hundred clients who send a
byte a minute would hold all that a service has. The application cannot help it, as it is not asked
before the headers are there.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

KEY: Final = "deadlines"
"""Under which the application's state holds its `Deadlines`."""

_LONGEST_HEAD = 65_536  # bytes
_CLOSE = b"connection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long clients may take.

    Attributes:
        head: seconds until a request's headers are there, from its first byte or the connection's
            beginning.
        body: seconds until its body is there, after that;
        rate: and a second more for so many bytes. An answer that is not read is given as long.
    """

    head: float = 10.0
    body: float = 20.0
    rate: int = 16_384


class _Phase(Enum):
    HEAD = auto()
    BODY = auto()
    OURS = auto()  # it is for us to do something


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, but its patience ends."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*args, **kwargs)
        self._deadlines: Deadlines = self.app_state.get(KEY, Deadlines())
        self._phase = _Phase.HEAD
        self._since = self.loop.time()
        self._got = 0
        self._is_new = False  # whether a body has begun of which no account is kept yet
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        self._arm(self._deadlines.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        for timer in (self._timer, self._reading):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Wait for the client to read what was sent, but not for ever."""
        super().pause_writing()
        left = self.transport.get_write_buffer_size()
        allowed = self._deadlines.body + left / self._deadlines.rate
        self._reading = self.loop.call_later(allowed, self.transport.abort)

    def resume_writing(self) -> None:
        """It has read most of it."""
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()

    def data_received(self, data: bytes) -> None:
        """Take what came, of whose size and time account is kept.

        Of a request that came in one piece, as most do, there is nothing to keep account of.
        """
        before = self._phase
        if before is _Phase.OURS:
            self._phase = _Phase.HEAD
        super().data_received(data)
        if self._phase is not _Phase.OURS:
            self._account(before, len(data))

    def on_headers_complete(self) -> None:
        """From here on it is the body that is waited for."""
        self._phase, self._is_new = _Phase.BODY, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All is there."""
        self._phase = _Phase.OURS
        super().on_message_complete()

    def _account(self, before: _Phase, size: int) -> None:
        """Keep account of what has come of a request's headers or body, which is not all."""
        if self._phase is before and not self._is_new:
            self._got += size
        else:
            self._since, self._got, self._is_new = self.loop.time(), size, False
        if self._phase is _Phase.HEAD and self._got > _LONGEST_HEAD:
            self._refuse(b"431 Request Header Fields Too Large")
        elif self._timer is None:
            self._arm(self._allowed())

    def _allowed(self) -> float:
        """Seconds that the phase may take."""
        if self._phase is _Phase.HEAD:
            return self._deadlines.head
        return self._deadlines.body + self._got / self._deadlines.rate

    def _arm(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """The time is up, unless something came or it is not the client who is late.

        One timer looks after many requests, as setting one for each would cost more than the rest.
        """
        self._timer = None
        if self._phase is _Phase.OURS or self.transport.is_closing():
            return
        if self.flow.read_paused:
            self._since = self.loop.time()
        left = self._since + self._allowed() - self.loop.time()
        if left > 0:
            self._arm(left)
        else:
            self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        """Say so, if nothing was said yet, and hang up."""
        cycle = self.cycle if self._phase is _Phase.BODY else None
        began = self._got > 0 if cycle is None else not cycle.response_started
        if began:
            self.transport.write(b"HTTP/1.1 %s\r\ncontent-length: 0\r\n%s" % (status, _CLOSE))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()
