"""What the ranker answers: titles in a member's order, with scores and the model's version."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol, runtime_checkable

from ranker.errors import RankingError


@dataclass(frozen=True, slots=True)
class RankedTitle:
    """One title and its score: the higher, the sooner the member is likely to watch it."""

    title_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Reason:
    """What the member is thought to want next, in one respect, and how much it counted.

    Args:
        intent: such as "genres" or "engagement".
        likely: its likeliest class, such as "Drama" or "discover".
        chance: of that class.
        weight: the intent's share in the order; all add up to 1.
    """

    intent: str
    likely: str
    chance: float
    weight: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """Titles in a member's order, best first.

    Args:
        member_id: whose order it is.
        titles: the titles that were asked for, each once, scores never rising.
        model_version: the model that made the order; with the history it replays the ranking.
        cold_start: no history was known, so the order is the model's for any new member.
        why: the intents that led to the order, the heaviest first; empty for a model without.

    Raises:
        RankingError: a title is there twice, or a score is not finite or rises.
    """

    member_id: str
    titles: tuple[RankedTitle, ...]
    model_version: str
    cold_start: bool
    why: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        """Prove what a ranking promises."""
        refuse_repeats(self.title_ids)
        self._refuse_scores_not_finite()
        self._refuse_rising_scores()

    @property
    def title_ids(self) -> tuple[str, ...]:
        """The title ids alone, best first."""
        return tuple(title.title_id for title in self.titles)

    def _refuse_scores_not_finite(self) -> None:
        for title in self.titles:
            if not math.isfinite(title.score):
                raise RankingError(
                    f"The score of title {title.title_id!r} is {title.score}, not a finite number.",
                    "train the model again; its weights have gone bad.",
                )

    def _refuse_rising_scores(self) -> None:
        for better, worse in pairwise(self.titles):
            if worse.score > better.score:
                raise RankingError(
                    f"Title {worse.title_id!r} scores {worse.score}, more than {better.score} "
                    f"of {better.title_id!r} before it.",
                    "sort the titles by falling score.",
                )


class Ranks(Protocol):
    """What orders titles for a member: the ranker, once its model is loaded."""

    def rank(self, member_id: str, title_ids: Sequence[str]) -> Ranking:
        """Those titles, best first; an unknown member gets a cold-start order."""


@runtime_checkable
class RanksMany(Protocol):
    """A ranker that orders titles for many members faster than one after the other."""

    def rank_many(self, member_ids: Sequence[str], title_ids: Sequence[str]) -> Sequence[Ranking]:
        """Those titles for each member, best first."""


def refuse_repeats(title_ids: tuple[str, ...]) -> None:
    """Raise a RankingError that names the titles which are there more than once."""
    repeated = [title for title, times in Counter(title_ids).items() if times > 1]
    if repeated:
        raise RankingError(
            f"Titles are there more than once: {', '.join(map(repr, repeated))}.",
            "name each title once.",
        )
