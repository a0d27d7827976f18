"""The batch of each training step, which depends only on the seed and the step.

So training resumes after an interruption as if there had been none. An epoch goes through all
shards in random order, and through the windows of one shard before those of the next, so that one
is in memory at a time. Each of several processes takes shards of its own; those that cannot be
divided evenly, such as the only one, are shared batch by batch.

Names of tensors as in `ranker.network.model`; M counts members.
"""

from collections.abc import Iterator
from itertools import count, islice
from typing import Final, NamedTuple

import torch

from ranker.data.encoded_spans import encode_spans
from ranker.data.encoding import EncodedTokens, ItemFeatures
from ranker.data.schema import Schema
from ranker.data.tokens import Tokens
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Spans, TrainingBatch, cut_windows, length_batches, make_batch
from ranker.network.config import TrainingConfig
from ranker.network.devices import move_to
from ranker.training.distributed import rank, world_size
from ranker.training.objective import Candidates, all_candidates, sampled_candidates
from ranker.training.training_data import TrainingData

_SHARD_BITS: Final = 40
"""The number of a shard comes above these bits of a seed."""

_SEED_STRIDE: Final = 1_000_003
"""Between the random seeds of two trainings; more than a training has steps or epochs."""


class StepBatch(NamedTuple):
    """What one step learns from.

    Args:
        encoded: the tokens of the batch.
        batch: inputs and targets.
        candidates: the titles among which the targets are predicted.
    """

    encoded: EncodedTokens
    batch: TrainingBatch
    candidates: Candidates


class StepBatches:
    """The batches of one training.

    Args:
        data: the tokens, and which of them are trained on.
        items: their titles, on the device that trains.
        schema: of the model.
        context: positions in a window.
        config: of the training.
    """

    def __init__(
        self,
        data: TrainingData,
        items: ItemFeatures,
        schema: Schema,
        context: int,
        config: TrainingConfig,
    ) -> None:
        self._data = data
        self._items = items
        self._schema = schema
        self._context = context
        self._config = config
        self._counts_V = torch.tensor([*[0] * SPECIALS, *schema.counts]).float()
        self._loaded = -1
        self._tokens: Tokens | None = None

    def after(self, step: int) -> Iterator[StepBatch]:
        """This process's batches of all later steps, without end.

        The random numbers that are drawn while learning from a batch depend on its step, too.
        """
        # The first batch, number 0, is skipped: steps count from 1, and models that were trained
        # before can be reproduced.
        for number, (shard, spans) in enumerate(self._spans()):
            if number <= step:
                continue
            seed = self._config.seed * _SEED_STRIDE + number
            torch.manual_seed(seed * world_size() + rank())
            shape = (len(spans.starts_W), int((spans.ends_W - spans.starts_W).max()))
            hidden_BL = torch.rand(shape) < self._config.request_dropout
            encoded, spans = encode_spans(self._schema, self._load(shard), self._items, spans)
            encoded = move_to(encoded, self._items.metadata_VA.device)
            yield StepBatch(encoded, make_batch(encoded, spans, hidden_BL), self._candidates())

    def _load(self, shard: int) -> Tokens:
        """The tokens of a shard, which are kept until another is needed."""
        if self._tokens is None or shard != self._loaded:
            self._tokens = None  # before the next one is read
            self._tokens, self._loaded = self._data.shards[shard], shard
        return self._tokens

    def _spans(self) -> Iterator[tuple[int, Spans]]:
        """This process's share of the batches with the number of their shard, without end."""
        for epoch in count():
            for shard, every, first in self._own_shards(epoch):
                random = self._random(epoch, shard)
                part = self._data.splits[shard]
                ranges_2M = torch.from_numpy(part.starts_M), torch.from_numpy(part.ends_M)
                windows = cut_windows(*ranges_2M, self._context, random)
                batches = length_batches(windows, self._config.batch_positions, random)
                for spans in islice(batches, first, None, every):
                    yield shard, spans

    def _own_shards(self, epoch: int) -> Iterator[tuple[int, int, int]]:
        """A process's shards of an epoch; of each, it takes every n-th batch from the m-th on."""
        shards, processes = len(self._data.shards), world_size()
        order = torch.randperm(shards, generator=self._random(epoch, shards)).tolist()
        whole = shards - shards % processes
        for shard in order[rank() : whole : processes]:
            yield shard, 1, 0
        for shard in order[whole:]:
            yield shard, processes, rank()

    def _random(self, epoch: int, shard: int) -> torch.Generator:
        """Random numbers of their own for each shard in each epoch."""
        seed = self._config.seed * _SEED_STRIDE + epoch
        return torch.Generator().manual_seed(seed + (shard << _SHARD_BITS))

    def _candidates(self) -> Candidates:
        if not self._config.negatives:
            return all_candidates(self._items)
        sample = sampled_candidates(self._counts_V, self._config.negatives)
        return move_to(sample, self._items.metadata_VA.device)
