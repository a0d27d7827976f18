"""Ranking metrics over all titles, and their bootstrap intervals.

Names of arrays end in their shape: T targets, V titles, S resamples, X indexes of a list.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ranker.data.arrays import Floats

CUTOFF: Final = 10
"""The 10 of HR@10 and NDCG@10."""

_RESAMPLES: Final = 2000
_CONFIDENCE: Final = 95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        """Such as `.264 [.253, .275]`, without leading zeros."""
        parts = (f"{value:.3f}".replace("0.", ".", 1) for value in (self.mean, self.low, self.high))
        return "{} [{}, {}]".format(*parts)


def hits(rank_T: Floats) -> Floats:
    """HR@10: 1 if the target is among the first ten."""
    return (rank_T <= CUTOFF).astype(float)


def ndcgs(rank_T: Floats) -> Floats:
    """NDCG@10 with one relevant title: 1 at the top, falling with the logarithm of the rank."""
    return np.where(rank_T <= CUTOFF, 1 / np.log2(1 + rank_T), 0.0)


def reciprocal_ranks(rank_T: Floats) -> Floats:
    """MRR: 1 at the top, one half at rank 2 and so on, over all titles."""
    return 1 / rank_T


def bootstrap_interval(value_T: Floats, seed: int = 0) -> Interval:
    """The mean with its bootstrap interval; NaN without values."""
    if not len(value_T):
        return Interval(np.nan, np.nan, np.nan)
    mean_S = _resampled_means(value_T, seed)
    tail = (100 - _CONFIDENCE) / 2
    low, high = np.percentile(mean_S, [tail, 100 - tail])
    return Interval(float(value_T.mean()), float(low), float(high))


def paired_difference(value_T: Floats, other_T: Floats, seed: int = 0) -> Interval:
    """The mean difference of two recommenders on the same targets, with its interval."""
    return bootstrap_interval(value_T - other_T, seed)


def _resampled_means(value_T: Floats, seed: int) -> Floats:
    """Means of samples with replacement."""
    random = np.random.default_rng(seed)
    size = len(value_T)
    means = [value_T[random.integers(size, size=size)].mean() for _ in range(_RESAMPLES)]
    return np.array(means)


def top_indexes(score_TV: Tensor, cutoff: int = CUTOFF) -> Tensor:
    """The indexes of the best titles, best first."""
    return score_TV.topk(min(cutoff, score_TV.shape[1]), dim=1).indices


def coverage(top_TX: Tensor, titles: int) -> float:
    """The share of all titles that are among the first ten for at least one target."""
    return len(torch.unique(top_TX)) / titles if titles else float("nan")
