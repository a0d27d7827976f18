"""Refuses bodies that are too large, before the application reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.http.problems import problem_response
from sizzle.errors import TooLargeError

UPLOADS: Final = (
    "/v1/ingests",
    "/editor/ingests",
    "/v1/outreach/members:import",
    "/outreach/imports",
)
"""The paths to which files are uploaded."""

EVENTS: Final = {"/v1/events": 4 * 2**20, "/v1/apps": 7 * 2**20}
"""The paths to which events and endpoints are sent, and the most bytes of a body."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The most bytes of a body.

    Attributes:
        default: at all other paths.
        by_prefix: at paths that begin with these.
    """

    default: int = 2**20
    by_prefix: Mapping[str, int] = field(
        default_factory=lambda: {**dict.fromkeys(UPLOADS, 2**29), **EVENTS}
    )

    def at(self, path: str) -> int:
        """The limit at a path."""
        for prefix, limit in self.by_prefix.items():
            if path.startswith(prefix):
                return limit
        return self.default


class BodyLimitMiddleware:
    """Answers 413 to a body above its limit: at once if it declares its length, else on the way.

    Args:
        app: the application.
        limits: for each path.
    """

    def __init__(self, app: ASGIApp, limits: BodyLimits) -> None:
        self._app = app
        self._limits = limits
        self._prefixes = tuple(limits.by_prefix)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        limit, path = self._limits.default, scope["path"]
        if path.startswith(self._prefixes):  # one call, as this is asked of every request
            limit = self._limits.at(path)
        declared = _declared_length(scope)
        if declared is None:
            return await self._pass_counted(scope, receive, send, limit)
        if declared > limit:
            return await problem_response(_too_large(limit), scope["path"])(scope, receive, send)
        return await self._app(scope, receive, send)

    async def _pass_counted(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        received, started = 0, False

        async def counted_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                # FastAPI turns any other exception while it reads a body into a 400 of its own;
                # the handler of this one answers with its cause.
                raise HTTPException(TooLargeError.status) from _too_large(limit)
            return message

        async def noted_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, counted_receive, noted_send)
        except HTTPException:
            if started or received <= limit:
                raise
            await problem_response(_too_large(limit), scope["path"])(scope, receive, send)


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"The body has more than {limit} bytes.", fix="send a smaller body.")


def _declared_length(scope: Scope) -> int | None:
    """The length that a request declares, None where its body may have any."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0  # the server has refused other values
        if name == b"transfer-encoding":
            return None
    return 0 if scope["method"] in ("GET", "HEAD", "OPTIONS", "DELETE") else None
