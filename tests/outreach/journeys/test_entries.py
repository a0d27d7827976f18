"""Who enters, and when."""

from __future__ import annotations

from typing import Any

import pytest

from sizzle.outreach.journeys.entries import last_occurrence, may_enter, starts_run
from sizzle.outreach.journeys.model import EventTrigger, ScheduleTrigger
from tests.outreach.journeys.sample_journeys import DAY, HOUR, NOW, journey, ms


def test_an_event_starts_a_run_by_type_and_attributes_unless_it_comes_too_late() -> None:
    """One that happened three days ago, and comes now, starts none."""
    plans = {"type": "signed_up", "attributes": {"plan": ["free", "trial"]}}
    trigger = journey(trigger={"on": "event", "event": plans, "within": "2 days"}).trigger
    assert isinstance(trigger, EventTrigger)
    assert starts_run(trigger, "signed_up", {"plan": "trial", "x": "y"}, NOW - 2 * DAY, NOW)
    assert not starts_run(trigger, "signed_up", {"plan": "trial"}, NOW - 2 * DAY - 1, NOW)
    assert not starts_run(trigger, "signed_up", {"plan": "paid"}, NOW, NOW)
    assert not starts_run(trigger, "signed_up", {}, NOW, NOW)
    assert not starts_run(trigger, "signed_in", {"plan": "trial"}, NOW, NOW)


def test_members_enter_once_or_again_after_some_time() -> None:
    """Never twice at a time."""
    once, again = journey(), journey(reenter_after="30 days")
    assert may_enter(once, None, inside=False, at=NOW)
    assert not may_enter(once, NOW, inside=False, at=NOW + 900 * DAY)
    assert not may_enter(again, NOW, inside=False, at=NOW + 30 * DAY - 1)
    assert may_enter(again, NOW, inside=False, at=NOW + 30 * DAY)
    assert not may_enter(again, NOW, inside=True, at=NOW + 30 * DAY)


@pytest.mark.parametrize(
    ("fields", "now", "expected"),
    [
        ({}, "2026-01-31T08:59+01:00", None),
        ({}, "2026-01-31T09:00+01:00", "2026-01-31T09:00+01:00"),
        ({}, "2026-02-01T08:00+01:00", "2026-01-31T09:00+01:00"),
        ({}, "2026-02-03T08:00+01:00", None),
        ({"every": "day"}, "2026-03-29T09:00+02:00", "2026-03-29T09:00+02:00"),
        ({"every": "week"}, "2026-02-07T10:00+01:00", "2026-02-07T09:00+01:00"),
        ({"every": "week"}, "2026-02-06T10:00+01:00", None),
        ({"every": "month"}, "2026-02-28T10:00+01:00", "2026-02-28T09:00+01:00"),
        ({"every": "month"}, "2026-03-30T10:00+02:00", None),
        ({"every": "month"}, "2026-03-31T10:00+02:00", "2026-03-31T09:00+02:00"),
        ({"every": "day", "last": "2026-02-01T12:00"}, "2026-02-02T09:30+01:00", None),
    ],
)
def test_a_schedule_has_its_times_on_its_own_clock(
    fields: dict[str, Any], now: str, expected: str | None
) -> None:
    """Also over clock changes, in short months, and never one that is longer ago than a day."""
    given = {"first": "2026-01-31T09:00", "zone": "Europe/Paris", "segment_id": "g", **fields}
    trigger = journey(trigger={"on": "schedule", **given}).trigger
    assert isinstance(trigger, ScheduleTrigger)
    found = last_occurrence(trigger, 0, ms(now))
    assert found == (None if expected is None else ms(expected))
    if found is not None:
        assert last_occurrence(trigger, found, ms(now) + HOUR // 2) is None
