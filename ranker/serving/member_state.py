"""Cached states of members: what the model has read of their histories, and what it predicts next.

Names of tensors as in `ranker.network.model`; M counts members.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ranker.data.arrays import Ints
from ranker.data.encoding import EncodedTokens, append_next_step
from ranker.data.vocabulary import BOS
from ranker.data.windows import Spans, Steps, first_token_to_read, make_batch
from ranker.network.attention import LayerCache
from ranker.network.model import LookupTables, Prediction, RankerModel
from ranker.request import NO_CONTEXT, RequestContext
from ranker.serving.request_features import RequestEncoder

_MEMBERS_AT_ONCE: Final = 16
"""So many that the model's intermediate results fit in the processor's cache."""


@dataclass(frozen=True, slots=True)
class MemberState:
    """What the model has read of one member's history.

    Args:
        first_token: the first token that the model reads.
        steps: of the positions from there, BOS first; the last one's next request is `request`.
        last_at: when the last token ended; None without a history.
        cached: how many positions, at most all but the last, are in the caches.
        caches: of the model's blocks; None if no position is cached.
        request: the last request.
        prediction: of the next step, for that request.
    """

    first_token: int
    steps: Steps
    last_at: int | None
    cached: int
    caches: list[LayerCache] | None
    request: RequestContext
    prediction: Prediction

    @property
    def size(self) -> int:
        """Bytes, but for the prediction's few."""
        parts = [*self.steps, *chain.from_iterable(self.caches or ())]
        return sum(part.nbytes for part in parts)


class StateReader:
    """Reads members' histories into states; to be called in torch's inference mode.

    The last token is never cached: until the next one begins, further events may extend it.

    Args:
        network: in evaluation mode.
        tables: the model's, of the titles.
    """

    def __init__(self, network: RankerModel, tables: LookupTables) -> None:
        self._network = network
        self._tables = tables
        self._requests = RequestEncoder(network.schema)

    def read(
        self,
        encoded: EncodedTokens,
        before: MemberState | None,
        request: RequestContext = NO_CONTEXT,
    ) -> MemberState:
        """The state after all of one member's tokens.

        Of an earlier state all positions are used until the first that has changed: an event that
        comes late changes those after it. The prediction for a request takes no time of its own,
        since the last position is read anyway.
        """
        count = len(encoded.titles_N)
        last_at = int(encoded.end_time_N[-1]) if count else None
        first_token = first_token_to_read(count, self._network.config.context)
        steps = _steps(encoded, first_token, *self._requests.encode(last_at, request))
        cached, caches = 0, None
        if before is not None and before.first_token == first_token:
            if _equal(before.steps, steps):
                return replace(before, request=request)
            cached, caches = _unchanged(before, steps)
        prediction, caches = self.predict(steps, cached, caches)
        # Not the last position: its request is this one's, and the next request differs.
        final = steps.titles_BL.shape[1] - 1
        kept = [tuple(part[:, :, :final] for part in cache) for cache in caches] if final else None
        return MemberState(first_token, steps, last_at, final, kept, request, prediction)

    def for_request(
        self, state: MemberState, request: RequestContext, *, recompute: bool = False
    ) -> MemberState:
        """The state with the prediction for another request: one position, after the cached ones.

        Args:
            state: of the member.
            request: what is known of it.
            recompute: read the whole history again, without the caches.
        """
        request_1R, time = self._requests.encode(state.last_at, request)
        steps = _with_last_request(state.steps, request_1R, time)
        if state.last_at is None:
            steps = steps._replace(time_BL=torch.tensor([[time]]))
        cached, caches = (0, None) if recompute else (state.cached, state.caches)
        prediction, _ = self.predict(steps, cached, caches)
        return replace(state, steps=steps, request=request, prediction=prediction)

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

    def read_many(
        self, histories: Sequence[tuple[EncodedTokens, RequestContext]]
    ) -> Iterator[tuple[str, MemberState]]:
        """The states of several members, each with its id, shortest histories first.

        Args:
            histories: the tokens of one member each, at least one, and the member's request.
        """
        # Similar lengths together, so that there is little padding.
        by_length = sorted(histories, key=lambda history: len(history[0].titles_N))
        for start in range(0, len(by_length), _MEMBERS_AT_ONCE):
            yield from self._read_batch(by_length[start : start + _MEMBERS_AT_ONCE])

    def _read_batch(
        self, histories: Sequence[tuple[EncodedTokens, RequestContext]]
    ) -> list[tuple[str, MemberState]]:
        """The states of all members of a batch."""
        context = self._network.config.context
        requests = [request for _, request in histories]
        encoded = append_next_step(EncodedTokens.concatenate([tokens for tokens, _ in histories]))
        count_M = encoded.starts_M.diff() - 1
        first_M = torch.tensor([first_token_to_read(count, context) for count in count_M.tolist()])
        length_M = count_M - first_M + 1
        spans = Spans(encoded.starts_M[:-1] + first_M, encoded.starts_M[1:])
        longest = int(length_M.max())
        hidden_BL = torch.arange(longest) == length_M[:, None] - 1
        steps = make_batch(encoded, spans, hidden_BL).steps
        self._add_requests(steps, length_M, requests)
        # Of equally long histories only the last position is asked for, which costs less.
        same = bool((length_M == longest).all())
        state_MLD, caches = self._network(steps, self._tables, last=same)
        last_M = torch.zeros_like(length_M) if same else length_M - 1
        prediction = self._network.intents(state_MLD[torch.arange(len(last_M)), last_M], None)
        rows = zip(encoded.members, first_M.tolist(), length_M.tolist(), requests, strict=True)
        return [
            (member, _row_state(steps, caches, prediction, row, first, length, request))
            for row, (member, first, length, request) in enumerate(rows)
        ]

    def _add_requests(
        self, steps: Steps, length_M: Tensor, requests: Sequence[RequestContext]
    ) -> None:
        """Fill in what is known of each member's request, after the member's last token."""
        for row, (length, request) in enumerate(zip(length_M.tolist(), requests, strict=True)):
            request_1R, time = self._requests.encode(int(steps.time_BL[row, length - 1]), request)
            steps.request_BLR[row, length - 1] = request_1R[0]
            steps.request_time_BL[row, length - 1] = time


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
    request: RequestContext,
) -> MemberState:
    """One member's state, copied so that it does not keep the whole batch alive."""
    own = Steps(*(part[row : row + 1, :length].clone() for part in steps))
    own_caches = [
        tuple(part[:, row : row + 1, : length - 1].contiguous().clone() for part in cache)
        for cache in caches
    ]
    last_at = int(own.time_BL[0, -1])
    return MemberState(
        first_token, own, last_at, length - 1, own_caches, request, prediction.row(row)
    )


