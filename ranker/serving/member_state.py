"""Cached states of members: what the model has read of their histories, and what it predicts next.

Names of tensors as in `ranker.network.model`; M counts members.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import torch
from torch.nn import functional as F

from ranker.data.encoding import (
    EncodedTokens,
    append_next_step,
)
from ranker.data.vocabulary import BOS
from ranker.data.windows import Spans, Steps, first_token_to_read, make_batch
from ranker.network.attention import LayerCache
from ranker.network.model import LookupTables, Prediction, RankerModel

_MEMBERS_AT_ONCE: Final = 16
"""So many that the model's intermediate results fit in the processor's cache."""


@dataclass(frozen=True, slots=True)
class MemberState:
    """What the model has read of one member's history.

    Args:
        first_token: the first token that the model reads.
        steps: of the positions from there, BOS first; the last one's next request is still open.
        last_at: when the last token ended; None without a history.
        cached: how many positions, at most all but the last, are in the caches.
        caches: of the model's blocks; None if no position is cached.
        prediction: of the next step, where nothing is known of its request.
    """

    first_token: int
    steps: Steps
    last_at: int | None
    cached: int
    caches: list[LayerCache] | None
    prediction: Prediction

    @property
    def size(self) -> int:
        """Bytes, but for the prediction's few."""
        parts = [*self.steps, *chain.from_iterable(self.caches or ())]
        return sum(part.nbytes for part in parts)


class StateReader:
    """Reads members' histories into states.

    The last token is never cached: until the next one begins, further events may extend it.

    Args:
        network: in evaluation mode.
        tables: the model's, of the titles.
    """

    def __init__(self, network: RankerModel, tables: LookupTables) -> None:
        self._network = network
        self._tables = tables

    @torch.inference_mode()
    def read(self, encoded: EncodedTokens, before: MemberState | None) -> MemberState:
        """The state after all of one member's tokens.

        Of an earlier state all positions are used until the first that has changed: an event that
        comes late changes those after it.
        """
        count = len(encoded.titles_N)
        last_at = int(encoded.end_time_N[-1]) if count else None
        first_token = first_token_to_read(count, self._network.config.context)
        steps = _steps(encoded, first_token, last_at or 0)
        cached, caches = 0, None
        if before is not None and before.first_token == first_token:
            if _equal(before.steps, steps):
                return before
            cached, caches = _unchanged(before, steps)
        prediction, caches = self.predict(steps, cached, caches)
        # The last position's request is not known yet, so it is not to be cached.
        final = steps.titles_BL.shape[1] - 1
        kept = [tuple(part[:, :, :final] for part in cache) for cache in caches]
        return MemberState(first_token, steps, last_at, final, kept if final else None, prediction)

    @torch.inference_mode()
    def predict(
        self, steps: Steps, cached: int, caches: list[LayerCache] | None
    ) -> tuple[Prediction, list[LayerCache]]:
        """The prediction of the step after all of these, and the caches of all of them.

        Args:
            steps: one member's.
            cached: how many of them are in the caches.
            caches: of the model's blocks; None if no position is cached.
        """
        uncached = slice_steps(steps, cached, steps.time_BL.shape[1])
        state_1QD, caches = self._network(uncached, self._tables, last=True, caches=caches)
        return self._network.intents(state_1QD[:, -1], None), caches

    def read_many(self, histories: Sequence[EncodedTokens]) -> Iterator[tuple[str, MemberState]]:
        """The states of several members, each with its id, shortest histories first.

        Args:
            histories: the tokens of one member each, at least one.
        """
        # Similar lengths together, so that there is little padding.
        by_length = sorted(histories, key=lambda encoded: len(encoded.titles_N))
        for start in range(0, len(by_length), _MEMBERS_AT_ONCE):
            batch = EncodedTokens.concatenate(by_length[start : start + _MEMBERS_AT_ONCE])
            yield from self._read_batch(batch)

    @torch.inference_mode()
    def _read_batch(self, batch: EncodedTokens) -> list[tuple[str, MemberState]]:
        """The states of all members of a batch."""
        context = self._network.config.context
        encoded = append_next_step(batch)
        count_M = encoded.starts_M.diff() - 1
        first_M = torch.tensor([first_token_to_read(count, context) for count in count_M.tolist()])
        length_M = count_M - first_M + 1
        spans = Spans(encoded.starts_M[:-1] + first_M, encoded.starts_M[1:])
        longest = int(length_M.max())
        hidden_BL = torch.arange(longest) == length_M[:, None] - 1
        steps = make_batch(encoded, spans, hidden_BL).steps
        # Of equally long histories only the last position is asked for, which costs less.
        same = bool((length_M == longest).all())
        state_MLD, caches = self._network(steps, self._tables, last=same)
        last_M = torch.zeros_like(length_M) if same else length_M - 1
        prediction = self._network.intents(state_MLD[torch.arange(len(last_M)), last_M], None)
        return [
            (member, _row_state(steps, caches, prediction, row, first, length))
            for row, (member, first, length) in enumerate(
                zip(encoded.members, first_M.tolist(), length_M.tolist(), strict=True)
            )
        ]


