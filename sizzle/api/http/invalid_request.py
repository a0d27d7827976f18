"""The errors of a request that does not match its schema, however it was read."""

from __future__ import annotations

from typing import ClassVar

from sizzle.errors import SizzleError


class InvalidRequestError(SizzleError):
    """A request that does not match its schema."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "invalid-request"
    title: ClassVar[str] = "Invalid request"


class UnsupportedMediaTypeError(SizzleError):
    """A body that is sent as anything but what the route reads."""

    status: ClassVar[int] = 415
    slug: ClassVar[str] = "unsupported-media-type"
    title: ClassVar[str] = "Unsupported media type"


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


def not_sent_as_json(content_type: str) -> UnsupportedMediaTypeError:
    """The error for a body with this Content-Type; an empty one is for a request without it."""
    what = f"The body is sent as {content_type[:80]!r}" if content_type else "The request has"
    what += ", not as JSON." if content_type else " no Content-Type."
    return UnsupportedMediaTypeError(what, fix="send Content-Type: application/json.")
