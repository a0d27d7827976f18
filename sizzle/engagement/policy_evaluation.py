"""What members would have seen of reels in other orders or of another cadence, by what they saw.

Only what could have been shown can be told of. Where orders were not drawn, nothing is known of
other orders; where the request named the cadence, nothing is known of other cadences.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Final, NamedTuple

import numpy as np

from sizzle.engagement.expected_seconds import Array, SeenCuts, expected_shares
from sizzle.engagement.exposure import Probabilities, slots_of
from sizzle.experiments import Interval
from sizzle.experiments.off_policy import (
    Estimate,
    Support,
    WeightedReels,
    doubly_robust,
    logged_mean,
    self_normalised,
    support,
)

_POPULAR: Final = 5
"""One in so many titles, the most shown ones, counts as popular."""


class ExposureOutcome(NamedTuple):
    """A reel that was shown, how likely it was to be, and what was seen of it.

    Attributes:
        member_id: to whom.
        time: of the response, in milliseconds since 1970.
        asset_id: what it was cut from.
        asset_version: the version of that.
        cadence: its name.
        plan: the cadence written out.
        rate: frames a second, such as "24000/1001".
        titles: by rank, as many as the cadence has.
        probabilities: of what was drawn.
        seen: the frames that were seen of each cut.
    """

    member_id: str
    time: int
    asset_id: str
    asset_version: str
    cadence: str
    plan: str
    rate: str
    titles: tuple[str, ...]
    probabilities: Probabilities
    seen: tuple[int, ...]


class _Plan(NamedTuple):
    """What reels have in common that are weighted together."""

    cadence: str
    written: str
    rate: str

    @property
    def ranks(self) -> list[int]:
        """Of the cuts, from 1."""
        return [slot.rank for slot in slots_of(self.written)]

    @property
    def lengths(self) -> list[int]:
        """Frames of the cuts."""
        return [slot.length for slot in slots_of(self.written)]


_Told = tuple[ExposureOutcome, Sequence[str]]
"""A reel, and its titles in the other policy's order."""


@dataclass(frozen=True, slots=True)
class PolicyEvaluation:
    """What another policy is likely to have brought, in seconds seen of a reel.

    Attributes:
        reels: that tell of it.
        members: who were shown these.
        untold: further reels, of which other orders or cadences could not have been shown.
        logged: what was seen.
        inverse_propensity: of the other policy, by inverse propensities alone.
        doubly_robust: of the other policy, with a model of what is likely to be seen.
        lead: of the other policy by `doubly_robust`, over what was seen.
        lead_interval: of that.
        support: whether the logs can tell.
        popular_logged: the share of ranks that went to the most shown fifth of titles.
        popular_other: that share with the other policy.
    """

    reels: int
    members: int
    untold: int
    logged: Estimate
    inverse_propensity: Estimate
    doubly_robust: Estimate
    lead: float
    lead_interval: Interval
    support: Support
    popular_logged: float
    popular_other: float


def can_tell(reel: ExposureOutcome, cadence: str | None, *, reorders: bool) -> bool:
    """Whether a reel could have been one in another order, or of another cadence."""
    drawn = reel.probabilities
    if reorders and not drawn.slots:
        return False
    return cadence is None or drawn.cadence < 1


