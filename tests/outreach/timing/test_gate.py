"""The gate, caps, rates and retries decide alike for the same facts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sizzle.outreach.timing import (
    DAY,
    WEEK,
    Decision,
    FrequencyCap,
    GateFacts,
    GatePolicy,
    Hold,
    Pass,
    QuietHours,
    Skip,
    decide,
    retry_after,
    take_slots,
    transport_pause,
)
from sizzle.outreach.timing.caps import free_from
from sizzle.outreach.vocabulary import MessageClass

HOUR = 60 * 60 * 1000
NOON = 20_000 * DAY + 12 * HOUR
POLICY = GatePolicy(
    quiet={MessageClass.MARKETING: QuietHours.parse("21:00-08:00")},
    caps={MessageClass.MARKETING: FrequencyCap(per_day=2, per_week=3)},
)


def decision(
    now: int,
    recent: list[int] | None = None,
    expires: int | None = None,
    refusal: str = "",
    message_class: MessageClass = MessageClass.MARKETING,
) -> Decision:
    """What becomes of a send to somebody in UTC."""
    facts = GateFacts(message_class, refusal, ("UTC",), recent or [], expires)
    return decide(facts, POLICY, now)


def test_a_refusal_comes_before_all_else() -> None:
    """Whoever opted out is not held until the morning."""
    assert decision(NOON, refusal="opted out") == Skip("opted out")
    assert decision(NOON + 10 * HOUR, refusal="opted out") == Skip("opted out")
    assert decision(NOON, refusal="x", message_class=MessageClass.TRANSACTIONAL) == Skip("x")


def test_it_is_held_until_it_may_go_or_skipped_where_that_is_too_late() -> None:
    """Quiet hours, then caps, whose end may be quiet again; transactional messages go at once."""
    night, morning = NOON + 10 * HOUR, NOON + 20 * HOUR
    assert decision(NOON) == Pass()
    assert decision(night) == Hold(morning, "quiet hours")
    assert decision(night, message_class=MessageClass.TRANSACTIONAL) == Pass()
    # Two minutes before nine it may still be on its way at nine.
    assert decision(NOON + 9 * HOUR - 60_000) == Hold(morning, "quiet hours")
    assert decision(NOON, [NOON - HOUR] * 2) == Hold(NOON + 23 * HOUR, "frequency cap")
    assert decision(NOON, [NOON - 14 * HOUR] * 2) == Hold(NOON + 20 * HOUR, "frequency cap")
    assert decision(night, expires=morning - 1) == Skip("quiet hours")
    assert decision(NOON, expires=NOON - 1) == Skip("too late")
    assert decision(NOON, expires=NOON) == Pass()


@given(
    st.lists(st.integers(NOON - 8 * DAY, NOON + HOUR), max_size=8),
    st.none() | st.integers(0, 4),
    st.none() | st.integers(0, 6),
)
def test_no_window_ever_has_more_than_the_cap(
    sent: list[int], per_day: int | None, per_week: int | None
) -> None:
    """Members who take one as soon as they may never get more within a day or seven."""
    cap, now = FrequencyCap(per_day, per_week), NOON
    times: list[int] = []
    for _ in range(6):
        free = free_from(now, [*sent, *times], cap)
        if free is None:
            assert 0 in (per_day, per_week)
            return
        assert free >= now
        # At that moment it is free, and not a moment earlier.
        assert free_from(free, [*sent, *times], cap) == free
        assert free == now or (free_from(free - 1, [*sent, *times], cap) or 0) > free - 1
        times.append(free)
        now = free
        for most, window in ((per_day, DAY), (per_week, WEEK)):
            within = [each for each in [*sent, *times] if free - window < each <= free]
            earlier = [each for each in sent if free - window < each]
            assert most is None or len(within) <= max(most, len(earlier) + 1)


@given(
    st.lists(st.tuples(st.integers(0, 3_000_000), st.integers(1, 20)), max_size=20),
    st.sampled_from([0.5, 1.0, 3.0, 10.0, 1000.0]),
)
def test_no_second_has_more_slots_than_the_rate(claims: list[tuple[int, int]], rate: float) -> None:
    """Whoever claims, and whenever; a rate below one a second waits longer."""
    now, next_slot, slots = 1_790_000_000_000_000, 0, []
    for wait, count in claims:
        now += wait
        taken = take_slots(now, next_slot, rate, count)
        next_slot = taken.next
        slots += [taken.first + taken.spacing * n for n in range(count)]
        if next_slot - now > 20_000_000:
            now = next_slot  # as claims take slots of a few seconds at most
    most = max(1, int(rate))
    span = max(1_000_000, round(1_000_000 / rate))
    for first, beyond in zip(slots, slots[most:], strict=False):
        assert beyond - first >= span - most


def test_a_clock_that_was_put_back_stalls_no_transport() -> None:
    """Its next slot is in the far future then."""
    ahead = take_slots(10**15 + 3600 * 10**6, 0, 10, 5).next
    assert take_slots(10**15, ahead, 10, 1).first == 10**15 + 100_000


def test_waits_grow_to_a_limit_and_a_named_time_is_kept() -> None:
    """A transport that names a time is not asked before it."""
    waits = [retry_after(attempt, None, 0.5) for attempt in range(1, 40)]
    assert waits == sorted(waits)
    assert waits[0] >= 60_000
    assert max(waits) <= 5 * HOUR
    assert retry_after(1, 3600, 0.0) == HOUR
    assert retry_after(9, 1, 1.0) <= 2000
    assert transport_pause(1, None) == 5000
    assert transport_pause(99, None) == 300_000
    assert transport_pause(1, 3600) == HOUR
