"""Conditional and range requests (RFC 9110, sections 13 and 14), as far as players use them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)

Headers = Mapping[bytes, bytes]


def matches_etag(request: Headers, etag: str) -> bool:
    """Whether `If-None-Match` names this quoted entity tag, so that the client has the content."""
    named = request.get(b"if-none-match", b"").decode("latin-1")
    return named == "*" or etag in (tag.strip().removeprefix("W/") for tag in named.split(","))


def requested_range(request: Headers, size: int, etag: str) -> range | None:
    """The requested bytes, None for all of them, or an empty range if none of them exist.

    An invalid range is ignored, as are several ranges in one request, and a range of content that
    has changed since (`If-Range`).
    """
    if request.get(b"if-range", etag.encode()) != etag.encode():
        return None
    match = _RANGE.fullmatch(request.get(b"range", b"").decode("latin-1"))
    if match is None or match[1] == match[2] == "":
        return None
    if not match[1]:
        return range(max(0, size - int(match[2])), size)
    first = int(match[1])
    last = int(match[2]) if match[2] else max(first, size)
    return None if last < first else range(min(first, size), min(last + 1, size))
