"""Intervals for differences of means, against numpy and the paper's own formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import InputError
from sizzle.experiments import Sample, mean_interval, mean_sequence

close = pytest.approx
amounts = st.lists(st.floats(0, 600), min_size=2, max_size=30)


def sample(values: list[float]) -> Sample:
    """Amounts as they are kept."""
    return Sample(len(values), sum(values), sum(value * value for value in values))


@given(amounts, amounts)
def test_samples_have_the_moments_that_numpy_finds(one: list[float], two: list[float]) -> None:
    """Each by itself, and both together."""
    for found, values in (
        (sample(one), one),
        (sample(one) + sample(two), one + two),
    ):
        assert found.mean == close(np.mean(values), abs=1e-9)
        assert found.variance == close(np.var(values, ddof=1), rel=1e-6, abs=1e-6)


@given(amounts, amounts, st.floats(0.1, 60), st.sampled_from([0.8, 0.95, 0.99]))
def test_the_sequence_is_that_of_the_paper(
    one: list[float], two: list[float], scale: float, confidence: float
) -> None:
    """Theorem 2.2 of Waudby-Smith et al., written with their t and rho, for our variance."""
    spread = np.var(one + two, ddof=1)
    variance = max(spread, np.var(one, ddof=1)) / len(one)
    variance += max(spread, np.var(two, ddof=1)) / len(two)
    found = mean_sequence(sample(one), sample(two), scale, confidence)
    if variance < 1e-6:
        return
    t, rho = 1 / variance, scale
    inner = math.log(math.sqrt(t * rho**2 + 1) / (1 - confidence))
    half = math.sqrt(2 * (t * rho**2 + 1) / (t**2 * rho**2) * inner)
    difference = np.mean(one) - np.mean(two)
    assert (found.low, found.high) == close((difference - half, difference + half), rel=1e-6)
    fixed = mean_interval(sample(one), sample(two), confidence)
    assert found.low < fixed.low < difference < fixed.high < found.high


def test_nobody_and_nothing_watched_say_nothing() -> None:
    """Every difference is possible."""
    some = sample([0.0, 10.0, 20.0])
    for one, two in (
        (Sample(0), some),
        (some, Sample(0)),
        (Sample(5), Sample(9)),
        (Sample(1), Sample(1)),
    ):
        for interval in (mean_interval(one, two), mean_sequence(one, two, 6)):
            assert (interval.low, interval.high) == (-math.inf, math.inf)
    assert Sample(0).mean is None


def test_impossible_sums_and_scales_are_refused() -> None:
    """With what is wrong."""
    for members, total, squares in ((-1, 0.0, 0.0), (2, 10.0, 1.0), (0, 3.0, 9.0)):
        with pytest.raises(InputError, match="amounts"):
            Sample(members, total, squares)
    for scale in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InputError, match="scale"):
            mean_sequence(Sample(0), Sample(0), scale)
    with pytest.raises(InputError, match="confidence"):
        mean_interval(Sample(0), Sample(0), 1.0)
