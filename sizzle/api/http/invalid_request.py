"""The error of a request that does not match its schema, however it was read."""

from __future__ import annotations

from typing import ClassVar

from sizzle.errors import SizzleError


class InvalidRequestError(SizzleError):
    """A request that does not match its schema."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "invalid-request"
    title: ClassVar[str] = "Invalid request"


def invalid_field(field: str, what: str) -> InvalidRequestError:
    """The error for a field; an empty one stands for the whole body."""
    return InvalidRequestError(
        f"{field or 'body'}: {what}.", fix="see the request's schema in /openapi.json."
    )


def not_json() -> InvalidRequestError:
    """The error for a body that cannot be read."""
    return InvalidRequestError(
        "The body cannot be read as JSON.",
        fix="send JSON in UTF-8; the request's schema is in /openapi.json.",
    )
