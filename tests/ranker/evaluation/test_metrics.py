"""Ranking metrics and their intervals."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker.evaluation.metrics import bootstrap_interval, hits, ndcgs, paired_difference
from ranker.network.predict import mid_ranks


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=20), st.data())
def test_the_rank_is_the_mean_over_all_orders_of_ties(
    scores: list[int], data: st.DataObject
) -> None:
    """A tie neither helps nor hurts."""
    target = data.draw(st.integers(0, len(scores) - 1))
    above = sum(score > scores[target] for score in scores)
    equal = scores.count(scores[target])
    ranks = mid_ranks(torch.tensor([scores]).float(), torch.tensor([target]))
    assert ranks.item() == np.mean([above + place for place in range(1, equal + 1)])


def test_metrics_of_known_ranks() -> None:
    """HR counts the first ten, NDCG falls with the logarithm of the rank."""
    ranks = np.array([1.0, 3.0, 10.0, 11.0])
    assert hits(ranks).tolist() == [1, 1, 1, 0]
    assert ndcgs(ranks).tolist() == pytest.approx([1, 0.5, 1 / math.log2(11), 0])


def test_intervals_hold_the_mean_and_shrink_with_more_members() -> None:
    """16 times as many members make it a quarter as wide."""
    random = np.random.default_rng(0)
    few, many = (
        bootstrap_interval((random.random(size) < 0.3).astype(float)) for size in (200, 3200)
    )
    assert few.low < few.mean < few.high
    assert (many.high - many.low) == pytest.approx((few.high - few.low) / 4, rel=0.25)
    same = paired_difference(np.ones(50), np.ones(50))
    assert (same.low, same.mean, same.high) == (0, 0, 0)
