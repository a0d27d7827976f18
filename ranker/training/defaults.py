"""Settings that fit the data, where none are given: chosen by counts of members, titles, viewings.

What decides most is how many viewings a title has. With a few dozen, a network learns titles by
heart: it needs much dropout and weight decay, and initial ids from co-watching. With hundreds, it
can learn for long. `docs/ranker-results.md` has what the settings reach.
"""

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np

from ranker.data.events import ViewingLog
from ranker.data.shard_files import ShardFiles
from ranker.network.config import DEFAULT_MODEL, DEFAULT_TRAINING, ModelConfig, TrainingConfig

_SMALL_CATALOGUE, _SMALL_LOG = 1000, 50_000
"""Titles and viewings below which the smallest model does."""

_FEW_VIEWINGS: Final = 30
_MANY_VIEWINGS: Final = 100
"""Of a title on average: with few it is learnt by heart, with many it is not."""

_CONTEXTS: Final = (32, 200)
"""The shortest and the longest history that is read."""

_MOST_POSITIONS: Final = 40_000_000
"""Positions to learn from, over all epochs: some half an hour of one core."""

_EPOCHS: Final = (3, 40)
"""The fewest and the most, whatever the positions."""

_EVALUATIONS: Final = (10, 20)
"""The fewest and the most of a training that is not stopped; six without improvement stop it."""

_WARM_SHARE: Final = 5
"""A warm start needs this much less."""


@dataclass(frozen=True, slots=True)
class DataCounts:
    """How much data there is.

    Args:
        members: who have watched anything.
        titles: that have been watched.
        viewings: of all members.
    """

    members: int
    titles: int
    viewings: int

    @classmethod
    def of(cls, log: ViewingLog | ShardFiles) -> Self:
        """The counts of a log."""
        if isinstance(log, ViewingLog):
            members, titles = (len(np.unique(c.codes_E)) for c in (log.member, log.title))
            return cls(members, titles, len(log))
        return cls(log.members, log.titles, log.tokens)

    @property
    def viewings_per_title(self) -> float:
        """On average; 0 without titles."""
        return self.viewings / max(1, self.titles)

    @property
    def viewings_per_member(self) -> float:
        """On average; 0 without members."""
        return self.viewings / max(1, self.members)


def fitting_settings(
    counts: DataCounts, seed: int = 0, *, warm: bool = False
) -> tuple[ModelConfig, TrainingConfig]:
    """The settings for some data.

    Args:
        counts: of the data.
        seed: of the training.
        warm: whether the training goes on from an earlier model.
    """
    small = counts.titles < _SMALL_CATALOGUE
    if small and counts.viewings < _SMALL_LOG:
        config = replace(DEFAULT_TRAINING, seed=seed)
        return DEFAULT_MODEL, _lasting(config, counts, fewest=DEFAULT_TRAINING.steps)
    few = counts.viewings_per_title < _FEW_VIEWINGS
    many = counts.viewings_per_title > _MANY_VIEWINGS
    shortest, longest = _CONTEXTS
    # Twice the average, in whole quarters, by which serving moves on through a history.
    context = int(np.clip(2 * counts.viewings_per_member // 4 * 4, shortest, longest))
    model = ModelConfig(
        context=context,
        width=64,
        dropout=0.5 if few else 0.2 if many else 0.3,
        horizon=1,
    )
    config = TrainingConfig(
        seed=seed,
        batch_positions=2048 if counts.viewings < 100_000 else 4096,
        negatives=0 if small else 1024,  # 0 is all titles
        learning_rate=3e-3 if few else 5e-3,
        weight_decay=0.1 if few else 0.01,
        final_rate=0.2,
        ppmi_init=0.0 if small else 0.3,
    )
    config = _lasting(config, counts, fewest=100)
    if warm:
        shorter = _with_steps(config, config.steps // _WARM_SHARE)
        config = replace(shorter, learning_rate=2e-3, anchor=2.4)
    return model, config


def _lasting(config: TrainingConfig, counts: DataCounts, fewest: int) -> TrainingConfig:
    """With steps for as many epochs as the data is worth."""
    fewest_epochs, most_epochs = _EPOCHS
    if counts.viewings_per_title < _FEW_VIEWINGS:
        most_epochs //= 2
    epochs = np.clip(_MOST_POSITIONS / max(1, counts.viewings), fewest_epochs, most_epochs)
    steps = round(float(epochs) * counts.viewings / config.batch_positions)
    return _with_steps(config, max(fewest, steps))


def _with_steps(config: TrainingConfig, steps: int) -> TrainingConfig:
    """With so many steps, and an evaluation every few of them."""
    often = min(DEFAULT_TRAINING.evaluate_every, steps // _EVALUATIONS[0])
    return replace(config, steps=steps, evaluate_every=max(often, steps // _EVALUATIONS[1]))
