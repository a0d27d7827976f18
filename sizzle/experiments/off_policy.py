"""What another policy would have brought, by what one policy showed and what came of it.

Reels are shown cut by cut, and what is seen of a cut can only depend on the titles up to it. So a
cut is weighted by how many times likelier the other policy is to show just these titles so far,
which varies far less than the weight of the whole order: the cascade estimators of McInerney et
al., "Counterfactual Evaluation of Slate Recommendations with Sequential Reward Interactions"
(2020), and Kiyohara et al., "Doubly Robust Off-Policy Evaluation for Ranking Policies under the
Cascade Behavior Model" (2022). Weights are divided by their mean (self-normalised). Intervals are
by member, since what a member sees of one reel says much about the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sizzle.experiments.intervals import Interval, critical_value

Array = NDArray[Any]

MIN_MEMBERS: Final = 50
"""An estimate is believed if it is as certain as one from so many equally weighted members."""

_CONFIDENCE: Final = 0.95
_SUPPORT_CONFIDENCE: Final = 0.99
_LEAST: Final = 1e-9


@dataclass(frozen=True, slots=True)
class WeightedReels:
    """Reels of one plan, as one policy showed them and another one would have.

    Attributes:
        members: codes of the members, (reels,); the same codes for all plans.
        seconds: seen of the cuts, (reels, cuts).
        plan_weights: how many times likelier the other policy is to show this plan, (reels,).
        weights: how many times likelier it is to show this plan with just these titles up to the
            cut, (reels, cuts).
        expected: the seconds that a model expects of the cuts as they were shown, (reels, cuts).
        expected_other: the same with the title that the other policy would show in the cut's slot,
            after the same ones before, (reels, cuts).
    """

    members: Array
    seconds: Array
    plan_weights: Array
    weights: Array
    expected: Array
    expected_other: Array


@dataclass(frozen=True, slots=True)
class Estimate:
    """Mean seconds seen of a reel.

    Attributes:
        mean: seconds.
        interval: of it, 95 %.
        influence: what the reels of each member, by code, add to the error.
    """

    mean: float
    interval: Interval
    influence: Array

    def lead(self, other: Estimate) -> tuple[float, Interval]:
        """By how much this mean is above another one of the same members, and its interval."""
        difference = self.mean - other.mean
        influence = self.influence - other.influence
        return difference, _interval(difference, influence, _CONFIDENCE)


@dataclass(frozen=True, slots=True)
class Support:
    """Whether the logs can tell of another policy.

    Attributes:
        reels: that it would have shown just so, to the last cut.
        effective_members: as many equally weighted members would be as certain.
        mean_weight: of reels; near 1 if all that the other policy shows could be shown.
        mean_weight_interval: of it, 99 %.
    """

    reels: int
    effective_members: float
    mean_weight: float
    mean_weight_interval: Interval

    @property
    def is_enough(self) -> bool:
        """Whether an estimate can be believed."""
        return self.effective_members >= MIN_MEMBERS and 1.0 in self.mean_weight_interval


def logged_mean(groups: Sequence[WeightedReels], members: int) -> Estimate:
    """The mean of what was shown, without weights.

    Args:
        groups: reels by plan, at least one.
        members: the number of codes.
    """
    sums = [
        _weighted_sum(group.seconds, np.ones_like(group.seconds), group.members) for group in groups
    ]
    return _combined(groups, members, sums)


def self_normalised(groups: Sequence[WeightedReels], members: int) -> Estimate:
    """The other policy's mean by inverse propensities alone; takes what `logged_mean` does."""
    sums = [_weighted_sum(group.seconds, group.weights, group.members) for group in groups]
    return _combined(groups, members, sums)


def doubly_robust(groups: Sequence[WeightedReels], members: int) -> Estimate:
    """The other policy's mean: what a model expects, and the weighted errors of the model.

    It is right where either the propensities or the model are; takes what `logged_mean` does.
    """
    sums = []
    for group in groups:
        before = np.column_stack([group.plan_weights, group.weights[:, :-1]])
        errors = group.seconds - group.expected
        error, error_influence = _weighted_sum(errors, group.weights, group.members)
        expected, influence = _weighted_sum(group.expected_other, before, group.members)
        sums.append((error + expected, error_influence + influence))
    return _combined(groups, members, sums)


def support(groups: Sequence[WeightedReels], members: int) -> Support:
    """Whether the logs can tell; takes what `logged_mean` does.

    A reel's weight is the mean of its cuts' weights, each counted by the cut's seconds.
    """
    weights = np.concatenate([_reel_weights(group) for group in groups])
    codes = np.concatenate([group.members for group in groups])
    by_member = np.bincount(codes, weights, minlength=members)
    squares = float((by_member**2).sum())
    mean = float(weights.mean())
    influence = np.bincount(codes, weights - mean, minlength=members) / len(weights)
    return Support(
        reels=int(sum(np.count_nonzero(group.weights[:, -1]) for group in groups)),
        effective_members=float(by_member.sum() ** 2 / squares) if squares else 0.0,
        mean_weight=mean,
        mean_weight_interval=_interval(mean, influence, _SUPPORT_CONFIDENCE),
    )


def _reel_weights(group: WeightedReels) -> Array:
    seconds = group.expected_other.sum(axis=0)
    total = seconds.sum()
    shares = seconds / total if total else np.full(len(seconds), 1 / len(seconds))
    weights: Array = group.weights @ shares
    return weights


def _weighted_sum(values: Array, weights: Array, members: Array) -> tuple[float, Array]:
    """The weighted means of the cuts, added up; and what each reel adds to the error of that."""
    totals = weights.sum(axis=0)
    safe = np.where(totals > 0, totals, 1.0)
    means = (weights * values).sum(axis=0) / safe
    # As if each member were left out in turn (the jackknife): one of much weight draws the mean to
    # itself, and would seem to have little error.
    by_member = np.zeros((members.max() + 1, weights.shape[1]))
    np.add.at(by_member, members, weights)
    others = np.maximum(1 - by_member[members] / safe, _LEAST)
    influence = weights * (values - means) * (len(values) / safe) / others
    return float(means.sum()), influence.sum(axis=1)


def _combined(
    groups: Sequence[WeightedReels], members: int, sums: Sequence[tuple[float, Array]]
) -> Estimate:
    """The mean over plans, each counted as often as it was shown."""
    reels = sum(len(group.members) for group in groups)
    mean = sum(
        value * len(group.members) / reels for (value, _), group in zip(sums, groups, strict=True)
    )
    influence = np.zeros(members)
    for (value, of_reels), group in zip(sums, groups, strict=True):
        added = of_reels + (value - mean)
        influence += np.bincount(group.members, added, minlength=members) / reels
    return Estimate(mean, _interval(mean, influence, _CONFIDENCE), influence)


def _interval(mean: float, influence: Array, confidence: float) -> Interval:
    """Around a mean, by the errors of members; everything where fewer than two have any."""
    count = int(np.count_nonzero(influence))
    if count < 2:
        return Interval(-math.inf, math.inf)
    squares = influence**2
    variance = float(squares.sum())
    half = _critical_value(confidence, 2 * variance**2 / float((squares**2).sum()))
    half *= math.sqrt(variance * count / (count - 1))
    return Interval(mean - half, mean + half)


def _critical_value(confidence: float, freedom: float) -> float:
    """Student's, since few members of much weight tell little of the spread (Satterthwaite)."""
    z = critical_value(confidence)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
