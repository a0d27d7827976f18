"""The error of a message that cannot be composed."""

from __future__ import annotations

from typing import ClassVar

from sizzle.errors import SizzleError


class ComposeError(SizzleError):
    """A line, a member and a reel of which no message can be made."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "message-impossible"
    title: ClassVar[str] = "Impossible message"