def evaluate_policy(
    outcomes: Sequence[ExposureOutcome],
    orders: Sequence[Sequence[str]] | None = None,
    cadence: str | None = None,
    *,
    untold: int = 0,
) -> PolicyEvaluation | None:
    """What another policy is likely to have brought.

    Args:
        outcomes: reels of which `can_tell` holds.
        orders: the titles of each in the other policy's order, best first; None for the same.
        cadence: that the other policy shows; None for the same.
        untold: the number of other reels.

    Returns:
        None where no reel tells of it.
    """
    others = [reel.titles for reel in outcomes] if orders is None else orders
    by_plan: dict[_Plan, list[_Told]] = {}
    for reel, order in zip(outcomes, others, strict=True):
        by_plan.setdefault(_Plan(reel.cadence, reel.plan, reel.rate), []).append((reel, order))
    members = {member: code for code, member in enumerate({reel.member_id: 0 for reel in outcomes})}
    groups = _weighted(by_plan, members, cadence, reorders=orders is not None)
    wanted = [
        group
        for group, plan in zip(groups, by_plan, strict=True)
        if cadence in {None, plan.cadence}
    ]
    if not wanted:
        return None
    logged = logged_mean(groups, len(members))
    estimate = doubly_robust(wanted, len(members))
    popular = _popular(outcomes)
    return PolicyEvaluation(
        len(outcomes),
        len(members),
        untold,
        logged,
        self_normalised(wanted, len(members)),
        estimate,
        *estimate.lead(logged),
        support(groups, len(members)),
        _share(popular, (reel.titles for reel in outcomes)),
        _share(
            popular,
            (order[: len(reel.titles)] for reel, order in zip(outcomes, others, strict=True)),
        ),
    )


def _weighted(
    by_plan: Mapping[_Plan, Sequence[_Told]],
    members: Mapping[str, int],
    cadence: str | None,
    *,
    reorders: bool,
) -> list[WeightedReels]:
    """The reels of each plan with their weights and expectations."""
    codes: dict[str, int] = {}
    cuts = [_seen_cuts(plan, reels, members, codes) for plan, reels in by_plan.items()]
    groups = []
    for (plan, reels), seen, (expected, other) in zip(
        by_plan.items(), cuts, expected_shares(cuts, len(codes)), strict=True
    ):
        seconds = np.array(plan.lengths) / float(Fraction(plan.rate))
        plan_weights = np.array([_plan_weight(reel, cadence) for reel, _ in reels])
        weights = np.repeat(plan_weights[:, None], len(seconds), axis=1)
        if reorders:
            weights *= [_order_weights(reel, order, plan.ranks) for reel, order in reels]
        groups.append(
            WeightedReels(
                seen.members,
                seen.shares * seconds,
                plan_weights,
                weights,
                expected * seconds,
                other * seconds,
            )
        )
    return groups


def _seen_cuts(
    plan: _Plan, reels: Sequence[_Told], members: Mapping[str, int], codes: dict[str, int]
) -> SeenCuts:
    """Cuts of a plan; `codes` gets the titles that it does not have yet."""
    slots = [rank - 1 for rank in plan.ranks]
    return SeenCuts(
        np.array([members[reel.member_id] for reel, _ in reels]),
        _codes(codes, (reel.titles for reel, _ in reels))[:, slots],
        _codes(codes, (order[: max(plan.ranks)] for _, order in reels))[:, slots],
        np.array([reel.seen for reel, _ in reels]) / plan.lengths,
    )


def _codes(codes: dict[str, int], titles: Iterable[Sequence[str]]) -> Array:
    return np.array([[codes.setdefault(title, len(codes)) for title in row] for row in titles])


def _plan_weight(reel: ExposureOutcome, cadence: str | None) -> float:
    """How many times likelier the other policy is to show a reel's cadence."""
    if cadence is None:
        return 1.0
    return 1.0 / reel.probabilities.cadence if reel.cadence == cadence else 0.0


def _order_weights(
    reel: ExposureOutcome, order: Sequence[str], ranks: Sequence[int]
) -> list[float]:
    """How many times likelier the other order is to show just these titles up to each cut."""
    weights = [1.0]
    for shown, other, chance in zip(reel.titles, order, reel.probabilities.slots, strict=False):
        weights.append(weights[-1] / chance if shown == other and chance > 0 else 0.0)
    return [weights[rank] for rank in accumulate(ranks, max)]


def _popular(outcomes: Sequence[ExposureOutcome]) -> frozenset[str]:
    """The most shown titles."""
    counts = Counter(title for reel in outcomes for title in reel.titles)
    return frozenset(title for title, _ in counts.most_common(max(1, len(counts) // _POPULAR)))


def _share(popular: frozenset[str], orders: Iterable[Sequence[str]]) -> float:
    """The share of ranks that have a popular title."""
    titles = [title for order in orders for title in order]
    return sum(title in popular for title in titles) / len(titles)
