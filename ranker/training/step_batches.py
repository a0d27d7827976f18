"""The batch of each training step, which depends only on the seed and the step.

So training resumes after an interruption as if there had been none, and each of several processes
takes its share. Names of tensors as in `ranker.network.model`; M counts members.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import torch
from torch import Tensor

from ranker.data.encoding import EncodedTokens, ItemFeatures
from ranker.data.schema import Schema
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Spans, TrainingBatch, cut_windows, length_batches, make_batch
from ranker.network.config import TrainingConfig
from ranker.network.devices import move_to
from ranker.training.distributed import rank, world_size
from ranker.training.objective import Candidates, all_candidates, sampled_candidates

_SEED_STRIDE: Final = 1_000_003
"""Between the random seeds of two trainings; more than a training has steps or epochs."""


class StepBatch(NamedTuple):
    """What one step learns from.

    Args:
        batch: inputs and targets.
        candidates: the titles among which the targets are predicted.
    """

    batch: TrainingBatch
    candidates: Candidates


class StepBatches:
    """The batches of one training.

    Args:
        encoded: the tokens, on the device that trains.
        items: their titles, on the same device.
        starts_M: the first training token of each member.
        ends_M: the end of their training tokens, exclusive.
        context: positions in a window.
        config: of the training.
        schema: of the model.
    """

    def __init__(
        self,
        encoded: EncodedTokens,
        items: ItemFeatures,
        starts_M: Tensor,
        ends_M: Tensor,
        context: int,
        config: TrainingConfig,
        schema: Schema,
    ) -> None:
        self._encoded = encoded
        self._items = items
        self._starts_M = starts_M
        self._ends_M = ends_M
        self._context = context
        self._config = config
        self._counts_V = torch.tensor([*[0] * SPECIALS, *schema.counts]).float()

    def after(self, step: int) -> Iterator[StepBatch]:
        """This process's batches of all later steps, without end.

        The random numbers that are drawn while learning from a batch depend on its step, too.
        """
        # The first batch, number 0, is skipped: steps count from 1, and models that were trained
        # before can be reproduced.
        for number, spans in enumerate(self._spans()):
            if number <= step:
                continue
            seed = self._config.seed * _SEED_STRIDE + number
            torch.manual_seed(seed * world_size() + rank())
            shape = (len(spans.starts_W), int((spans.ends_W - spans.starts_W).max()))
            hidden_BL = torch.rand(shape) < self._config.request_dropout
            yield StepBatch(make_batch(self._encoded, spans, hidden_BL), self._candidates())

    def _spans(self) -> Iterator[Spans]:
        """This process's share of the batches, epoch after epoch."""
        epoch = 0
        while True:
            random = torch.Generator().manual_seed(self._config.seed * _SEED_STRIDE + epoch)
            windows = cut_windows(self._starts_M, self._ends_M, self._context, random)
            batches = length_batches(windows, self._config.batch_positions, random)
            for number, spans in enumerate(batches):
                if number % world_size() == rank():
                    yield spans
            epoch += 1

    def _candidates(self) -> Candidates:
        if not self._config.negatives:
            return all_candidates(self._items)
        sample = sampled_candidates(self._counts_V, self._config.negatives)
        return move_to(sample, self._items.metadata_VA.device)
