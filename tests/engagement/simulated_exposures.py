"""Reels in drawn orders, shown to simulated members whose best orders are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ranker import RankedTitle, Ranking
from sizzle.engagement import Probabilities
from sizzle.engagement.exposure import slots_of
from sizzle.engagement.policy_evaluation import ExposureOutcome
from sizzle.reel.randomised_order import Randomisation, title_order

PLAN = "A:160 B:80 | A:80 C:40"
RATE = 24
TITLES = tuple(f"title-{number}" for number in range(8))

_SLOTS = slots_of(PLAN)
_STAY = 0.35  # how likely a member is to go on after a cut of a title without any appeal


def exposures(
    seed: int, members: int, randomisation: Randomisation
) -> tuple[list[ExposureOutcome], list[list[str]]]:
    """A reel of each member, and the members' best orders.

    The ranker has an idea of each title's appeal to the member, with much noise.
    """
    random = np.random.default_rng(seed)
    reels, best = [], []
    for number in range(members):
        appeal = _appeal(random)
        guess = appeal * random.gamma(4, 0.25, len(TITLES))
        member = f"member-{number}"
        order = title_order(_ranking(member, guess), randomisation, f"{seed} {number}")
        indexes = [TITLES.index(title) for title in order.title_ids]
        chances = Probabilities(1.0, order.probabilities[:3], order.randomised)
        seen = _seen(random, appeal, indexes)
        reels.append(
            ExposureOutcome(
                *(member, 0, "spring", "v1", "trio", PLAN, f"{RATE}/1"),
                order.title_ids[:3],
                chances,
                seen,
            )
        )
        best.append([TITLES[index] for index in np.argsort(-appeal)])
    return reels, best


def seconds_of_best(members: int) -> float:
    """Seconds that members see of a reel in their best order, on average."""
    random = np.random.default_rng(10**6)
    frames = 0
    for _ in range(members):
        appeal = _appeal(random)
        frames += sum(_seen(random, appeal, np.argsort(-appeal).tolist()))
    return frames / members / RATE


def _appeal(random: np.random.Generator) -> NDArray[Any]:
    """Of each title to a member: the first titles please more members than the last ones."""
    return random.beta(1.2, 2.5, len(TITLES)) * np.linspace(1, 0.5, len(TITLES))


def _ranking(member: str, scores: NDArray[Any]) -> Ranking:
    shares = (scores / scores.sum()).tolist()
    ranked = sorted(map(RankedTitle, TITLES, shares), key=lambda title: -title.score)
    return Ranking(member, tuple(ranked), "m1", cold_start=False, why=())


def _seen(
    random: np.random.Generator, appeal: NDArray[Any], order: Sequence[int]
) -> tuple[int, ...]:
    """The frames of each cut that a member sees, who may leave after each one."""
    seen = [0] * len(_SLOTS)
    for number, slot in enumerate(_SLOTS):
        liked = appeal[order[slot.rank - 1]]
        seen[number] = int(slot.length * min(1.0, random.random() / 2 + liked))
        if random.random() > _STAY + (1 - _STAY) * liked:
            break
    return tuple(seen)
