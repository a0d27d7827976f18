"""What stands in front of the application: CORS, signatures, and most of what players ask for.

Players on any page may use it: what is sent is no secret of the page's, and no cookie is read.
Media and playlists are answered here, as routing them would cost more than sending them.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.delivery.manifests import Manifests
from sizzle.api.delivery.media import media_content
from sizzle.api.http.content import EXPIRES, Content, send_content
from sizzle.api.http.problems import answer_problem
from sizzle.errors import SizzleError
from sizzle.links.addresses import MANIFEST, RANGES
from sizzle.reel.ids import LONGEST

ENDS: Final = "sizzle.ends"
"""In a request's scope: when its signed address expires, in seconds since 1970."""

_MEDIA: Final = "/v1/media/"
_TEXT: Final = re.compile(
    rf"/v1/reels/([^/]{{1,{LONGEST}}})/([^/]{{1,20}}\.m3u8|{MANIFEST}|{RANGES})", re.ASCII
)
_PATHS: Final = re.compile(r"/v1/reels/[^/]+(/|\.mp4)|/v1/media/|/~")  # a reel itself is not ours
_READING: Final = ("GET", "HEAD")
_CORS: Final = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"content-length, content-range, etag, accept-ranges"),
    (b"timing-allow-origin", b"*"),
]
PREFLIGHT: Final = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "range, if-range, if-none-match",
    "access-control-max-age": "86400",
}


class DeliveryMiddleware:
    """Stands in front of the application; addresses of others pass untouched.

    Args:
        app: the application.
        texts: of reels; where those are signed, every address must be.
    """

    def __init__(self, app: ASGIApp, texts: Manifests) -> None:
        self._app = app
        self._texts = texts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have it answered."""
        if scope["type"] != "http" or not _PATHS.match(scope["path"]):
            return await self._app(scope, receive, send)
        if scope["method"] == "OPTIONS":
            return await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send)
        try:
            scope = self._admitted(scope)
            content = self._content(scope) if scope["method"] in _READING else None
            if content is not None:
                return await send_content(content, scope, send, _CORS)
        except SizzleError as error:
            problem = answer_problem(error, scope["path"])
            return await problem(scope, receive, _open_to_all(send))
        return await self._app(scope, receive, _open_to_all(send))

    def _content(self, scope: Scope) -> Content | None:
        """What is asked for, where no more need be known of the request than its path."""
        path = scope["path"]
        if path.startswith(_MEDIA):
            return media_content(self._texts.packages, path)
        if scope["query_string"] or not (text := _TEXT.fullmatch(path)):
            return None
        return self._texts.content(text[1], text[2], scope.get(ENDS))

    def _admitted(self, scope: Scope) -> Scope:
        signing = self._texts.signing
        if signing is None:
            return scope
        path, expires = signing.check(scope["path"])
        left = expires - int(signing.clock())
        raw = path.encode()
        return {**scope, "path": path, "raw_path": raw, EXPIRES: left, ENDS: expires}


def _open_to_all(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_CORS]
        await send(message)

    return sending
