"""Several trainings of one kind, such as of several seeds, judged as one arm of a comparison.

What one training reaches is partly the luck of its seed. So each member counts by the mean over an
arm's models, and intervals are of these means: members are what they are sure or unsure about, and
the luck of seeds is averaged away before. Names of arrays as in `ranker.evaluation.metrics`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol

import numpy as np

from ranker.data.arrays import Floats
from ranker.errors import TrainingError
from ranker.evaluation.evaluate import NDCG, Judgement
from ranker.evaluation.metrics import Interval, difference, interval


class Judged(Protocol):
    """A contender after it was judged, be it one model or an arm of several."""

    @property
    def name(self) -> str:
        """As tables have it."""

    @property
    def coverage(self) -> float:
        """The share of titles that is among anyone's first ten."""

    def values(self) -> dict[str, Floats]:
        """What each measure says of each case."""

    def measures(self) -> dict[str, Interval]:
        """Every mean, with its 95 % interval."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Judgements of one trial that count as one.

    Args:
        name: as tables have it.
        parts: one a model.

    Raises:
        TrainingError: the models do not predict the same intents, so that there is no mean.
    """

    name: str
    parts: Sequence[Judgement]

    def __post_init__(self) -> None:
        """Refuse models that are no repetitions of one another."""
        first, *others = ({k: len(v) for k, v in part.values().items()} for part in self.parts)
        if any(other != first for other in others):
            raise TrainingError(
                f"The models of {self.name!r} differ in what they predict.",
                "put trainings of the same settings and data in one arm.",
            )

    @property
    def coverage(self) -> float:
        """The mean over the models."""
        return fmean(part.coverage for part in self.parts)

    def values(self) -> dict[str, Floats]:
        """The mean over the models of what each measure says of each case."""
        each = [part.values() for part in self.parts]
        return {name: np.mean([values[name] for values in each], axis=0) for name in each[0]}

    def measures(self) -> dict[str, Interval]:
        """Every mean, with its 95 % interval over members."""
        return {name: interval(value) for name, value in self.values().items()}


def ahead(judged: Judged, first: Judged) -> Interval:
    """By how much NDCG@10 of one is ahead of the other's, member by member."""
    return difference(judged.values()[NDCG], first.values()[NDCG])
