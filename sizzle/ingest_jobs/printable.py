"""Make texts from files safe to send: valid UTF-8, without control characters."""

from __future__ import annotations

import re
from typing import Any

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_LONGEST_NAME = 200


def encodable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """JSON whose texts can all be encoded: a timeline in JSON can hold lone surrogates."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encodable(item) for item in value]
    return value


def display_name(name: str) -> str:
    """A file's name for display: its last part, on one line; never used to open a file."""
    last = re.split(r"[/\\]", name)[-1]
    return encodable(_CONTROLS.sub("", last))[:_LONGEST_NAME] or "timeline"
