"""What stands in front of the application: CORS, signatures, and the media itself.

Players on any page may use it: what is sent is no secret of the page's, and no cookie is read.
Media is answered here, as routing it would cost more than sending it.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.delivery.content import EXPIRES, send_content
from sizzle.api.delivery.media import media_content
from sizzle.api.delivery.signing import Signing
from sizzle.api.problems import answer_problem
from sizzle.errors import SizzleError
from sizzle.packager import Packages

ENDS: Final = "sizzle.ends"
"""In a request's scope: when its signed address expires, in seconds since 1970."""

_MEDIA: Final = "/v1/media/"
_PATHS: Final = re.compile(r"/v1/reels/[^/]+(/|\.mp4)|/v1/media/|/~")  # a reel itself is not ours
_READING: Final = ("GET", "HEAD")
_CORS: Final = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"content-length, content-range, etag, accept-ranges"),
    (b"timing-allow-origin", b"*"),
]
_PREFLIGHT: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "range, if-range, if-none-match",
    "access-control-max-age": "86400",
}


class Gate:
    """Stands in front of the application; addresses of others pass untouched.

    Args:
        app: the application.
        packages: of the media.
        signing: if given, every address must be signed.
    """

    def __init__(self, app: ASGIApp, packages: Packages, signing: Signing | None = None) -> None:
        self._app = app
        self._packages = packages
        self._signing = signing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http" or not _PATHS.match(scope["path"]):
            return await self._app(scope, receive, send)
        if scope["method"] == "OPTIONS":
            return await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
        try:
            scope = self._admitted(scope)
            if scope["path"].startswith(_MEDIA) and scope["method"] in _READING:
                content = media_content(self._packages, scope["path"])
                return await send_content(content, scope, send, _CORS)
        except SizzleError as error:
            problem = answer_problem(error, scope["path"])
            return await problem(scope, receive, _open_to_all(send))
        return await self._app(scope, receive, _open_to_all(send))

    def _admitted(self, scope: Scope) -> Scope:
        if self._signing is None:
            return scope
        path, expires = self._signing.check(scope["path"])
        left = expires - int(self._signing.clock())
        raw = path.encode()
        return {**scope, "path": path, "raw_path": raw, EXPIRES: left, ENDS: expires}


def _open_to_all(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_CORS]
        await send(message)

    return sending
