"""Each request gets an id, and is noted with what came of it."""

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
from sizzle.api.http.metrics import ROUTE
from sizzle.api.http.problems import answer_unexpected
from sizzle.api.middleware.request_metrics import Requests

_REQUEST_ID = b"x-request-id"
_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_LONGEST_PATH = 300
_GONE = 499  # as nginx counts clients who went before they were answered
_MEDIA: Final = re.compile(r"(/~[^/]*)?/v1/media/")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class RequestLogMiddleware:
    """Stands in front of everything else.

    Args:
        app: the application.
        requests: takes notes of each.
    """

    def __init__(self, app: ASGIApp, requests: Requests) -> None:
        self._app = app
        self._requests = requests
        self._prefix = secrets.token_hex(4).encode()
        self._numbers = itertools.count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note what came of it; what failed in front is answered too."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began = time.perf_counter()
        request_id = self._id_of(scope)
        token = REQUEST_ID.set(request_id.decode())
        status = 0

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
        except Exception as error:
            if not status:
                await answer_unexpected(error, scope["path"])(scope, receive, sending)
            raise
        finally:
            REQUEST_ID.reset(token)
            self._note(scope, request_id, status, time.perf_counter() - began)

    def _id_of(self, scope: Scope) -> bytes:
        """The id that the client gave, if it is fit for a log, else one of ours."""
        for name, value in scope["headers"]:
            if name == _REQUEST_ID and _SANE.fullmatch(value):
                return bytes(value)
        return b"%s-%x" % (self._prefix, next(self._numbers))

    def _note(self, scope: Scope, request_id: bytes, status: int, seconds: float) -> None:
        method, caller, client = scope["method"], scope.get(CALLER), scope.get("client")
        line = RequestLine(
            time.time(),
            request_id.decode(),
            method if method in _METHODS else "other",
            scope["path"][:_LONGEST_PATH],
            _route(scope),
            status or _GONE,
            seconds * 1e3,
            client[0] if client else "",
            caller.key_id if caller else "",
        )
        self._requests.add(line)


def _route(scope: Scope) -> str:
    """The route's pattern, of which there are few, whatever clients ask for."""
    route = scope.get(ROUTE) or getattr(scope.get("route"), "path", None)
    if route is not None:
        return str(route)
    return "/v1/media" if _MEDIA.match(scope["path"]) else "other"