def _steps(
    encoded: EncodedTokens, first_token: int, request_1R: Tensor, request_time: int
) -> Steps:
    """One member's steps from a token on, BOS first, the last one with the next request.

    As `make_batch` has it, which is for many members, and takes several times as long.
    """
    post_action_NF = encoded.post_action_NF[first_token:]
    request_time_L = _joined(encoded.start_time_N[first_token:], np.array([request_time]))
    return Steps(
        _joined(np.array([BOS]), encoded.titles_N[first_token:])[None],
        _joined(np.zeros((1, post_action_NF.shape[1]), np.int64), post_action_NF)[None],
        _joined(encoded.request_NR[first_token:], request_1R)[None],
        _joined(request_time_L[:1], encoded.end_time_N[first_token:])[None],
        request_time_L[None],
    )


def _joined(one: Tensor | Ints, other: Tensor | Ints) -> Tensor:
    """Both, one after the other: numpy takes a third of torch's time for such short ones."""
    return torch.from_numpy(np.concatenate([np.asarray(one), np.asarray(other)]))


def _with_last_request(steps: Steps, request_1R: Tensor, request_time: int) -> Steps:
    """The steps with another request after the last one."""
    time_11 = torch.tensor([[request_time]])
    return steps._replace(
        request_BLR=torch.cat([steps.request_BLR[:, :-1], request_1R[None]], dim=1),
        request_time_BL=torch.cat([steps.request_time_BL[:, :-1], time_11], dim=1),
    )


def _equal(one: Steps, other: Steps) -> bool:
    return all(torch.equal(*pair) for pair in zip(one, other, strict=True))


def _unchanged(before: MemberState, steps: Steps) -> tuple[int, list[LayerCache] | None]:
    """How many of the cached positions are as they were, and their caches."""
    count = min(before.cached, steps.titles_BL.shape[1] - 1)
    pairs = zip(before.steps, steps, strict=True)  # compared by numpy, in half of torch's time
    changed = [old.numpy()[0, :count] != new.numpy()[0, :count] for old, new in pairs]
    if any(part.any() for part in changed):
        by_position = [part.reshape(count, -1).any(axis=1) for part in changed]
        count = int(np.any(by_position, axis=0).argmax())
    if not count or before.caches is None:
        return 0, None
    return count, [tuple(part[:, :, :count] for part in cache) for cache in before.caches]
