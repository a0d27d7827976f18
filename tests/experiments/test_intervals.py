"""Intervals, tails and sizes are those of statsmodels and scipy, and keep their promises.

`reference_values.json` was written with the versions that it names: the intervals by statsmodels'
`confint_proportions_2indep(method="newcomb", compare="diff")` and `proportion_confint(method=
"wilson")`, the sizes by its `samplesize_proportions_2indep_onetail(alternative="two-sided")`, the
rest by scipy's `chi2.sf` and `chisquare`. They are not installed for the tests: with what they need
they take 405 MB.
"""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import InputError
from sizzle.experiments import (
    Count,
    check_sample_ratio,
    confidence_sequence,
    members_needed,
    newcombe_interval,
    scale_for,
    wilson_interval,
)
from sizzle.experiments.sample_ratio import chi_square_tail

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parent / "reference_values.json").read_text(encoding="utf-8")
)
close = pytest.approx


@st.composite
def counts(draw: st.DrawFn, most: int = 10_000) -> Count:
    """Any count with trials."""
    trials = draw(st.integers(1, most))
    return Count(draw(st.integers(0, trials)), trials)


def test_newcombe_is_that_of_statsmodels() -> None:
    """In Newcombe's own examples, at the ends and in between."""
    for a, n, b, m, confidence, low, high in REFERENCE["newcombe"]:
        found = newcombe_interval(Count(a, n), Count(b, m), confidence)
        assert (found.low, found.high) == close((low, high), abs=1e-12)


def test_wilson_is_that_of_statsmodels() -> None:
    """At 0 and 1 too."""
    for a, n, confidence, low, high in REFERENCE["wilson"]:
        found = wilson_interval(Count(a, n), confidence)
        assert (found.low, found.high) == close((low, high), abs=1e-12)


def test_sizes_are_those_of_statsmodels() -> None:
    """Rounded up to whole members."""
    for rate, difference, power, confidence, ratio, needed in REFERENCE["sample_size"]:
        found = members_needed(rate, difference, power=power, confidence=confidence, ratio=ratio)
        assert found == (math.ceil(needed), math.ceil(ratio * needed))


def test_the_sample_ratio_is_that_of_scipy() -> None:
    """The tail for few and many degrees of freedom; the test as a whole."""
    for statistic, freedom, tail in REFERENCE["chi_square_tail"]:
        assert chi_square_tail(statistic, freedom) == close(tail, rel=1e-9)
    for observed, weights, statistic, p_value in REFERENCE["sample_ratio"]:
        names = "abcd"[: len(weights)]
        ratio = check_sample_ratio(
            dict(zip(names, observed, strict=True)), dict(zip(names, weights, strict=True))
        )
        assert (ratio.chi_square, ratio.p_value) == close((statistic, p_value), rel=1e-9)


def test_a_broken_ratio_is_called_so() -> None:
    """One that chance explains is not; one treatment alone, or nobody at all, is no break."""
    broken = check_sample_ratio({"a": 5000, "b": 4500}, {"a": 1, "b": 1})
    assert broken.is_wrong
    assert "a 5000 instead of 4750, b 4500 instead of 4750" in str(broken)
    assert not check_sample_ratio({"a": 5000, "b": 4950}, {"a": 1, "b": 1}).is_wrong
    assert check_sample_ratio({"a": 900, "b": 100, "c": 5}, {"a": 9, "b": 1}).p_value == 1
    assert check_sample_ratio({}, {"a": 1, "b": 3}).p_value == 1
    assert check_sample_ratio({"a": 7}, {"a": 2}).p_value == 1


@given(counts(), counts())
def test_intervals_have_the_difference_and_turn_with_it(one: Count, two: Count) -> None:
    """Exchanging the treatments turns the sign; the sequence is never narrower than one look's."""
    assert one.rate is not None
    assert two.rate is not None
    for interval in (newcombe_interval, confidence_sequence):
        there, back = interval(one, two), interval(two, one)
        assert (there.low, there.high) == close((-back.high, -back.low), abs=1e-12)
        assert -1 <= there.low <= one.rate - two.rate <= there.high <= 1
        wider = interval(one, two, 0.99)
        assert wider.low <= there.low
        assert there.high <= wider.high


@given(st.floats(0.05, 0.95), st.integers(1000, 100_000))
def test_the_planned_scale_is_the_narrowest(rate: float, trials: int) -> None:
    """At the planned number of trials no other scale gives a narrower sequence."""

    def width(scale: float) -> float:
        count = Count(round(rate * trials), trials)
        found = confidence_sequence(count, count, scale=scale)
        return found.high - found.low

    planned = scale_for(rate, trials)
    assert width(planned) <= min(width(planned / 2), width(planned * 2)) * (1 + 1e-9)


