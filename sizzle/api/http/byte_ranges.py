"""Conditional and range requests (RFC 9110, sections 13 and 14), as far as players make them."""

from __future__ import annotations

import re
from collections.abc import Mapping

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)

Headers = Mapping[bytes, bytes]


def is_held(asked: Headers, tag: str) -> bool:
    """Whether the client says that it has the content with this quoted entity tag."""
    held = asked.get(b"if-none-match", b"").decode("latin-1")
    return held == "*" or tag in (each.strip().removeprefix("W/") for each in held.split(","))


def wanted_range(asked: Headers, size: int, tag: str) -> range | None:
    """The bytes that are asked for, or None for all.

    A range that isn't understood is ignored, as are several at once; so is any of a content that
    has changed since. It is empty where none of its bytes exist.
    """
    if asked.get(b"if-range", tag.encode()) != tag.encode():
        return None
    match = _RANGE.fullmatch(asked.get(b"range", b"").decode("latin-1"))
    if match is None or match[1] == match[2] == "":
        return None
    if not match[1]:
        return range(max(0, size - int(match[2])), size)
    first = int(match[1])
    last = int(match[2]) if match[2] else max(first, size)
    return None if last < first else range(min(first, size), min(last + 1, size))
