"""The model of the link: nothing is lost, nothing is faster than the link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player_stub.streaming import Arrival, Link, Period, Trace
from tests.player_stub.streaming.strategies import traces
from tests.player_stub.streaming.synthetic_reels import steady, steps


@dataclass(frozen=True)
class Sent:
    """A request: when it is sent, and the bytes of its answer's parts."""

    time: float
    parts: tuple[int, ...]
    head: int = 0


requests = st.lists(
    st.builds(
        Sent,
        st.floats(0, 60),
        st.lists(st.integers(1, 500_000), min_size=1, max_size=4).map(tuple),
        st.integers(0, 1000),
    ),
    min_size=1,
    max_size=8,
)


def fetch(trace: Trace, sent: Sequence[Sent]) -> tuple[Link[int], list[Arrival[int]]]:
    """Send them at their times, and wait for all answers."""
    link: Link[int] = Link(trace)
    arrivals: list[Arrival[int]] = []
    for number, each in sorted(enumerate(sent), key=lambda pair: pair[1].time):
        arrivals += link.advance(each.time)
        link.send(number, each.parts, each.head)
    left = sum(len(each.parts) for each in sent) - len(arrivals)
    while left:
        came = link.advance(link.next_event())
        arrivals, left = arrivals + came, left - len(came)
    return link, arrivals


@given(traces, requests)
def test_every_byte_comes_once(trace: Trace, sent: list[Sent]) -> None:
    """All parts arrive, in order, and the link counts exactly their bytes."""
    link, arrivals = fetch(trace, sent)
    for number, each in enumerate(sent):
        parts = [arrival.part for arrival in arrivals if arrival.key == number]
        assert parts == list(range(len(each.parts)))
    assert link.received_bytes == pytest.approx(sum(sum(each.parts) for each in sent), rel=1e-9)
    assert [each.time for each in arrivals] == sorted(each.time for each in arrivals)


@given(traces, requests)
def test_no_answer_is_faster_than_the_link(trace: Trace, sent: list[Sent]) -> None:
    """Each takes a round trip, and as long as the link needs for its bytes alone."""
    _, arrivals = fetch(trace, sent)
    for arrival in arrivals:
        each = sent[arrival.key]
        begins = each.time + trace.period_at(each.time).round_trip
        alone = trace.finish_time(begins, 8 * (each.head + sum(each.parts[: arrival.part + 1])))
        assert arrival.time >= alone - 1e-6


@given(traces, requests)
def test_the_link_is_never_idle_while_an_answer_waits(trace: Trace, sent: list[Sent]) -> None:
    """In its busy seconds it carries all it can: the bytes equal the trace's bits of these."""
    link: Link[int] = Link(trace)
    carried = 0.0
    pending = sorted(enumerate(sent), key=lambda pair: pair[1].time)
    left = sum(len(each.parts) for each in sent)
    while left:
        due = pending[0][1].time if pending else float("inf")
        before, busy = link.now, link.busy
        left -= len(link.advance(min(link.next_event(), due)))
        if link.busy > busy:
            carried += trace.bits_by(link.now) - trace.bits_by(before)
        while pending and pending[0][1].time <= link.now:
            number, each = pending.pop(0)
            link.send(number, each.parts, each.head)
    heads = sum(each.head for each in sent)
    assert 8 * (link.received_bytes + heads) == pytest.approx(carried, rel=1e-6, abs=8)


@given(requests, st.floats(1e5, 1e7), st.floats(1, 10))
def test_a_faster_link_makes_nothing_later(sent: list[Sent], bits: float, times: float) -> None:
    """Twice the bandwidth, or any times: every part arrives no later."""
    slow = Trace(tuple(Period(1, bits * (1 + second % 3), 0.05) for second in range(7)))
    fast = Trace(tuple(Period(1, each.bits * times, 0.05) for each in slow.periods))
    arrived = {(each.key, each.part): each.time for each in fetch(slow, sent)[1]}
    for each in fetch(fast, sent)[1]:
        assert each.time <= arrived[each.key, each.part] + 1e-6


@given(traces, requests, st.lists(st.floats(0.001, 5), max_size=50))
def test_looking_in_between_changes_nothing(
    trace: Trace, sent: list[Sent], looks: list[float]
) -> None:
    """Advanced in any steps, the link does the same: it is computed, not stepped."""
    now = [Sent(0.0, each.parts) for each in sent]
    _, whole = fetch(trace, now)
    link: Link[int] = Link(trace)
    for number, each in enumerate(now):
        link.send(number, each.parts)
    arrivals = []
    for look in looks:
        arrivals += link.advance(link.now + look)
    while len(arrivals) < len(whole):
        arrivals += link.advance(link.next_event())
    for got, wanted in zip(
        sorted(arrivals, key=lambda each: (each.key, each.part)),
        sorted(whole, key=lambda each: (each.key, each.part)),
        strict=True,
    ):
        assert got.time == pytest.approx(wanted.time, rel=1e-6, abs=1e-6)


def test_answers_share_the_link_evenly() -> None:
    """By arithmetic done by hand: 1 Mbit/s for 125,000 and 62,500 bytes at once."""
    _, arrivals = fetch(steady(1e6, 0.1), [Sent(0, (125_000,)), Sent(0, (62_500,))])
    assert [each.key for each in arrivals] == [1, 0]
    assert [each.time for each in arrivals] == pytest.approx([0.1 + 1.0, 0.1 + 1.5])


def test_a_request_on_its_way_takes_nothing_from_the_others() -> None:
    """The second answer begins when the first has come, after its own round trip."""
    _, arrivals = fetch(steady(1e6, 0.5), [Sent(0, (125_000,)), Sent(1.0, (125_000,))])
    assert [each.time for each in arrivals] == pytest.approx([1.5, 2.5])


def test_an_answer_waits_for_the_end_of_a_tunnel() -> None:
    """In a tunnel nothing comes, and nothing is lost."""
    _, arrivals = fetch(steps(1e6, 0, 0, 1e6, round_trip=0), [Sent(0, (125_000, 62_500))])
    assert [each.time for each in arrivals] == pytest.approx([1.0, 3.5])
