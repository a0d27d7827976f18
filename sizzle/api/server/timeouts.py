"""uvicorn's HTTP protocol with limits: slow clients, too many headers, requests to no one host.

uvicorn waits as long as a client keeps its connection open, so a few hundred clients that send a
byte a minute could take all of a service's connections. The application cannot prevent it, since it
is called only once the headers are complete.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final

from httptools import HttpParserError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

STATE_KEY: Final = "client_timeouts"
"""Under this key the application's lifespan state holds its `ClientTimeouts`."""

_MAX_HEAD = 65_536  # bytes
_CLOSE = b"connection: close\r\n\r\n"
_HOST: Final = re.compile(rb"[A-Za-z0-9._~%!$&'()*+;=:\[\]-]*")  # of RFC 3986, with a port


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


@dataclass(frozen=True, slots=True)
class _Refusal:
    """The response to a request that the application never sees."""

    status: int
    slug: str
    what: str
    fix: str

    @property
    def response(self) -> bytes:
        # Workers have FastAPI loaded; their parent starts in half the time without it.
        from sizzle.api.http.problems import MEDIA_TYPE, Problem

        phrase = HTTPStatus(self.status).phrase
        problem = Problem(
            type=f"urn:sizzle:problem:{self.slug}",
            title=phrase,
            status=self.status,
            detail=self.what,
            fix=self.fix,
        )
        body = problem.model_dump_json().encode()
        head = f"HTTP/1.1 {self.status} {phrase}\r\ncontent-type: {MEDIA_TYPE}\r\n"
        return b"%scontent-length: %d\r\n%s%s" % (head.encode(), len(body), _CLOSE, body)


_MALFORMED: Final = _Refusal(
    400, "malformed-request", "This is not a request of HTTP/1.1.", "send it with an HTTP client."
)
_NO_HOST: Final = _Refusal(
    400,
    "no-single-host",
    "The request does not have exactly one Host header with a host's name.",
    "send the name and port of the service as Host, once.",
)
_TOO_LONG: Final = _Refusal(
    431,
    "headers-too-large",
    f"The address and headers have more than {_MAX_HEAD} bytes.",
    "send fewer or shorter headers.",
)
_UNKNOWN_CODING: Final = _Refusal(
    501,
    "unknown-transfer-coding",
    "The body is sent in a transfer coding other than chunked.",
    "send it with Content-Length, or in chunks; compress nothing.",
)
_TIMEOUT: Final = _Refusal(
    408, "slow-request", "The request did not arrive in time.", "send it again, faster."
)


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
        self._may_be_too_long = False
        self._refusal = _MALFORMED
        self._host = b""  # that was last found to be one: a connection mostly names the same
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
            self._phase, self._received = _Phase.HEAD, 0
        self._may_be_too_long = self._received + len(data) > _MAX_HEAD
        super().data_received(data)
        if self._phase is not _Phase.RESPONSE and not self.transport.is_closing():
            self._count(before, len(data))

    def on_headers_complete(self) -> None:
        """Expect the body from here on."""
        self._check_head()
        self._phase, self._is_new_body = _Phase.BODY, True
        super().on_headers_complete()

    def _check_head(self) -> None:
        """Raises HttpParserError, which uvicorn answers with `send_400_response`."""
        refusal = self._head_refusal()
        if refusal is not None:
            self._refusal = refusal
            raise HttpParserError

    def _head_refusal(self) -> _Refusal | None:
        """Why a request cannot be taken, by its headers, which are gone through once.

        One Host in HTTP/1.1, which is a host's; more than one is never right (RFC 9112). And no
        body that is compressed on its way, which nothing here would undo.
        """
        if self._may_be_too_long and self._head_size() > _MAX_HEAD:
            return _TOO_LONG
        hosts = 0
        for name, value in self.headers:
            if name == b"host":
                hosts += 1
                if value != self._host and _HOST.fullmatch(value) is None:
                    return _NO_HOST
                self._host = value
            elif name == b"transfer-encoding" and value.lower() != b"chunked":
                return _UNKNOWN_CODING
        if hosts == 1 or (not hosts and self.parser.get_http_version() == "1.0"):
            return None
        return _NO_HOST

    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be parsed, and what `_check_head` does not let through."""
        cycle = self.cycle
        is_body = self._phase is _Phase.BODY and not self.pipeline
        if cycle is None or cycle.response_complete or (is_body and not cycle.response_started):
            self.transport.write(self._refusal.response)
        if cycle is not None and is_body:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()

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
            self._refuse(_TOO_LONG)
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
            self._refuse(_TIMEOUT)

    def _refuse(self, refusal: _Refusal) -> None:
        """Send a refusal, unless a response has begun or nothing was requested, and close."""
        cycle = self.cycle if self._phase is _Phase.BODY else None
        can_respond = self._received > 0 if cycle is None else not cycle.response_started
        if can_respond:
            self.transport.write(refusal.response)
        if cycle is not None:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()
