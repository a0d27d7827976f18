"""Where somebody goes once they are signed in: to a page of this service, and nowhere else."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

FRONT: Final = "/"
_MAX_LENGTH: Final = 2000
_ODD: Final = re.compile(r"[\\\x00-\x20\x7f]")


def next_page(text: str) -> str:
    r"""A path of this service, or the front page for anything that is none.

    Browsers take `//host`, `/\host` and the like for addresses of other hosts.
    """
    if not text.startswith("/") or len(text) > _MAX_LENGTH or _ODD.search(text):
        return FRONT
    try:
        parts = urlsplit(text)
    except ValueError:
        return FRONT
    is_here = not parts.scheme and not parts.netloc and not text.startswith("//")
    return text if is_here and not parts.path.startswith("/sign-") else FRONT


def kept_page(text: str) -> str:
    """The path that a form was sent to and is kept for; empty where it is not kept.

    Those of one's own account hold passwords.
    """
    path = next_page(text)
    return "" if path == FRONT or path.startswith("/account") else path