def slice_steps(steps: Steps, start: int, end: int) -> Steps:
    """The positions from `start` to `end`, with the times of all before `end`."""
    return Steps(
        steps.titles_BL[:, start:end],
        steps.post_action_BLF[:, start:end],
        steps.request_BLR[:, start:end],
        steps.time_BL[:, :end],
        steps.request_time_BL[:, start:end],
    )


def _row_state(
    steps: Steps,
    caches: list[LayerCache],
    prediction: Prediction,
    row: int,
    first_token: int,
    length: int,
) -> MemberState:
    """One member's state, copied so that it does not keep the whole batch alive."""
    own = Steps(*(part[row : row + 1, :length].clone() for part in steps))
    own_caches = [
        tuple(part[:, row : row + 1, : length - 1].contiguous().clone() for part in cache)
        for cache in caches
    ]
    last_at = int(own.time_BL[0, -1])
    return MemberState(first_token, own, last_at, length - 1, own_caches, prediction.row(row))


def _steps(encoded: EncodedTokens, first_token: int, request_time: int) -> Steps:
    """One member's steps from a token on, BOS first; nothing is known of the last one's request.

    As `make_batch` has it, which is for many members, and takes four times as long.
    """
    times_N = encoded.start_time_N[first_token:]
    request_time_L = torch.cat([times_N, torch.tensor([request_time])])
    return Steps(
        F.pad(encoded.titles_N[first_token:], (1, 0), value=BOS)[None],
        F.pad(encoded.post_action_NF[first_token:], (0, 0, 1, 0))[None],
        F.pad(encoded.request_NR[first_token:], (0, 0, 0, 1))[None],
        torch.cat([request_time_L[:1], encoded.end_time_N[first_token:]])[None],
        request_time_L[None],
    )


def _equal(one: Steps, other: Steps) -> bool:
    return all(torch.equal(*pair) for pair in zip(one, other, strict=True))


def _unchanged(before: MemberState, steps: Steps) -> tuple[int, list[LayerCache] | None]:
    """How many of the cached positions are as they were, and their caches."""
    count = min(before.cached, steps.titles_BL.shape[1] - 1)
    pairs = [(old[:, :count], new[:, :count]) for old, new in zip(before.steps, steps, strict=True)]
    if not all(torch.equal(*pair) for pair in pairs):
        changed = [(old != new).reshape(count, -1).any(dim=1) for old, new in pairs]
        count = int(torch.stack(changed).any(dim=0).to(torch.uint8).argmax())
    if not count or before.caches is None:
        return 0, None
    return count, [tuple(part[:, :, :count] for part in cache) for cache in before.caches]
