"""How much a request may carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sizzle.api.http.problems import answer_problem
from sizzle.errors import TooLargeError

UPLOADS: Final = ("/v1/ingests", "/editor/ingests")
"""Where files are sent to."""


@dataclass(frozen=True, slots=True)
class MaxBytes:
    """The most bytes of a body: at paths that begin so, and anywhere else."""

    anywhere: int = 2**20
    at: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(UPLOADS, 2**29))

    def of(self, path: str) -> int:
        """The most at a path."""
        for prefix, most in self.at.items():
            if path.startswith(prefix):
                return most
        return self.anywhere


class BodyLimit:
    """Stands in front of the application, and refuses what is too large.

    At once where the request says so, else as soon as it is.

    Args:
        app: the application.
        most: the limits.
    """

    def __init__(self, app: ASGIApp, most: MaxBytes) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        most = self._most.of(scope["path"])
        said, endless = _said(scope)
        if said > most:
            return await answer_problem(_too_large(most), scope["path"])(scope, receive, send)
        if not endless:
            return await self._app(scope, receive, send)
        return await self._counted(scope, receive, send, most)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        got, started = 0, False

        async def receiving() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:
                # Of the exceptions there are, the one that nothing on its way takes for another.
                raise HTTPException(TooLargeError.status, _too_large(most).what)
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receiving, sending)
        except HTTPException:
            if started or got <= most:
                raise
            await answer_problem(_too_large(most), scope["path"])(scope, receive, send)


def _too_large(most: int) -> TooLargeError:
    return TooLargeError(f"The body has more than {most} bytes.", fix="send a smaller body.")


def _said(scope: Scope) -> tuple[int, bool]:
    """How long a request says that its body is, and whether it may be of any length."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0, False
        if name == b"transfer-encoding":
            return 0, True
    return 0, scope["method"] not in ("GET", "HEAD", "OPTIONS", "DELETE")
