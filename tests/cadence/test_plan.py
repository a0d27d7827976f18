"""Cadences: their text, and their rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.cadence import DEFAULT, Cadence
from sizzle.errors import PolicyError

segments = st.lists(
    st.lists(st.sampled_from(["A:160", "A:80", "A:40", "B:40"]), min_size=1).map(" ".join),
    min_size=1,
    max_size=4,
)


@given(segments)
def test_a_cadence_is_refused_or_prints_as_it_was_read(lines: list[str]) -> None:
    """Parsing and printing are inverse for every valid plan."""
    try:
        cadence = Cadence.parse("any", lines)
    except PolicyError:
        return
    assert Cadence.parse("any", str(cadence).split(" | ")) == cadence
    assert cadence.duration == sum(cadence.time_by_rank().values())
    times = [cadence.time_by_rank()[rank] for rank in range(1, cadence.ranks + 1)]
    assert times == sorted(times, reverse=True)


def test_the_default_shows_five_titles_in_three_segments() -> None:
    """Titles A to E in each segment, higher ranks strictly longer, 45 seconds in all."""
    assert [sorted(slot.letter for slot in segment) for segment in DEFAULT.segments] == (
        [list("ABCDE")] * 3
    )
    assert DEFAULT.time_by_rank() == {1: 320, 2: 280, 3: 200, 4: 160, 5: 120}
    assert DEFAULT.duration == 1080


def test_the_default_fits_the_default_layout() -> None:
    """No title is asked for more clips of a length than 2 x 160, 4 x 80 and 8 x 40."""
    has = {160: 2, 80: 4, 40: 8}
    assert all(count <= has[length] for (_, length), count in DEFAULT.demand().items())


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([], "empty segment"),
        (["A:80", ""], "empty segment"),
        (["A:80 C:40"], "leaves a rank out"),
        (["A:40 B:80"], "rank 1 40 frames and rank 2 80"),
        (["A:80 b:40"], "'b:40'"),
        (["A:0"], "'A:0'"),
        (["A80"], "'A80'"),
    ],
)
def test_a_malformed_cadence_says_how(lines: list[str], says: str) -> None:
    """The message says what is wrong."""
    with pytest.raises(PolicyError, match=says):
        Cadence.parse("bad", lines)
