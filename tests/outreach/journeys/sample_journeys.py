"""Journeys to test with."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sizzle.outreach.journeys.durations import DAY, HOUR, MINUTE
from sizzle.outreach.journeys.model import Journey
from sizzle.outreach.journeys.reading import read_journey
from sizzle.outreach.journeys.run import Facts, MemberEvent, Run, new_run
from sizzle.outreach.journeys.stepper import step

__all__ = ["DAY", "HOUR", "MINUTE", "NOW", "Walk", "event", "journey", "journey_json", "ms", "send"]


def ms(text: str) -> int:
    """A time in ISO 8601 with its zone, in milliseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


NOW = ms("2026-06-03T12:00:00+00:00")
SIGNED_UP = {"on": "event", "event": {"type": "signed_up"}}
PLAYED = {"type": "title_played", "attributes": {"title_id": ["aurora"]}}


def send(step_id: str = "hello", **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """A step that sends."""
    return {"id": step_id, "type": "send", "kind": "title", "promoted_id": "aurora", **fields}


def journey_json(*steps: dict[str, Any], **fields: Any) -> dict[str, Any]:  # noqa: ANN401
    """A journey as JSON has it."""
    given = {"journey_id": "welcome", "topic": "marketing", "trigger": SIGNED_UP, "goal": PLAYED}
    return {**given, **fields, "steps": list(steps or [send()])}


def journey(*steps: dict[str, Any], **fields: Any) -> Journey:  # noqa: ANN401
    """A journey."""
    return read_journey(json.dumps(journey_json(*steps, **fields)))


def event(time: int, event_type: str = "title_played", **attributes: str) -> MemberEvent:
    """An event of the member, a play of the title that is promoted by default."""
    given = attributes or ({"title_id": "aurora"} if event_type == "title_played" else {})
    return MemberEvent(event_type, given, time)


class Walk:
    """A run, looked at whenever it is due."""

    def __init__(self, walked: Journey, member_id: str = "ada", at: int = NOW) -> None:
        self.journey = walked
        self.run: Run = new_run(walked.journey_id, 1, walked.steps[0].id, member_id, "e", at)
        self.effects: list[object] = []
        self.times: list[int] = []

    def look(self, now: int, facts: Facts | None = None) -> Run:
        """Look at it once."""
        self.run, effects = step(self.journey, self.run, facts or Facts(), now)
        self.effects += effects
        self.times += [now] * len(effects)
        return self.run

    def to_the_end(self, facts: Facts | None = None, looks: int = 1000) -> Run:
        """Look at it whenever it is due, until it has ended."""
        for _ in range(looks):
            if self.look(self.run.due, facts).outcome is not None:
                return self.run
        raise AssertionError("it does not end")
