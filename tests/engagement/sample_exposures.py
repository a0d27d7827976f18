"""Exposures and their events, for tests."""

from __future__ import annotations

from typing import Any

from sizzle.engagement import Exposure
from sizzle.events import Event
from tests.events.sample_events import NOW, event

PLAN = "A:160 B:80 | A:80 C:40"
DAY = 86_400_000


def exposure(reel_id: str = "reel-1", **fields: Any) -> Exposure:  # noqa: ANN401
    """A reel of four cuts, at 25 frames a second, shown to member-ada."""
    values = {
        "member_id": "member-ada",
        "asset_id": "spring",
        "asset_version": "v1",
        "cadence": "trio",
        "plan": PLAN,
        "rate": "25/1",
        "titles": ("aurora", "borealis", "comet"),
        "model_version": "m1",
        "time": NOW,
        **fields,
    }
    return Exposure(reel_id=reel_id, **values)


def reel_event(kind: str, event_id: str, reel_id: str = "reel-1", **fields: Any) -> Event:  # noqa: ANN401
    """Something that happened to a reel, a second after it was shown."""
    values = {"member_id": "member-ada", "time": NOW + 1000, **fields}
    return event(event_id, type=f"reel_{kind}", reel_id=reel_id, **values)


def progress(event_id: str, cut: float, frames: float, **fields: Any) -> Event:  # noqa: ANN401
    """Frames of a cut were seen."""
    return reel_event("progress", event_id, metrics={"cut": cut, "frames": frames}, **fields)


def play(event_id: str, title_id: str, **fields: Any) -> Event:  # noqa: ANN401
    """A title was started."""
    values = {"member_id": "member-ada", "time": NOW + 1000, **fields}
    return event(
        event_id,
        type="title_played",
        attributes={"title_id": title_id},
        metrics={"seconds": 60.0},
        **values,
    )
