"""uvicorn's HTTP protocol with timeouts for slow clients: headers, bodies, and unread responses.

uvicorn waits as long as a client keeps its connection open, so a few hundred clients that send a
byte a minute could take all of a service's connections. The application cannot prevent it, since it
is called only once the headers are complete.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

STATE_KEY: Final = "client_timeouts"
"""Under this key the application's lifespan state holds its `ClientTimeouts`."""

_MAX_HEAD = 65_536  # bytes
_CLOSE = b"connection: close\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ClientTimeouts:
    """How long clients may take.

    Attributes:
        head: seconds until a request's headers are complete, from its first byte or the start of
            the connection.
        body: seconds until its body is complete, after that;
        rate: plus one second for each of so many bytes. The same holds for reading a response.
    """

    head: float = 10.0
    body: float = 20.0
    rate: int = 16_384


class _Phase(Enum):
    HEAD = auto()
    BODY = auto()
    RESPONSE = auto()  # the client has nothing to send


class TimeoutProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which closes the connections of clients that are too slow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - uvicorn's
        super().__init__(*args, **kwargs)
        self._timeouts: ClientTimeouts = self.app_state.get(STATE_KEY, ClientTimeouts())
        self._phase = _Phase.HEAD
        self._phase_start = self.loop.time()
        self._received = 0  # bytes in this phase
        self._is_new_body = False  # whether a body has begun whose bytes are not counted yet
        self._receive_timer: asyncio.TimerHandle | None = None
        self._send_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the timeout of the first request's headers."""
        super().connection_made(transport)
        self._start_timer(self._timeouts.head)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all timers."""
        for timer in (self._receive_timer, self._send_timer):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Start the timeout of reading a response, as the client does not keep up."""
        super().pause_writing()
        unread = self.transport.get_write_buffer_size()
        allowed = self._timeouts.body + unread / self._timeouts.rate
        self._send_timer = self.loop.call_later(allowed, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop it: the client has read most of the response."""
        super().resume_writing()
        if self._send_timer is not None:
            self._send_timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Parse data, and count what is incomplete.

        Most requests come in one piece, so that there is nothing to count.
        """
        before = self._phase
        if before is _Phase.RESPONSE:
            self._phase = _Phase.HEAD
        super().data_received(data)
        if self._phase is not _Phase.RESPONSE:
            self._count(before, len(data))

    def on_headers_complete(self) -> None:
        """Expect the body from here on."""
        self._phase, self._is_new_body = _Phase.BODY, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect nothing more of this request."""
        self._phase = _Phase.RESPONSE
        super().on_message_complete()

    def _count(self, before: _Phase, size: int) -> None:
        """Count bytes of headers or of a body that are not complete."""
        if self._phase is before and not self._is_new_body:
            self._received += size
        else:
            self._phase_start, self._received = self.loop.time(), size
            self._is_new_body = False
        if self._phase is _Phase.HEAD and self._received > _MAX_HEAD:
            self._refuse(b"431 Request Header Fields Too Large")
        elif self._receive_timer is None:
            self._start_timer(self._allowed())

    def _allowed(self) -> float:
        """The seconds that the phase may take."""
        if self._phase is _Phase.HEAD:
            return self._timeouts.head
        return self._timeouts.body + self._received / self._timeouts.rate

    def _start_timer(self, seconds: float) -> None:
        self._receive_timer = self.loop.call_later(seconds, self._on_timer)

    def _on_timer(self) -> None:
        """Refuse the request, unless more has come since or the client is not the slow one.

        One timer serves many requests: to set one for each would cost more than all else here.
        """
        self._receive_timer = None
        if self._phase is _Phase.RESPONSE or self.transport.is_closing():
            return
        if self.flow.read_paused:
            self._phase_start = self.loop.time()
        left = self._phase_start + self._allowed() - self.loop.time()
        if left > 0:
            self._start_timer(left)
        else:
            self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        """Send a status, unless a response has begun or nothing was requested, and close."""
        cycle = self.cycle if self._phase is _Phase.BODY else None
        can_respond = self._received > 0 if cycle is None else not cycle.response_started
        if can_respond:
            self.transport.write(b"HTTP/1.1 %s\r\ncontent-length: 0\r\n%s" % (status, _CLOSE))
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()
