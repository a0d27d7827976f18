"""What makes a ranking valid."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import RankedTitle, Ranking, RankingError


def ranking(*titles: tuple[str, float]) -> Ranking:
    """A ranking of titles and scores."""
    return Ranking("ada", tuple(RankedTitle(*title) for title in titles), "v1", cold_start=False)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.text(), st.floats(allow_nan=False, allow_infinity=False)))
def test_any_titles_by_falling_score_are_a_ranking(scores: dict[str, float]) -> None:
    """Distinct titles with finite scores, sorted, are always accepted and keep their order."""
    titles = sorted(scores.items(), key=lambda title: -title[1])
    assert ranking(*titles).title_ids == tuple(title for title, _ in titles)


def test_equal_scores_are_a_ranking() -> None:
    """Scores must not rise, but need not fall."""
    assert ranking(("a", 0.5), ("b", 0.5)).title_ids == ("a", "b")


def test_refuses_a_duplicate_title() -> None:
    """The error names it."""
    with pytest.raises(RankingError, match="more than once: 'b'"):
        ranking(("b", 0.5), ("a", 0.4), ("b", 0.1))


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_refuses_a_score_that_is_not_finite(score: float) -> None:
    """NaN never leaves the ranker."""
    with pytest.raises(RankingError, match=r"score of title 'a' is (nan|inf|-inf)"):
        ranking(("a", score))


def test_refuses_a_rising_score() -> None:
    """No title is before one with a higher score."""
    with pytest.raises(RankingError, match=r"'b' scores 0\.9, more than 0\.1 of 'a'"):
        ranking(("a", 0.1), ("b", 0.9))
