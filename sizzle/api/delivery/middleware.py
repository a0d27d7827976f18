"""CORS and signatures of delivery, and packaged media ahead of FastAPI.

Players on any page may read all of it: no cookie is read, and nothing depends on who asks. Paths
are routed once: those of media by `media_content` alone, as FastAPI takes ten times as long to find
a fragment's route as it takes to send the fragment, and all others by FastAPI.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.delivery.manifests import Manifests
from sizzle.api.delivery.media import media_content
from sizzle.api.http.content import EXPIRES, send_content
from sizzle.api.http.problems import problem_response
from sizzle.errors import SizzleError

EXPIRY_TIME: Final = "sizzle.expiry_time"
"""In a request's scope: when its signed address expires, in seconds since 1970."""

_MEDIA: Final = "/v1/media/"
_PATHS: Final = re.compile(r"/v1/reels/[^/]+(/|\.mp4)|/v1/media/|/~")  # not /v1/reels/{reel_id}
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
    """Outer middleware; paths of other features pass through it untouched.

    Args:
        app: the application.
        manifests: of reels; where those are signed, every address must be.
    """

    def __init__(self, app: ASGIApp, manifests: Manifests) -> None:
        self._app = app
        self._manifests = manifests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond, or pass the request on."""
        if scope["type"] != "http" or not _PATHS.match(scope["path"]):
            return await self._app(scope, receive, send)
        if scope["method"] == "OPTIONS":
            return await Response(status_code=204, headers=PREFLIGHT)(scope, receive, send)
        try:
            scope = self._verified(scope)
            if scope["path"].startswith(_MEDIA) and scope["method"] in _READING:
                content = media_content(self._manifests.packages, scope["path"])
                return await send_content(content, scope, send, _CORS)
        except SizzleError as error:
            problem = problem_response(error, scope["path"])
            return await problem(scope, receive, _with_cors(send))
        return await self._app(scope, receive, _with_cors(send))

    def _verified(self, scope: Scope) -> Scope:
        """The scope of the path that was signed. Raises ForbiddenError: it was not."""
        signing = self._manifests.signing
        if signing is None:
            return scope
        path, expires = signing.check(scope["path"])
        left = expires - int(signing.clock())
        raw = path.encode()
        return {**scope, "path": path, "raw_path": raw, EXPIRES: left, EXPIRY_TIME: expires}


def _with_cors(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *_CORS]
        await send(message)

    return sending
