"""Drawn orders: how often they are drawn, and how likely each was."""

from __future__ import annotations

from collections import Counter
from itertools import permutations
from math import prod, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranker import RankedTitle, Ranking
from sizzle.errors import InputError
from sizzle.reel.randomised_order import Randomisation, order_chances, title_order

DRAWS = 3000

randomisations = st.builds(Randomisation, st.floats(0, 1), st.floats(0.05, 100))
scores = st.lists(st.floats(0, 1), min_size=1, max_size=5).map(
    lambda values: sorted(values, reverse=True)
)


def ranking_of(scores: list[float]) -> Ranking:
    """Titles with these scores, best first."""
    titles = tuple(RankedTitle(f"title-{number}", score) for number, score in enumerate(scores))
    return Ranking("member-ada", titles, "model-1", cold_start=False)


@settings(max_examples=60)
@given(scores, randomisations)
def test_the_chances_of_all_orders_add_up_to_1(
    scores: list[float], randomisation: Randomisation
) -> None:
    """However unequal the scores; and at each rank those of the titles that are left."""
    ranking = ranking_of(scores)
    chances = [
        tuple(order_chances(order, ranking.title_ids, randomisation))
        for order in permutations(ranking.titles)
    ]
    assert sum(map(prod, chances)) == pytest.approx(1)
    by_first = {
        order[0].title_id: chance[0]
        for order, chance in zip(permutations(ranking.titles), chances, strict=True)
    }
    assert sum(by_first.values()) == pytest.approx(1)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_orders_come_as_often_as_their_chance_says(temperature: float) -> None:
    """Each order's frequency over many requests is its chance, drawn or not."""
    ranking = ranking_of([0.6, 0.3, 0.1])
    randomisation = Randomisation(0.4, temperature)
    orders = [title_order(ranking, randomisation, f"request-{n}") for n in range(DRAWS)]
    counts = Counter(order.title_ids for order in orders)
    chances = {order.title_ids: prod(order.probabilities) for order in orders}
    assert sum(chances.values()) == pytest.approx(1, abs=0.01)
    for title_ids, chance in chances.items():
        spread = sqrt(DRAWS * chance * (1 - chance))
        assert abs(counts[title_ids] - DRAWS * chance) < 4 * spread + 1, title_ids
    randomised = sum(order.randomised for order in orders)
    assert abs(randomised - DRAWS * 0.4) < 4 * sqrt(DRAWS * 0.24)


@given(scores, randomisations, st.text())
def test_an_order_is_the_same_for_the_same_request(
    scores: list[float], randomisation: Randomisation, key: str
) -> None:
    """It has all titles, and a chance at each rank; without a draw it is the ranker's."""
    ranking = ranking_of(scores)
    order = title_order(ranking, randomisation, key)
    assert order == title_order(ranking, randomisation, key)
    assert sorted(order.title_ids) == sorted(ranking.title_ids)
    assert len(order.probabilities) == len(scores)
    assert all(0 < chance <= 1 + 1e-9 for chance in order.probabilities)
    assert order.randomised or order.title_ids == ranking.title_ids


def test_shares_of_none_and_all() -> None:
    """None leaves the ranker's order, certainly; all draw it always, with the scores as weights."""
    ranking = ranking_of([0.6, 0.3, 0.1])
    assert title_order(ranking, None, "x").probabilities == ()
    none = [title_order(ranking, Randomisation(0), f"{n}") for n in range(200)]
    assert {order.title_ids for order in none} == {ranking.title_ids}
    assert {order.probabilities for order in none} == {(1.0, 1.0, 1.0)}
    every = [title_order(ranking, Randomisation(1), f"{n}") for n in range(200)]
    assert all(order.randomised for order in every)
    (best,) = {order.probabilities for order in every if order.title_ids == ranking.title_ids}
    assert best == pytest.approx((0.6, 0.75, 1.0))


def test_the_temperature_says_how_far_orders_stray() -> None:
    """A low one keeps the ranker's order, a high one gives all orders the same chance."""
    ranking = ranking_of([0.6, 0.3, 0.1])
    cold = [title_order(ranking, Randomisation(1, 0.02), f"{n}") for n in range(200)]
    assert {order.title_ids for order in cold} == {ranking.title_ids}
    hot = title_order(ranking, Randomisation(1, 100), "x").probabilities
    assert hot == pytest.approx((1 / 3, 1 / 2, 1), abs=0.02)


@pytest.mark.parametrize(
    ("share", "temperature"),
    [(-0.1, 1), (1.1, 1), (float("nan"), 1), (0.5, 0), (0.5, -1), (0.5, 101), (1, float("nan"))],
)
def test_numbers_out_of_range_are_refused(share: float, temperature: float) -> None:
    """With the range."""
    with pytest.raises(InputError, match="randomised orders") as refused:
        Randomisation(share, temperature)
    assert refused.value.fix.startswith("use a number")
