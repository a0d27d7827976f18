"""Runs go where their journey says, whenever they are looked at."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.outreach.journeys.run import CancelSends, Facts, Outcome, PlanSend
from sizzle.outreach.journeys.stepper import step
from tests.outreach.journeys.sample_journeys import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Walk,
    event,
    journey,
    ms,
    send,
)

WAIT = {"id": "pause", "type": "wait", "for": "3 days", "next": "second"}


def test_messages_are_planned_where_the_waits_are_over() -> None:
    """The first at once, the second three days later, and then it is completed."""
    walk = Walk(journey(send(next="pause"), WAIT, send("second")))
    assert walk.look(NOW).due == NOW + 3 * DAY
    assert walk.effects == [PlanSend("hello")]
    assert walk.look(NOW + 3 * DAY - 1).outcome is None
    assert walk.look(NOW + 3 * DAY).outcome is Outcome.COMPLETED
    assert walk.effects == [PlanSend("hello"), PlanSend("second")]
    assert walk.look(NOW + 9 * DAY) == walk.run
    assert len(walk.effects) == 2


def test_looking_early_changes_nothing() -> None:
    """However often, and whenever: wake-ups are harmless."""
    walk = Walk(journey(WAIT, send("second")))
    first = walk.look(NOW)
    for minute in range(0, 3 * 24 * 60 - 1, 97):
        assert walk.look(NOW + minute * MINUTE) == first
    assert not walk.effects


def test_a_late_look_does_not_shift_what_comes_after() -> None:
    """Waits count from when the one before was over; after a long pause, from an hour ago."""
    waits = [
        {"id": "one", "type": "wait", "for": "1 day", "next": "nine"},
        {"id": "nine", "type": "wait_until", "hour": "09:00", "next": "second"},
    ]
    walk = Walk(journey(*waits, send("second")), at=ms("2026-06-03T09:00:00+00:00"))
    walk.look(NOW)
    assert walk.look(walk.run.due + 2_000).outcome is Outcome.COMPLETED
    assert walk.times == [ms("2026-06-04T09:00:02+00:00")]
    slow = Walk(journey(WAIT, {**WAIT, "id": "second", "next": "last"}, send("last")))
    slow.look(NOW)
    assert slow.look(NOW + 20 * DAY).due == NOW + 20 * DAY - HOUR + 3 * DAY


@pytest.mark.parametrize(
    ("zone", "since", "hour", "expected"),
    [
        ("Europe/Paris", "2026-03-28T12:00:00+01:00", "02:30", "2026-03-29T03:30:00+02:00"),
        ("Europe/Paris", "2026-10-24T12:00:00+02:00", "02:30", "2026-10-25T02:30:00+02:00"),
        ("Europe/Paris", "2026-10-25T02:40:00+02:00", "02:30", "2026-10-26T02:30:00+01:00"),
        ("America/New_York", "2026-03-07T12:00:00-05:00", "02:30", "2026-03-08T03:30:00-04:00"),
        ("Australia/Lord_Howe", "2026-04-04T12:00:00+11:00", "01:45", "2026-04-05T01:45:00+11:00"),
        ("Pacific/Apia", "2026-01-01T00:00:00+13:00", "09:00", "2026-01-01T09:00:00+13:00"),
    ],
)
def test_an_hour_is_what_the_members_clock_shows(
    zone: str, since: str, hour: str, expected: str
) -> None:
    """An hour that is skipped is as much later; of a repeated one, the first counts."""
    walk = Walk(
        journey({"id": "h", "type": "wait_until", "hour": hour, "next": "s"}, send("s")),
        at=ms(since),
    )
    assert walk.look(ms(since), Facts(zones=(zone,))).due == ms(expected)


def test_where_a_member_may_be_in_several_zones_it_has_been_that_hour_in_all() -> None:
    """As quiet hours are taken: the last of them counts. Only on the days that are named."""
    until = {"id": "h", "type": "wait_until", "hour": "09:00", "days": ["sat"], "next": "s"}
    walk = Walk(journey(until, send("s")))
    both = Facts(zones=("America/New_York", "America/Los_Angeles"))
    assert walk.look(NOW, both).due == ms("2026-06-06T09:00:00-07:00")


def test_a_wait_for_an_event_ends_with_it_or_in_time() -> None:
    """By when it happened: one from before, of the future or another title is not it."""
    wait = {
        "id": "w", "type": "wait_for_event", "event": {"type": "opened"}, "limit": "2 days",
        "next": "came", "otherwise": "not",
    }  # fmt: skip
    waiting = journey(wait, send("came"), send("not"))
    walk = Walk(waiting)
    early = Facts(events=[event(NOW, "opened"), event(NOW + 5 * DAY, "opened")])
    assert walk.look(NOW + HOUR, early).step == "w"
    late = Facts(events=[event(NOW + DAY, "opened")])
    assert walk.look(NOW + DAY + 1, late).step == "came"
    other = Walk(waiting)
    other.look(NOW)
    # It happened in time, and came after the limit, before anybody looked.
    assert other.look(NOW + 3 * DAY, late).step == "came"
    never = Walk(waiting)
    never.look(NOW)
    assert never.look(NOW + 3 * DAY, Facts(events=[event(NOW + 3 * DAY, "opened")])).step == "not"


@pytest.mark.parametrize(
    ("test", "facts", "taken"),
    [
        ({"segment_id": "g"}, Facts(segments={"g"}), "yes"),
        ({"segment_id": "g"}, Facts(segments={"h"}), "no"),
        ({"event": {"type": "opened"}}, Facts(events=[event(NOW + 1, "opened")]), "yes"),
        ({"event": {"type": "opened"}}, Facts(events=[event(NOW - 1, "opened")]), "no"),
        (
            {"event": {"type": "opened", "attributes": {"kind": ["a", "b"]}}},
            Facts(events=[event(NOW + 1, "opened", kind="c")]),
            "no",
        ),
    ],
)
def test_conditions_ask_what_holds_now(test: dict[str, Any], facts: Facts, taken: str) -> None:
    """A segment, or an event since entry, with its attributes."""
    condition = {"id": "c", "type": "condition", "if": test, "next": "yes", "otherwise": "no"}
    walk = Walk(journey(condition, send("yes"), send("no")))
    walk.look(NOW + HOUR, facts)
    assert walk.effects == [PlanSend(taken)]


def test_splits_divide_by_weight_and_a_condition_asks_for_their_branch() -> None:
    """A member always gets the same branch; those held out get nothing, and are counted."""
    split = {
        "id": "split", "type": "split", "holdout": 0.25, "branches": [
            {"name": "a", "weight": 1, "next": "c"}, {"name": "b", "weight": 2, "next": "c"},
        ],
    }  # fmt: skip
    asked = {"treatment": {"split": "split", "branch": "a"}}
    condition = {"id": "c", "type": "condition", "if": asked, "next": "for-a", "otherwise": "rest"}
    divided = journey(split, condition, send("for-a"), send("rest"))
    counts = Counter[str]()
    for number in range(4000):
        walk = Walk(divided, f"member-{number}")
        walk.look(NOW)
        again = Walk(divided, f"member-{number}")
        assert again.look(NOW) == walk.run
        held = walk.run.outcome is Outcome.HELD_OUT
        counts["held out" if held else walk.run.step] += 1
        assert held is not bool(walk.effects)
    assert 920 < counts["held out"] < 1080
    assert 1.85 < counts["rest"] / counts["for-a"] < 2.15


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (Facts(events=[event(NOW + 1)]), Outcome.CONVERTED),
        (Facts(events=[event(NOW + 1, title_id="other")]), None),
        (Facts(events=[event(NOW)]), None),
        (Facts(unsubscribed=True), Outcome.UNSUBSCRIBED),
        (Facts(closed=True), Outcome.CLOSED),
        (Facts(held_out=True), Outcome.HELD_OUT),
    ],
)
def test_ends_for_all_come_before_any_step(facts: Facts, outcome: Outcome | None) -> None:
    """And what was planned and has not gone out is skipped."""
    walk = Walk(journey(WAIT, send("second")))
    assert walk.look(NOW + 3 * DAY, facts).outcome is (outcome or Outcome.COMPLETED)
    assert walk.effects == ([CancelSends(outcome)] if outcome else [PlanSend("second")])


def test_who_leaves_the_segment_leaves_the_journey() -> None:
    """Where the journey names one."""
    within = journey(WAIT, send("second"), segment_id="g")
    stays, leaves = Walk(within), Walk(within)
    assert stays.look(NOW + 3 * DAY, Facts(segments={"g"})).outcome is Outcome.COMPLETED
    assert leaves.look(NOW + DAY).outcome is Outcome.LEFT_SEGMENT


def test_a_run_ends_in_time_wherever_it_is() -> None:
    """It is due then, also where it waits for something that never comes."""
    endless = {"id": "w", "type": "wait_for_event", "event": {"type": "never"}, "next": "s"}
    walk = Walk(journey(endless, send("s"), longest="10 days"))
    assert walk.look(NOW).due == NOW + 10 * DAY
    assert walk.look(NOW + 10 * DAY).outcome is Outcome.TOO_LONG


def test_a_circle_without_a_wait_does_not_hang() -> None:
    """The checks refuse it; a run in it ends in time all the same."""
    circle = [send("a", next="b"), send("b", next="a")]
    walk = Walk(journey(*circle, longest="1 hour"))
    assert walk.look(NOW).due == NOW + MINUTE
    assert walk.to_the_end().outcome is Outcome.TOO_LONG


def test_a_clock_that_is_put_back_does_not_hold_a_run() -> None:
    """What a clock of another year wrote counts from now."""
    walk = Walk(journey(WAIT, send("second")), at=NOW + 365 * DAY)
    walk.look(NOW + 365 * DAY)
    assert walk.look(NOW).due == NOW + 3 * DAY


steps = st.lists(
    st.one_of(
        st.builds(lambda n: {"type": "wait", "for": f"{n} hours"}, st.integers(1, 200)),
        st.builds(lambda n: {"type": "wait_until", "hour": f"{n:02}:30"}, st.integers(0, 23)),
        st.just({"type": "wait_for_event", "event": {"type": "e"}, "limit": "1 day"}),
        st.just({"type": "condition", "if": {"event": {"type": "e"}}}),
        st.just({"type": "send", "kind": "title", "promoted_id": "aurora"}),
        st.just({"type": "split", "branches": [{"name": "a"}, {"name": "b"}], "holdout": 0.1}),
    ),
    min_size=1,
    max_size=12,
)


@given(
    kinds=steps,
    targets=st.lists(st.integers(0, 12), min_size=40, max_size=40),
    looks=st.lists(st.integers(1, 40 * HOUR), max_size=30),
    events=st.lists(st.integers(0, 30 * DAY), max_size=5),
)
def test_any_journey_ends_whenever_it_is_looked_at(
    kinds: list[dict[str, Any]], targets: list[int], looks: list[int], events: list[int]
) -> None:
    """Any steps, cycles too, any looks: no step hangs, nothing is undone, and the end comes."""
    names, left = [f"s{n}" for n in range(len(kinds))], iter(targets)

    def target() -> str:
        return [*names, ""][next(left) % (len(names) + 1)]

    made = []
    for name, kind in zip(names, kinds, strict=True):
        branches = [{**branch, "next": target()} for branch in kind.get("branches", ())]
        ways: dict[str, Any] = {"branches": branches} if branches else {"next": target()}
        if kind["type"] in ("wait_for_event", "condition"):
            ways["otherwise"] = target()
        made.append({**kind, **ways, "id": name})
    walk = Walk(journey(*made, longest="30 days", goal=None))
    facts = Facts(events=[event(NOW + at, "e") for at in events], zones=("Europe/Paris",))
    now = NOW
    for pause in looks:
        before = walk.run
        now += pause
        after = walk.look(now, facts)
        if before.outcome is not None:
            assert after == before
        assert after.outcome is not None or now < after.due <= NOW + 30 * DAY
        if after.outcome is not None or after.due > now + MINUTE:
            assert step(walk.journey, after, facts, now) == (after, [])
    assert walk.look(NOW + 30 * DAY + now, facts).outcome is not None
