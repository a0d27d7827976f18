"""How much is likely to be seen of a cut, by its number and its title: a simple model.

It need not be right: it makes estimates of other policies more certain, not wrong
(`sizzle.experiments.off_policy`). What is expected of a member is learnt from other members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_FOLDS: Final = 5
_AVERAGE_CUTS: Final = 20.0
"""So many cuts of an average title are counted with those of each title."""


@dataclass(frozen=True, slots=True)
class SeenCuts:
    """The cuts of reels of one plan.

    Attributes:
        members: codes of members, (reels,).
        titles: codes of the titles that were shown, (reels, cuts).
        others: codes of other titles for the same cuts, (reels, cuts).
        shares: of each cut that were seen, from 0 to 1, (reels, cuts).
    """

    members: Array
    titles: Array
    others: Array
    shares: Array


def expected_shares(groups: Sequence[SeenCuts], titles: int) -> list[tuple[Array, Array]]:
    """The shares of cuts that are likely to be seen, by plan.

    Args:
        groups: cuts by plan.
        titles: the number of title codes.

    Returns:
        With the titles that were shown, and with the others; both (reels, cuts).
    """
    expected = [(np.zeros(group.shares.shape), np.zeros(group.shares.shape)) for group in groups]
    for fold in range(_FOLDS):
        effects, means = _fit(groups, fold, titles)
        for group, mean, (shown, other) in zip(groups, means, expected, strict=True):
            rows = group.members % _FOLDS == fold
            shown[rows] = (mean + effects[group.titles[rows]]).clip(0, 1)
            other[rows] = (mean + effects[group.others[rows]]).clip(0, 1)
    return expected


def _fit(groups: Sequence[SeenCuts], fold: int, titles: int) -> tuple[Array, list[Array]]:
    """Effects of titles and means of each plan's cuts, without the members of a fold."""
    totals, counts, means = np.zeros(titles), np.zeros(titles), []
    for group in groups:
        rows = group.members % _FOLDS != fold
        shares, codes = group.shares[rows], group.titles[rows].ravel()
        mean = shares.mean(axis=0) if len(shares) else np.zeros(shares.shape[1])
        means.append(mean)
        totals += np.bincount(codes, (shares - mean).ravel(), minlength=titles)
        counts += np.bincount(codes, minlength=titles)
    return totals / (counts + _AVERAGE_CUTS), means
