"""Differences lead from what should be shown to what is, and are as few as can be."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub.verify.alignment import SourceFrame, differences

NUMBERS = st.lists(st.none() | st.integers(0, 30), max_size=60)


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=60), NUMBERS)
def test_differences_turn_one_into_the_other(expected: list[int], found: list[SourceFrame]) -> None:
    """What is between differences is the same on both sides, for any two sequences."""
    rebuilt: list[SourceFrame] = []
    record = 0
    for each in differences(expected, found):
        rebuilt += [*expected[record : each.record], *each.found]
        record = each.end
    assert rebuilt + expected[record:] == found


@settings(deadline=None)
@given(st.lists(st.integers(0, 1000), unique=True, min_size=1))
def test_equal_sequences_do_not_differ(frames: list[int]) -> None:
    """A clean film has no differences."""
    assert list(differences(frames, frames)) == []


def test_a_clip_that_plays_twice_keeps_its_time() -> None:
    """The first of its two places shows something else: no frame is lost or put in."""
    clip, other = list(range(40)), list(range(900, 940))
    (difference,) = differences([*clip, *clip], [*other, *clip])
    assert (difference.record, difference.expected, difference.found) == (0, (*clip,), (*other,))


def test_a_long_film_with_many_faults_is_quick() -> None:
    """The work grows with the film and its faults, not with their product."""
    expected = list(range(100_000))
    found = [frame for frame in expected if frame % 7]
    start = time.perf_counter()
    assert sum(1 for _ in differences(expected, found)) == 14_286
    assert time.perf_counter() - start < 5
