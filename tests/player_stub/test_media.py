"""Time stamps and frame numbers are exact, whatever a container counts in."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from player_stub.media import FrameClock

RATES = [Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(50)]
TICKS = [Fraction(1, 24000), Fraction(1, 12800), Fraction(1, 90000), Fraction(1, 1000)]


@given(
    st.sampled_from(RATES),
    st.sampled_from(TICKS),
    st.integers(-(10**6), 10**6),
    st.integers(0, 10**7),
)
def test_a_frame_s_stamp_is_that_frame_s(
    rate: Fraction, tick: Fraction, start: int, frame: int
) -> None:
    """There and back, though milliseconds round every stamp to one side or the other."""
    clock = FrameClock(start, tick, rate)
    assert clock.frame(clock.stamp(frame)) == frame


@given(st.sampled_from(RATES), st.sampled_from(TICKS), st.integers(-(10**9), 10**9))
def test_a_stamp_is_of_the_nearest_frame(rate: Fraction, tick: Fraction, stamp: int) -> None:
    """No frame is nearer to it."""
    clock = FrameClock(0, tick, rate)
    assert abs(stamp * tick - clock.frame(stamp) / rate) <= 1 / (2 * rate)
