"""Each request gets an id, is counted, timed and logged."""

from __future__ import annotations

import itertools
import re
import secrets
import time
from functools import cache
from typing import Final

from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.guard.access import CALLER
from sizzle.api.reels.hot import PATH
from sizzle.api.running.logs import REQUEST_ID, RequestLine, RequestLog, now
from sizzle.api.running.metrics import REQUESTS, SECONDS

_REQUEST_ID = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_LONGEST_PATH = 300
_GONE = 499  # as nginx counts clients who went before they were answered
_MEDIA: Final = re.compile(r"(/~[^/]*)?/v1/media/")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Watch:
    """Stands in front of everything else.

    Args:
        app: the application.
        log: gets a line for each request, if given.
    """

    def __init__(self, app: ASGIApp, log: RequestLog | None = None) -> None:
        self._app = app
        self._log = log
        self._prefix = secrets.token_hex(4)
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note what came of it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began = time.perf_counter()
        request_id = self._id_of(scope)
        token = REQUEST_ID.set(request_id.decode())
        status = 500  # where nothing is answered, the server answers that

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_REQUEST_ID, request_id)]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            status = _GONE  # there is nobody to answer, and nothing of ours failed
        finally:
            REQUEST_ID.reset(token)
            self._note(scope, request_id, status, time.perf_counter() - began)

    def _id_of(self, scope: Scope) -> bytes:
        """The id that the client gave, if it is fit for a log, else one of ours."""
        for name, value in scope["headers"]:
            if name == _REQUEST_ID and _SANE.fullmatch(value):
                return bytes(value)
        return b"%s-%x" % (self._prefix.encode(), next(self._numbers))

    def _note(self, scope: Scope, request_id: bytes, status: int, seconds: float) -> None:
        method, route = scope["method"], _route(scope)
        if method not in _METHODS:
            method = "other"
        count, took = _meters(method, route, status)
        count.inc()
        took.observe(seconds)
        if self._log is not None:
            caller, client = scope.get(CALLER), scope.get("client")
            line = RequestLine(
                now(),
                request_id.decode(),
                method,
                scope["path"][:_LONGEST_PATH],
                status,
                round(seconds * 1e3, 3),
                client[0] if client else "",
                caller.key_id if caller else "",
            )
            self._log.add(line)


@cache
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """What to count a request with; finding it anew each time costs as much as counting does."""
    return REQUESTS.labels(method, route, status), SECONDS.labels(route)


def _route(scope: Scope) -> str:
    """The route's pattern, of which there are few, whatever clients ask for."""
    if scope["path"] == PATH:
        return PATH
    route = getattr(scope.get("route"), "path", None)
    if route is not None:
        return str(route)
    return "/v1/media" if _MEDIA.match(scope["path"]) else "other"
