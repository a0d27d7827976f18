"""Gives each request an id, and records how it was answered."""

from __future__ import annotations

import itertools
import re
import secrets
import time
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.auth.caller import CALLER
from sizzle.api.http.json_log import REQUEST_ID, RequestLine
from sizzle.api.http.logged_path import logged_path
from sizzle.api.http.metrics import ROUTE
from sizzle.api.http.problems import CLIENT_CLOSED, internal_error_response
from sizzle.api.middleware.request_metrics import RequestMetrics

_REQUEST_ID = b"x-request-id"
_VALID_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_MEDIA: Final = re.compile(r"(/~[^/]*)?/v1/media/")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class RequestLogMiddleware:
    """The outermost middleware, so that it sees what all others answer.

    Args:
        app: the application.
        metrics: record each request.
    """

    def __init__(self, app: ASGIApp, metrics: RequestMetrics) -> None:
        self._app = app
        self._metrics = metrics
        self._prefix = secrets.token_hex(4).encode()
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and record it; answer 500 where another middleware failed."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        started = time.perf_counter()
        request_id = self._id_of(scope)
        token = REQUEST_ID.set(request_id.decode())
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_REQUEST_ID, request_id)]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            status = CLIENT_CLOSED  # nothing failed here
        except Exception as error:
            if not status:
                await internal_error_response(error, scope["path"])(scope, receive, send_with_id)
            raise
        finally:
            REQUEST_ID.reset(token)
            self._record(scope, request_id, status, time.perf_counter() - started)

    def _id_of(self, scope: Scope) -> bytes:
        """The id that the client sent, if it can be logged as it is, else a new one."""
        for name, value in scope["headers"]:
            if name == _REQUEST_ID and _VALID_ID.fullmatch(value):
                return bytes(value)
        return b"%s-%x" % (self._prefix, next(self._numbers))

    def _record(self, scope: Scope, request_id: bytes, status: int, seconds: float) -> None:
        method, caller, client = scope["method"], scope.get(CALLER), scope.get("client")
        line = RequestLine(
            time.time(),
            request_id.decode(),
            method if method in _METHODS else "other",
            logged_path(scope["path"]),
            _route(scope),
            status or CLIENT_CLOSED,
            seconds * 1e3,
            client[0] if client else "",
            caller.key_id if caller else "",
        )
        self._metrics.add(line)


def _route(scope: Scope) -> str:
    """The pattern of the route, so that clients cannot add values to the metrics' labels."""
    route = scope.get(ROUTE) or getattr(scope.get("route"), "path", None)
    if route is not None:
        return str(route)
    return "/v1/media" if _MEDIA.match(scope["path"]) else "other"