def test_nobody_yet_says_nothing() -> None:
    """Without trials every difference is possible; after one of each, one of either sign."""
    nobody = Count(0, 0)
    for interval in (newcombe_interval, confidence_sequence):
        assert interval(nobody, Count(5, 9)).low == -1
        assert interval(Count(5, 9), nobody).high == 1
    assert confidence_sequence(Count(1, 1), Count(0, 1)).low < -0.4
    assert confidence_sequence(Count(1, 1), Count(0, 1)).high == 1
    assert (wilson_interval(nobody).low, wilson_interval(nobody).high) == (0, 1)


def looks(chance: random.Random, effect: float = 0.0) -> list[tuple[Count, Count]]:
    """An experiment of 4,000 members in each treatment, as it stands at 40 looks."""
    successes, counted = [0, 0], []
    for look in range(1, 41):
        for treatment in (0, 1):
            rate = 0.3 + effect * (treatment == 0)
            successes[treatment] += sum(chance.random() < rate for _ in range(100))
        counted.append((Count(successes[0], 100 * look), Count(successes[1], 100 * look)))
    return counted


@pytest.mark.full
def test_looking_again_and_again_does_not_raise_false_alarms() -> None:
    """600 experiments without an effect: the sequence at most 5 %, one look's interval far more.

    With an effect of 2 points the sequence has it at all 40 looks, in as many experiments.
    """
    chance = random.Random(11)
    alarms = {newcombe_interval: 0, confidence_sequence: 0}
    for _ in range(600):
        counted = looks(chance)
        for interval in alarms:
            alarms[interval] += any(0 not in interval(*each) for each in counted)
    assert alarms[confidence_sequence] <= 0.05 * 600
    assert alarms[newcombe_interval] >= 0.25 * 600
    missed = sum(
        any(0.02 not in confidence_sequence(*look) for look in looks(chance, 0.02))
        for _ in range(200)
    )
    assert missed <= 0.05 * 200


def test_a_few_experiments_looked_at_40_times() -> None:
    """The same for 30 of them, and an effect of ten points is found."""
    chance = random.Random(1)
    alarms = sum(
        any(0 not in confidence_sequence(*look) for look in looks(chance)) for _ in range(30)
    )
    assert alarms <= 2
    assert 0 not in confidence_sequence(*looks(chance, 0.1)[-1])


@pytest.mark.full
def test_the_interval_has_the_true_difference() -> None:
    """20,000 members, 2 points, a tenth held out: in at least 93 % of 200 runs."""
    chance = random.Random(24)
    had = 0
    for _ in range(200):
        treated = Count(sum(chance.random() < 0.12 for _ in range(18_000)), 18_000)
        held_out = Count(sum(chance.random() < 0.10 for _ in range(2_000)), 2_000)
        had += 0.02 in newcombe_interval(treated, held_out)
    assert had >= 0.93 * 200


@pytest.mark.parametrize("confidence", [0, 1, -1, 95, math.nan])
def test_what_is_no_confidence_is_refused(confidence: float) -> None:
    """Per cent too."""
    for interval in (newcombe_interval, confidence_sequence):
        with pytest.raises(InputError, match=r"use one such as 0\.95"):
            interval(Count(1, 2), Count(1, 2), confidence)


def test_what_is_no_count_or_plan_is_refused() -> None:
    """More successes than trials; rates outside (0, 1), no difference, NaN."""
    for successes, trials in ((3, 2), (-1, 2), (0, -1)):
        with pytest.raises(InputError, match="is no count"):
            Count(successes, trials)
    for rate, difference in ((0.0, 0.1), (0.9, 0.1), (0.5, 0.0), (math.nan, 0.1), (0.5, math.nan)):
        with pytest.raises(InputError, match="cannot be planned"):
            members_needed(rate, difference)
    for options in ({"power": 1.0}, {"ratio": 0.0}, {"ratio": math.inf}):
        with pytest.raises(InputError, match="cannot be planned"):
            members_needed(0.5, 0.1, **options)
    for scale in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(InputError, match="The scale is"):
            confidence_sequence(Count(1, 2), Count(1, 2), scale=scale)
    for rate, trials in ((0.0, 10), (1.0, 10), (0.5, 0), (math.nan, 5)):
        with pytest.raises(InputError, match="plan no experiment"):
            scale_for(rate, trials)
