"""Journeys are tried out with the stepper and the gate that real members meet."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sizzle.outreach.journeys.run import Outcome
from sizzle.outreach.journeys.simulate import USUAL_ZONES, simulate
from sizzle.outreach.journeys.simulation import Assumptions, Simulation
from sizzle.outreach.timing import FrequencyCap, GatePolicy, QuietHours
from sizzle.outreach.vocabulary import MessageClass
from tests.outreach.journeys.sample_journeys import DAY, NOW, journey, ms, send

WAIT = {"id": "pause", "type": "wait", "for": "3 days", "next": "second"}
SERIES = journey(send(next="pause"), WAIT, send("second"), reenter_after="10 days")
QUIET = QuietHours.parse("21:00-08:00")
GATE = GatePolicy(
    quiet={MessageClass.MARKETING: QUIET}, caps={MessageClass.MARKETING: FrequencyCap(1, 3)}
)
FREE = GatePolicy()


def tried(found: Simulation) -> int:
    """How many messages were planned."""
    return sum(figures.planned for figures in found.steps.values())


def test_every_member_message_and_run_is_accounted_for() -> None:
    """And the same assumptions give the same figures."""
    assumed = Assumptions(members=400, days=120, entries=6.0, in_segment=0.5)
    found = simulate(SERIES, GATE, assumed, NOW)
    assert sum(found.members_by_messages.values()) == 400
    assert sum(found.members_by_most_a_week.values()) == 400
    assert found.runs == sum(found.outcomes.values()) > 400
    for figures in found.steps.values():
        waiting = figures.planned - figures.sent - sum(figures.skipped.values())
        assert 0 <= waiting <= 5  # at the end of the time
    assert found.messages == sum(figures.sent for figures in found.steps.values())
    assert max(found.members_by_most_a_week) <= 3
    assert found.most <= 2 * 12
    assert simulate(SERIES, GATE, assumed, NOW) == found
    assert simulate(SERIES, GATE, Assumptions(400, 120, 6.0, seed=1), NOW) != found


def test_chances_do_what_they_say() -> None:
    """Nobody answers, all do; nobody enters; half are held out."""
    wait = {
        "id": "w", "type": "wait_for_event", "event": {"type": "opened"}, "limit": "30 days",
        "next": "second",
    }  # fmt: skip
    waits = journey(send(next="w"), wait, send("second"))
    nobody = Assumptions(200, 200, answers=0, converts=0, unsubscribes=0)
    assert simulate(waits, FREE, nobody, NOW).steps["second"].planned == 0
    everybody = simulate(waits, FREE, Assumptions(200, 200, 4.0, 1, 0, 0), NOW)
    assert everybody.steps["second"].planned > 150
    converted = simulate(SERIES, FREE, Assumptions(200, 60, 12.0, 0, 1, 0), NOW)
    assert converted.outcomes[Outcome.CONVERTED.value] > 180
    left = simulate(SERIES, FREE, Assumptions(200, 365, 12.0, 0, 0, 1), NOW)
    assert set(left.members_by_messages) <= {0, 1}
    assert simulate(SERIES, FREE, Assumptions(20, entries=0), NOW).runs == 0
    half = simulate(
        journey(holdout=0.5), FREE, Assumptions(400, entries=20.0), NOW, held_out_of_all=0.1
    )
    assert 190 < half.outcomes[Outcome.HELD_OUT.value] < 250


def test_a_schedule_lets_all_enter_at_its_times() -> None:
    """Once a week, for four weeks."""
    trigger = {
        "on": "schedule", "segment_id": "g", "first": "2026-06-04T09:00", "every": "week",
        "last": "2026-06-30T00:00",
    }  # fmt: skip
    weekly = journey(trigger=trigger, reenter_after="1 day", goal=None)
    found = simulate(weekly, FREE, Assumptions(10, unsubscribes=0), NOW)
    assert found.members_by_messages == {4: 10}


@pytest.mark.parametrize(
    ("start", "days"),
    [("2026-03-01T00:00:00+00:00", 45), ("2026-09-20T00:00:00+00:00", 55)],
)
def test_nothing_goes_out_in_quiet_hours_of_24_zones_over_both_clock_changes(
    start: str, days: int
) -> None:
    """Whatever hour a journey waits for: in the gap, in the hour that comes twice, at night."""
    hours = ("02:30", "01:45", "07:59", "20:59", "23:00")
    waits = [
        {"id": f"h{n}", "type": "wait_until", "hour": hour, "next": f"s{n}"}
        for n, hour in enumerate(hours)
    ]
    sends = [send(f"s{n}", next=f"h{n + 1}" if n < 4 else "") for n in range(5)]
    nights = journey(*waits, *sends, reenter_after="1 day", goal=None)
    policy = GatePolicy(quiet={MessageClass.MARKETING: QUIET})
    sent: list[tuple[int, int]] = []

    def note(member_id: str, at: int) -> None:
        sent.append((int(member_id.removeprefix("member-")), at))

    assumed = Assumptions(2 * len(USUAL_ZONES), days, entries=120.0, unsubscribes=0)
    simulate(nights, policy, assumed, ms(start), on_sent=note)
    assert len(USUAL_ZONES) == 24
    assert len(sent) > 1500
    for number, at in sent:
        (zone,) = USUAL_ZONES[number % 24]
        wall = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).time()
        assert not QUIET.cover(wall), (zone, at)


def test_members_of_several_possible_zones_are_written_to_while_all_are_awake() -> None:
    """As the gate does it for everybody."""
    both = ("America/New_York", "America/Los_Angeles")
    sent: list[int] = []
    policy = GatePolicy(quiet={MessageClass.MARKETING: QUIET})
    assumed = Assumptions(20, 30, entries=50.0)
    simulate(SERIES, policy, assumed, NOW, [both], on_sent=lambda _, at: sent.append(at))
    assert sent
    for at, zone in ((at, zone) for at in sent for zone in both):
        wall = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).time()
        assert not QUIET.cover(wall)
    assert max(sent) < NOW + 30 * DAY
