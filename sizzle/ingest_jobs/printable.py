"""Texts that come from files, made fit to be sent: as UTF-8, and without control characters."""

from __future__ import annotations

import re
from typing import Any

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_LONGEST_NAME = 200


def encodable(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """JSON whose texts can all be encoded: a timeline in JSON can name halves of characters."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: encodable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [encodable(each) for each in value]
    return value


def display_name(name: str) -> str:
    """A file's name as it is shown: its last part, in one line, never used to open anything."""
    last = re.split(r"[/\\]", name)[-1]
    return encodable(_CONTROLS.sub("", last))[:_LONGEST_NAME] or "timeline"
