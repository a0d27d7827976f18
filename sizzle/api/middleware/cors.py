"""Lets pages of other sites ask for reels, record events and show trailers.

Nothing here depends on cookies: such a page sends a key or a token of its own. Before any key
exists, the service answers its own machine without one, and a page that its user visits must not
be able to read those answers: only trailers, which are public, are shared then.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_WITH_KEY: Final = re.compile(
    r"/v1/(events|reels(/[^/]+(?<!\.mp4))?)"
)  # delivery shares films itself
_ASSETS: Final = "/v1/assets/"
_PUBLIC: Final = re.compile(r"/v1/assets/[^/]+/trailer")
_PREFLIGHT: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers": "accept, authorization, content-type, if-none-match, range, "
    "x-api-key",
    "access-control-max-age": "86400",
}
_HEADERS: Final = [
    (b"access-control-allow-origin", b"*"),
    (
        b"access-control-expose-headers",
        b"accept-ranges, content-length, content-range, etag, retry-after",
    ),
]


class CorsMiddleware:
    """Answers preflights, and adds the headers of CORS to responses.

    Args:
        app: the application, with all that may refuse a request.
        closed: whether each request needs a key.
    """

    def __init__(self, app: ASGIApp, closed: Callable[[], bool]) -> None:
        self._app = app
        self._closed = closed

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Respond, or pass the request on."""
        if scope["type"] != "http" or not self._is_shared(scope):
            return self._app(scope, receive, send)  # awaited by whoever asked
        return self._share(scope, receive, send)

    async def _share(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "OPTIONS" and _has(scope, b"access-control-request-method"):
            return await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)

        async def send_shared(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_HEADERS]
            await send(message)

        return await self._app(scope, receive, send_shared)

    def _is_shared(self, scope: Scope) -> bool:
        """Trailers always, as caches keep one response for all; others if a page asks.

        Browsers name the page's site as the origin; all other clients are spared the headers.
        """
        path = scope["path"]
        if path.startswith(_ASSETS):
            return _PUBLIC.fullmatch(path) is not None
        is_a_page = _has(scope, b"origin") and _WITH_KEY.fullmatch(path) is not None
        return is_a_page and self._closed()


def _has(scope: Scope, header: bytes) -> bool:
    # Of each request: `any` over a generator would take twice as long.
    return header in [name for name, _ in scope["headers"]]
