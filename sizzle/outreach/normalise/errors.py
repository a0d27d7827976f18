"""The error of a value that cannot be normalised."""

from __future__ import annotations

from typing import ClassVar

from sizzle.errors import SizzleError


class InvalidValueError(SizzleError):
    """A value that cannot be what it should be."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "invalid-value"
    title: ClassVar[str] = "Invalid value"


def shown(value: str) -> str:
    """A value for a message: short, and without what would change how the message is shown."""
    return repr(value if len(value) <= 60 else value[:57] + "...")
