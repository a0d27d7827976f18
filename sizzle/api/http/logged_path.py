"""Paths as the log has them: without ids of members and their endpoints, and tokens of messages."""

from __future__ import annotations

import re
from typing import Final

_PERSONAL: Final = re.compile(r"(/(?:members|users|endpoints)/).*", re.DOTALL)
# The links of messages: whoever has the token of one may unsubscribe its reader.
_TOKEN_PAGES: Final = ("/r/", "/u/", "/o/")
_MAX_LENGTH: Final = 300


def logged_path(path: str) -> str:
    """A path that says nothing of a person, who may be erased while the log is kept."""
    path = path[:_MAX_LENGTH]
    if path.startswith(_TOKEN_PAGES):
        return f"{path[:3]}..."
    # Most paths have none of these, which is found out in a twentieth of the time.
    if not ("/members/" in path or "/users/" in path or "/endpoints/" in path):
        return path
    return _PERSONAL.sub(r"\1...", path)
