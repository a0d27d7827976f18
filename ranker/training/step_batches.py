"""What each step of a training learns from; it follows from the seed and the step alone.

So training goes on after a break as it would have without one, and of several processes each takes
its share. Names of tensors as in `ranker.network.model`; M counts members.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import torch
from torch import Tensor

from ranker.data.encoding import Encoded, Shelf
from ranker.data.schema import Schema
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Batch, Spans, batch_of, batches, windows
from ranker.network.config import TrainingConfig
from ranker.network.devices import moved
from ranker.training.distributed import processes, rank
from ranker.training.objective import Candidates, all_candidates, sampled_candidates

_APART: Final = 1_000_003
"""Between the random numbers of two seeds; more than a training has steps or epochs."""


class Lesson(NamedTuple):
    """What one step learns from.

    Args:
        batch: steps of members, and what came next.
        candidates: titles that the targets are told from.
    """

    batch: Batch
    candidates: Candidates


class Lessons:
    """The lessons of one training.

    Args:
        encoded: the tokens, where they are to be learnt from.
        shelf: their titles, at the same place.
        starts_M: where each member's tokens to learn from begin.
        ends_M: where they end, exclusive.
        context: positions in a window.
        config: of the training.
        schema: of the model.
    """

    def __init__(
        self,
        encoded: Encoded,
        shelf: Shelf,
        starts_M: Tensor,
        ends_M: Tensor,
        context: int,
        config: TrainingConfig,
        schema: Schema,
    ) -> None:
        self._encoded = encoded
        self._shelf = shelf
        self._starts_M = starts_M
        self._ends_M = ends_M
        self._context = context
        self._config = config
        self._counts_V = torch.tensor([*[0] * SPECIALS, *schema.counts]).float()

    def after(self, step: int) -> Iterator[Lesson]:
        """This process's lessons from the step after a step on, without end.

        Whatever is drawn at random while one is learnt follows from its step too.
        """
        # The first batch of all, number 0, is no step's: it never was, and so what was trained
        # before can be trained again.
        for number, spans in enumerate(self._spans()):
            if number <= step:
                continue
            torch.manual_seed((self._config.seed * _APART + number) * processes() + rank())
            shape = (len(spans.starts_W), int((spans.ends_W - spans.starts_W).max()))
            unasked_BL = torch.rand(shape) < self._config.unasked
            yield Lesson(batch_of(self._encoded, spans, unasked_BL), self._candidates())

    def _spans(self) -> Iterator[Spans]:
        """This process's share of the batches, epoch after epoch."""
        epoch = 0
        while True:
            random = torch.Generator().manual_seed(self._config.seed * _APART + epoch)
            cut = windows(self._starts_M, self._ends_M, self._context, random)
            for number, spans in enumerate(batches(cut, self._config.batch, random)):
                if number % processes() == rank():
                    yield spans
            epoch += 1

    def _candidates(self) -> Candidates:
        if not self._config.negatives:
            return all_candidates(self._shelf)
        sample = sampled_candidates(self._counts_V, self._config.negatives)
        return moved(sample, self._shelf.about_VA.device)
