"""Orders that are drawn at random for a share of reels, so that plays can be learnt from unbiased.

A drawn order is a Plackett-Luce sample: each rank gets one of the titles that are left, by their
weights. Those are the ranker's scores, sharpened or flattened by a temperature. Nothing is random
here: the draw is a hash of what is given, so that the same request gets the same order again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from ranker import RankedTitle, Ranking
from sizzle.errors import InputError
from sizzle.experiments import fraction

MAX_TEMPERATURE: Final = 100.0

_LEAST_SCORE: Final = 1e-300


@dataclass(frozen=True, slots=True)
class Randomisation:
    """Which share of orders is drawn, and how far they stray from the ranker's.

    Args:
        share: of all orders, from 0 to 1.
        temperature: 1 draws titles by their scores; lower ones keep closer to the ranker's order,
            higher ones tend to give all titles the same chance.

    Raises:
        InputError: a number out of range.
    """

    share: float
    temperature: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:  # also refuses NaN
            raise InputError(
                f"The share of randomised orders is {self.share}.", fix="use a number from 0 to 1."
            )
        if not 0 < self.temperature <= MAX_TEMPERATURE:
            raise InputError(
                f"The temperature of randomised orders is {self.temperature}.",
                fix=f"use a number above 0 and at most {MAX_TEMPERATURE:g}.",
            )


class TitleOrder(NamedTuple):
    """The order in which a reel shows titles.

    Attributes:
        title_ids: best rank first.
        randomised: whether it was drawn, rather than the ranker's.
        probabilities: of each rank, that it has its title, given the titles before it, over all
            requests alike: their product is how likely the order was, drawn or not. Empty where
            no order can be drawn, so that the ranker's was certain.
    """

    title_ids: tuple[str, ...]
    randomised: bool = False
    probabilities: tuple[float, ...] = ()


def title_order(ranking: Ranking, randomisation: Randomisation | None, key: str) -> TitleOrder:
    """The order in which a reel shows the titles of a ranking.

    Args:
        ranking: the titles that may be shown.
        randomisation: None where the ranker's order is always shown.
        key: decides; the same key gives the same order.
    """
    if randomisation is None:
        return TitleOrder(ranking.title_ids)
    randomised = fraction("randomised", key) < randomisation.share
    titles = ranking.titles
    if randomised:
        titles = tuple(sorted(titles, key=lambda title: -_draw(title, randomisation, key)))
    title_ids = tuple(title.title_id for title in titles)
    chances = order_chances(titles, ranking.title_ids, randomisation)
    return TitleOrder(title_ids, randomised, tuple(chances))


def order_chances(
    titles: Sequence[RankedTitle], ranked: Sequence[str], randomisation: Randomisation
) -> Iterator[float]:
    """How likely each rank is to get its title, given those before it.

    An order is the ranker's as it is, or was drawn; the titles so far tell how likely each is.

    Args:
        titles: in the order in which they are shown, with their scores.
        ranked: their ids in the ranker's order.
        randomisation: how orders are drawn.
    """
    weights = [_log_weight(title, randomisation) for title in titles]
    as_ranked = 1 - randomisation.share
    for rank, (title, best) in enumerate(zip(titles, ranked, strict=True)):
        same = as_ranked if title.title_id == best else 0.0
        chance = same + (1 - as_ranked) * _first_chance(weights[rank:])
        yield chance
        as_ranked = same / chance if chance else 0.0


def _draw(title: RankedTitle, randomisation: Randomisation, key: str) -> float:
    """The logarithm of a title's weight with Gumbel noise: the order of these is the sample."""
    noise = -math.log(-math.log(fraction(f"title\0{title.title_id}", key)))
    return _log_weight(title, randomisation) + noise


def _log_weight(title: RankedTitle, randomisation: Randomisation) -> float:
    return math.log(max(title.score, _LEAST_SCORE)) / randomisation.temperature


def _first_chance(weights: Sequence[float]) -> float:
    """The first one's share of the weights, which are given as logarithms."""
    most = max(weights)
    return math.exp(weights[0] - most) / sum(math.exp(weight - most) for weight in weights)
