"""Several trainings with the same settings and different seeds, evaluated as one.

The result of one training depends on its seed by chance. So each target counts by the mean over a
group's models, and intervals are over members, with the chance of seeds averaged out. Names of
arrays as in `ranker.evaluation.metrics`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Protocol

import numpy as np

from ranker.data.arrays import Floats
from ranker.errors import TrainingError
from ranker.evaluation.evaluate import NDCG, EvalResult
from ranker.evaluation.metrics import Interval, bootstrap_interval, paired_difference


class EvalSummary(Protocol):
    """The evaluation of one recommender, or of a group of models."""

    @property
    def name(self) -> str:
        """For tables."""

    @property
    def coverage(self) -> float:
        """The share of titles that are among the first ten for at least one target."""

    def values(self) -> dict[str, Floats]:
        """Each metric's value for each target."""

    def measures(self) -> dict[str, Interval]:
        """The mean of each metric, with its 95 % interval."""


@dataclass(frozen=True, slots=True)
class SeedGroup:
    """Results of one evaluation that count as one.

    Args:
        name: for tables.
        results: one per model.

    Raises:
        TrainingError: the models predict different intents, so that there is no mean.
    """

    name: str
    results: Sequence[EvalResult]

    def __post_init__(self) -> None:
        """Check that the models have the same metrics."""
        first, *others = (
            {k: len(v) for k, v in result.values().items()} for result in self.results
        )
        if any(other != first for other in others):
            raise TrainingError(
                f"The models of {self.name!r} predict different intents.",
                "group models that were trained with the same settings on the same data.",
            )

    @property
    def coverage(self) -> float:
        """The mean over the models."""
        return fmean(result.coverage for result in self.results)

    def values(self) -> dict[str, Floats]:
        """The mean over the models of each metric's value for each target."""
        values = [result.values() for result in self.results]
        return {name: np.mean([each[name] for each in values], axis=0) for name in values[0]}

    def measures(self) -> dict[str, Interval]:
        """The mean of each metric, with its 95 % interval over members."""
        return {name: bootstrap_interval(value) for name, value in self.values().items()}


def ndcg_lead(summary: EvalSummary, reference: EvalSummary) -> Interval:
    """The difference in NDCG@10 to a reference, paired by member."""
    return paired_difference(summary.values()[NDCG], reference.values()[NDCG])
