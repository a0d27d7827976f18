"""What a training reads: shards of tokens, which of them are trained on, and validation targets.

A shard is read when its turn comes, so that no more than one is in memory. Names of tensors as in
`ranker.network.model`; M counts members of a shard, T targets.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch

from ranker.data.encoded_spans import take_spans
from ranker.data.events import ViewingLog
from ranker.data.roles import TARGET
from ranker.data.shard_files import ShardFiles
from ranker.data.signals import DEFAULT_POLICY, SignalPolicy
from ranker.data.splits import Split, TimeSplit
from ranker.data.token_summary import TokenSummary
from ranker.data.tokens import Tokens, merge_events
from ranker.data.vocabulary import UNK, Vocabulary
from ranker.data.windows import Spans, target_spans
from ranker.errors import TrainingError
from ranker.training.distributed import map_in_group, own_part, sum_in_group
from ranker.training.ppmi_init import TitleSequences
from ranker.training.trainable import refuse_untrainable

_MOST_TARGETS: Final = 20_000
"""Validation targets of a training: more hardly change the mean, and take the time of training."""


@dataclass(frozen=True, slots=True)
class ValidationPart:
    """Validation targets of one shard, each with as much of its history as the model can read.

    Args:
        tokens: of the spans.
        spans: of the tokens; the last one of each is the target.
    """

    tokens: Tokens
    spans: Spans


def policy_of(log: ViewingLog | ShardFiles) -> SignalPolicy:
    """The roles of events by which shards were prepared; of a log in memory the default."""
    return log.signals if isinstance(log, ShardFiles) else DEFAULT_POLICY


class TrainingData:
    """Shards of tokens, and how they are split.

    In a process group each process looks at its share of the shards, and all know the result.

    Args:
        shards: of the tokens, each member's in one shard.
        split: into training and validation tokens.

    Raises:
        TrainingError: no member has two tokens to train on.
        HistoryError: a shard cannot be read.
    """

    def __init__(self, shards: Sequence[Tokens], split: Callable[[Tokens], Split]) -> None:
        self.shards = shards
        fixed = split.over(shards) if isinstance(split, TimeSplit) else split

        def look_at(number: int) -> tuple[Split, TokenSummary]:
            tokens = shards[number]
            part = fixed(tokens)
            return part, TokenSummary.of(tokens.take(part.training_indices()))

        looked = map_in_group(look_at, len(shards))
        self.splits = [part for part, _ in looked]
        self.summary = TokenSummary.merged(summary for _, summary in looked)
        refuse_untrainable(shards, self.summary)

    @classmethod
    def of(
        cls,
        log: ViewingLog | ShardFiles,
        split: Callable[[Tokens], Split],
        policy: SignalPolicy = DEFAULT_POLICY,
    ) -> Self:
        """The data of a log, in memory as a single shard, or of shards.

        Args:
            log: of the events.
            split: into training and validation tokens.
            policy: the roles of events; shards have to have been prepared by it.
        """
        if isinstance(log, ViewingLog):
            return cls([merge_events(log, policy)], split)
        log.refuse_other_signals(policy)
        return cls(log, split)

    def sequences(self, vocabulary: Vocabulary) -> Iterator[TitleSequences]:
        """The titles to train on, shard by shard."""
        for part, tokens in zip(self.splits, self.shards, strict=True):
            titles_N = torch.from_numpy(vocabulary.encode_column(tokens.title))
            ends = torch.from_numpy(part.starts_M), torch.from_numpy(part.ends_M)
            yield TitleSequences(titles_N, *ends, torch.from_numpy(tokens.role_N == TARGET))

    def validation(self, vocabulary: Vocabulary, context: int) -> list[ValidationPart]:
        """This process's share of the validation targets whose titles are known.

        Raises:
            TrainingError: there are none in any process.
        """
        own = own_part(self._validation_targets())
        numbers = np.unique(own[:, 0]).tolist()
        parts = [self._targets_of(n, own[own[:, 0] == n, 1], vocabulary, context) for n in numbers]
        parts = [part for part in parts if len(part.spans.starts_W)]
        _refuse_empty_validation(sum_in_group([len(parts)])[0])
        return parts

    def _validation_targets(self) -> np.ndarray:
        """The shard and the index there of each validation target, T2; a sample of too many."""
        targets_T2 = np.concatenate(
            [
                np.column_stack([np.full(len(part.valid_T), number), part.valid_T])
                for number, part in enumerate(self.splits)
            ]
        )
        if len(targets_T2) <= _MOST_TARGETS:
            return targets_T2
        chosen = np.random.default_rng(0).choice(len(targets_T2), _MOST_TARGETS, replace=False)
        return targets_T2[np.sort(chosen)]

    def _targets_of(
        self, number: int, valid_T: np.ndarray, vocabulary: Vocabulary, context: int
    ) -> ValidationPart:
        tokens = self.shards[number]
        known_T = vocabulary.encode_column(tokens.title.take(valid_T)) != UNK
        starts_M = torch.from_numpy(tokens.starts())
        spans = target_spans(starts_M, torch.from_numpy(valid_T[known_T]), context)
        return ValidationPart(*take_spans(tokens, spans))


def _refuse_empty_validation(parts: float) -> None:
    if not parts:
        raise TrainingError(
            "The validation split is empty: it has no title that the training split has.",
            "give histories over a longer time.",
        )
