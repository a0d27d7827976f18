"""Estimates of what another policy would have brought: laws that hold for any reels."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.experiments.off_policy import (
    WeightedReels,
    doubly_robust,
    logged_mean,
    self_normalised,
    support,
)

MEMBERS = 7


def reels(seed: int, count: int, cuts: int, *, weighted: bool) -> WeightedReels:
    """Reels of members 0 to 6 with random seconds, weights and expectations."""
    random = np.random.default_rng(seed)
    shape = count, cuts
    weights = random.exponential(size=shape) if weighted else np.ones(shape)
    expected = random.random(shape)
    other = random.random(shape) if weighted else expected
    members = random.integers(0, MEMBERS, count)
    plan_weights = random.exponential(size=count) if weighted else np.ones(count)
    return WeightedReels(members, random.random(shape), plan_weights, weights, expected, other)


groups = st.lists(
    st.builds(
        reels, st.integers(0, 99), st.integers(2, 9), st.integers(1, 4), weighted=st.just(True)
    ),
    min_size=1,
    max_size=3,
)


@given(st.integers(0, 99), st.integers(2, 9), st.integers(1, 4))
def test_the_policy_that_was_used_brings_what_was_seen(seed: int, count: int, cuts: int) -> None:
    """Whatever a model expects: with equal weights the model's errors take its share back."""
    group = [reels(seed, count, cuts, weighted=False)]
    seen = group[0].seconds.sum(axis=1).mean()
    for estimate in (logged_mean, self_normalised, doubly_robust):
        assert estimate(group, MEMBERS).mean == pytest.approx(seen)
    assert support(group, MEMBERS).mean_weight == pytest.approx(1)


@given(groups, st.floats(0.01, 100))
def test_the_scale_of_weights_does_not_matter(plans: list[WeightedReels], factor: float) -> None:
    """As weights are divided by their mean, for estimates and their intervals."""
    scaled = [
        WeightedReels(
            group.members,
            group.seconds,
            group.plan_weights * factor,
            group.weights * factor,
            group.expected,
            group.expected_other,
        )
        for group in plans
    ]
    for estimate in (self_normalised, doubly_robust):
        one, other = estimate(plans, MEMBERS), estimate(scaled, MEMBERS)
        assert other.mean == pytest.approx(one.mean)
        assert other.interval.high == pytest.approx(one.interval.high)


@given(groups)
def test_a_perfect_model_needs_no_weights(plans: list[WeightedReels]) -> None:
    """Where it expects just what is seen, of the other policy's titles too."""
    known = [
        WeightedReels(
            group.members,
            np.full_like(group.seconds, 2.0),
            group.plan_weights,
            group.weights,
            np.full_like(group.seconds, 2.0),
            np.full_like(group.seconds, 3.0),
        )
        for group in plans
    ]
    counts = [(len(group.members), group.seconds.shape[1]) for group in plans]
    expected = sum(n * 3.0 * cuts for n, cuts in counts) / sum(n for n, _ in counts)
    assert doubly_robust(known, MEMBERS).mean == pytest.approx(expected)


@given(groups)
def test_reels_of_one_member_are_one_observation(plans: list[WeightedReels]) -> None:
    """A reel that is there twice for the same member makes no estimate more certain."""
    doubled = [
        WeightedReels(*(np.concatenate([array, array]) for array in group_arrays(group)))
        for group in plans
    ]
    one, twice = logged_mean(plans, MEMBERS), logged_mean(doubled, MEMBERS)
    assert twice.mean == pytest.approx(one.mean)
    assert twice.interval.high == pytest.approx(one.interval.high)
    assert support(doubled, MEMBERS).effective_members == pytest.approx(
        support(plans, MEMBERS).effective_members
    )


def group_arrays(group: WeightedReels) -> tuple[np.ndarray, ...]:
    """The arrays of a group, in the order of its fields."""
    return (
        group.members,
        group.seconds,
        group.plan_weights,
        group.weights,
        group.expected,
        group.expected_other,
    )


def test_the_lead_over_oneself_is_nothing_and_certain() -> None:
    """Errors of both are of the same members, and cancel out."""
    estimate = doubly_robust([reels(0, 50, 3, weighted=True)], MEMBERS)
    lead, interval = estimate.lead(estimate)
    assert lead == 0
    assert interval.low == -math.inf, "no member adds any error, so nothing is known of it"


def test_one_member_alone_tells_nothing() -> None:
    """However many reels it was shown."""
    group = reels(0, 50, 2, weighted=True)
    alone = WeightedReels(np.zeros(50, int), *group_arrays(group)[1:])
    assert not math.isfinite(doubly_robust([alone], MEMBERS).interval.low)
    assert not support([alone], MEMBERS).is_enough
