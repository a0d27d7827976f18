"""Measures of rankings over all titles, and how sure they are.

Names of arrays end in their shape: T cases, V titles, S resamples.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ranker.data.arrays import Floats

CUT: Final = 10
"""How many titles at the top count."""

_RESAMPLES: Final = 2000
_SURE: Final = 95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and where it lies in 95 of 100 samples of members like these."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Such as `.264 [.253, .275]`, without the zero before the point."""
        parts = (f"{value:.3f}".replace("0.", ".", 1) for value in (self.mean, self.low, self.high))
        return "{} [{}, {}]".format(*parts)


def mid_ranks(score_TV: Tensor, target_T: Tensor) -> Tensor:
    """The rank of each target, from 1; equal scores share the middle of their ranks.

    A model that scores all titles alike so gets the middle rank, and not the best or the worst.
    """
    right_T1 = score_TV.gather(1, target_T[:, None])
    above_T = (score_TV > right_T1).sum(dim=1)
    equal_T = (score_TV == right_T1).sum(dim=1) - 1
    return 1 + above_T + equal_T / 2


def hits(rank_T: Floats) -> Floats:
    """HR@10: 1 where the target is among the first ten."""
    return (rank_T <= CUT).astype(float)


def gains(rank_T: Floats) -> Floats:
    """NDCG@10 with one right title: how high among the first ten it stands."""
    return np.where(rank_T <= CUT, 1 / np.log2(1 + rank_T), 0.0)


def reciprocals(rank_T: Floats) -> Floats:
    """MRR: 1 at the top, half at the second place and so on, over all titles."""
    return 1 / rank_T


def interval(value_T: Floats, seed: int = 0) -> Interval:
    """The mean of values with its bootstrap interval; of nothing, not a number."""
    if not len(value_T):
        return Interval(np.nan, np.nan, np.nan)
    mean_S = _resampled_means(value_T, seed)
    tail = (100 - _SURE) / 2
    low, high = np.percentile(mean_S, [tail, 100 - tail])
    return Interval(float(value_T.mean()), float(low), float(high))


def difference(value_T: Floats, other_T: Floats, seed: int = 0) -> Interval:
    """By how much the mean of one is ahead of the other's, case by case on the same members."""
    return interval(value_T - other_T, seed)


def _resampled_means(value_T: Floats, seed: int) -> Floats:
    """The means of as many values, drawn from them with replacement."""
    random = np.random.default_rng(seed)
    size = len(value_T)
    means = [value_T[random.integers(size, size=size)].mean() for _ in range(_RESAMPLES)]
    return np.array(means)


def top(score_TV: Tensor, cut: int = CUT) -> Tensor:
    """The best titles' places, best first."""
    return score_TV.topk(min(cut, score_TV.shape[1]), dim=1).indices


def coverage(top_TX: Tensor, titles: int) -> float:
    """The share of all titles that is among the first ten of at least one case."""
    return len(torch.unique(top_TX)) / titles if titles else float("nan")
