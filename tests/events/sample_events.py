"""Events to test with."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from sizzle.events import Event
from sizzle.reel.reel_cuts import ReelCut

NOW = 1_790_000_000_000  # milliseconds since 1970
TIME = "2026-09-21T14:13:20Z"
"""The same time, as clients write it."""


def sent(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """An event as a client sends it; a field that is given as None is left out."""
    event = {
        "id": "e-1",
        "type": "app_opened",
        "time": TIME,
        "member_id": "member-ada",
        **fields,
    }
    return {name: value for name, value in event.items() if value is not None}


def raw(**fields: Any) -> bytes:  # noqa: ANN401 - any JSON
    """The same as JSON."""
    return json.dumps(sent(**fields)).encode()


def event(event_id: str = "e-1", **fields: Any) -> Event:  # noqa: ANN401 - of any field
    """An event as it is kept."""
    values: dict[str, Any] = {
        "type": "app_opened",
        "member_id": "member-ada",
        "time": NOW,
        "received": NOW,
        **fields,
    }
    return Event(event_id=event_id, **values)


def cut(reel_id: str, number: int) -> ReelCut | None:
    """Cuts of two titles by turns, of 100 and 50 frames; one reel is known."""
    if reel_id != "reel-1" or not 1 <= number <= 6:
        return None
    title, frames = ("aurora", 100) if number % 2 else ("velvet", 50)
    return ReelCut(title, frames, Fraction(25))
