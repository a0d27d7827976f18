"""What became of an exposure does not depend on the order of its events, nor on nonsense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.engagement import Outcome, Unused, pack, unpack
from sizzle.events import Event
from tests.engagement.sample_exposures import PLAN, progress, reel_event
from tests.events.sample_events import NOW

times = st.integers(NOW, NOW + 10_000)
events = st.one_of(
    st.builds(
        lambda cut, frames, time: progress("e", cut, frames, time=time),
        st.sampled_from([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 1.5, 1e308, -1.0]),
        st.sampled_from([0.0, 0.4, 1.0, 40.0, 79.0, 80.0, 1e300]),
        times,
    ),
    st.builds(
        lambda kind, time, metrics: reel_event(kind, "e", time=time, metrics=metrics),
        st.sampled_from(["started", "completed", "left"]),
        times,
        st.sampled_from([{}, {"cut": 2.0}, {"cut": 9.0}, {"cut": 3.0, "frame": 250.0}]),
    ),
)


def applied(some: list[Event]) -> Outcome:
    """The outcome after these events."""
    outcome = Outcome.of_plan(PLAN)
    for event in some:
        outcome.apply(event)
    return outcome


@given(st.lists(events).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_order_does_not_matter(orders: tuple[list[Event], list[Event]]) -> None:
    """And no cut is seen for more frames than it has."""
    some, others = orders
    outcome = applied(some)
    assert outcome == applied(others)
    assert all(seen <= length for seen, length in zip(outcome.seen, (160, 80, 80, 40), strict=True))
    assert 0 <= outcome.reached <= 4
    assert unpack(pack(outcome.seen)) == outcome.seen


def test_a_view_from_beginning_to_end() -> None:
    """Reports of one cut add up, to its length at most; those seen mean that it was started."""
    outcome = applied([progress("1", 2, 30, time=NOW + 5), progress("2", 2, 30, time=NOW + 9)])
    assert outcome.seen == [0, 60, 0, 0]
    assert (outcome.started, outcome.reached, outcome.completed) == (NOW + 5, 2, None)
    outcome = applied([progress("1", 2, 60), progress("2", 2, 60), reel_event("left", "3")])
    assert outcome.seen == [0, 80, 0, 0]
    assert outcome.left == NOW + 1000
    assert applied([reel_event("completed", "1")]).started == NOW + 1000
    assert applied([reel_event("left", "1", metrics={"cut": 3.0})]).started is None
    assert applied([progress("1", 1, 0)]).started is None


@pytest.mark.parametrize("cut", [0, 5, 1.5, -1, 1e308])
def test_a_cut_that_is_not_there(cut: float) -> None:
    """It is not counted, and said."""
    outcome = Outcome.of_plan(PLAN)
    assert outcome.apply(progress("1", cut, 40)) is Unused.NO_SUCH_CUT
    assert outcome.apply(reel_event("left", "2", metrics={"cut": cut})) is Unused.NO_SUCH_CUT
    assert outcome.seen == [0, 0, 0, 0]
    assert outcome.started is None
