"""Cached states of members: what the model has read of their histories, and what it predicts next.

Names of tensors as in `ranker.network.model`; M counts members.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

import numpy as np
import torch
from torch import Tensor

from ranker.data.dislikes import dislikes_after
from ranker.data.encoding import EncodedTokens, append_next_step
from ranker.data.windows import Spans, Steps, first_token_to_read, make_batch
from ranker.network.attention import LayerCache
from ranker.network.model import LookupTables, Prediction, RankerModel
from ranker.request import NO_CONTEXT, RequestContext
from ranker.serving.member_steps import (
    extended_steps,
    slice_steps,
    steps_of,
    unchanged_positions,
    with_last_request,
)
from ranker.serving.request_features import RequestEncoder

_MEMBERS_AT_ONCE: Final = 16
"""So many that the model's intermediate results fit in the processor's cache."""

_OBJECTS: Final = 10_000
"""Bytes of the some twenty tensors of a state without their values, and of the prediction."""


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
        time_zone: the member's last that is known; "" if none is.
        dislikes: tokens of titles that the member dislikes, each with the time of the dislike.
    """

    first_token: int
    steps: Steps
    last_at: int | None
    cached: int
    caches: list[LayerCache] | None
    request: RequestContext
    prediction: Prediction
    time_zone: str = ""
    dislikes: Mapping[int, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        parts = [*self.steps, *chain.from_iterable(self.caches or ())]
        return _OBJECTS + sum(part.nbytes for part in parts)

    def tokens_before(self, start: int) -> int:
        """How many of the tokens that were read began before a time."""
        return int(np.searchsorted(self.steps.request_time_BL[0, :-1].numpy(), start))

    def end_time(self, tokens: int) -> int:
        """When the last of the first so many tokens that were read ended; at least one."""
        return int(self.steps.time_BL[0, tokens])


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
        time_zone = encoded.time_zones[0] if encoded.time_zones else ""
        steps = steps_of(encoded, first_token, *self._requests.encode(last_at, request, time_zone))
        unchanged = 0
        if before is not None and before.first_token == first_token:
            unchanged = unchanged_positions(before.steps, steps, 0)
        state = self._state(first_token, steps, last_at, before, unchanged, request)
        return replace(state, time_zone=time_zone, dislikes=dislikes_after({}, encoded))

    def extend(
        self,
        before: MemberState,
        known: int,
        newest: EncodedTokens,
        request: RequestContext = NO_CONTEXT,
    ) -> MemberState | None:
        """The state that `read` gives for all tokens, from an earlier one and the newest tokens.

        Args:
            before: the earlier state.
            known: how many of its tokens are before the newest ones, and as they were; at least 1.
            newest: all tokens after those.
            request: what is known of the next one.

        Returns:
            The state, or None if the model has to read tokens that `before` does not have.
        """
        new = len(newest.titles_N)
        count = before.first_token + known + new
        first_token = first_token_to_read(count, self._network.config.context)
        dropped = first_token - before.first_token
        if not 0 <= dropped < known:
            return None
        last_at = int(newest.end_time_N[-1] if new else before.steps.time_BL[0, known])
        time_zone = (newest.time_zones[0] if newest.time_zones else "") or before.time_zone
        encoded_request = self._requests.encode(last_at, request, time_zone)
        steps = extended_steps(before.steps, dropped, known, newest, *encoded_request)
        unchanged = 0
        if not dropped:
            is_after_all = new and known == before.steps.titles_BL.shape[1] - 1
            unchanged = known if is_after_all else unchanged_positions(before.steps, steps, known)
        state = self._state(first_token, steps, last_at, before, unchanged, request)
        dislikes = dislikes_after(before.dislikes, newest)
        return replace(state, time_zone=time_zone, dislikes=dislikes)

    def _state(
        self,
        first_token: int,
        steps: Steps,
        last_at: int | None,
        before: MemberState | None,
        unchanged: int,
        request: RequestContext,
    ) -> MemberState:
        """The state after some steps, of which so many positions are as in an earlier state."""
        cached, caches = 0, None
        if before is not None and unchanged:
            if unchanged == steps.titles_BL.shape[1] == before.steps.titles_BL.shape[1]:
                return replace(before, request=request)
            cached, caches = _cached(before, min(unchanged, steps.titles_BL.shape[1] - 1))
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
        request_1R, time = self._requests.encode(state.last_at, request, state.time_zone)
        steps = with_last_request(state.steps, request_1R, time)
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
        self._add_requests(steps, length_M, requests, encoded.time_zones)
        # Of equally long histories only the last position is asked for, which costs less.
        same = bool((length_M == longest).all())
        state_MLD, caches = self._network(steps, self._tables, last=same)
        last_M = torch.zeros_like(length_M) if same else length_M - 1
        prediction = self._network.intents(state_MLD[torch.arange(len(last_M)), last_M], None)
        rows = zip(encoded.members, first_M.tolist(), length_M.tolist(), requests, strict=True)
        return [
            (
                member,
                replace(
                    _row_state(steps, caches, prediction, row, first, length, request),
                    time_zone=encoded.time_zones[row],
                    dislikes=dislikes_after({}, histories[row][0]),
                ),
            )
            for row, (member, first, length, request) in enumerate(rows)
        ]

    def _add_requests(
        self,
        steps: Steps,
        length_M: Tensor,
        requests: Sequence[RequestContext],
        time_zones: Sequence[str],
    ) -> None:
        """Fill in what is known of each member's request, after the member's last token."""
        members = zip(length_M.tolist(), requests, time_zones, strict=True)
        for row, (length, request, time_zone) in enumerate(members):
            last_at = int(steps.time_BL[row, length - 1])
            request_1R, time = self._requests.encode(last_at, request, time_zone)
            steps.request_BLR[row, length - 1] = request_1R[0]
            steps.request_time_BL[row, length - 1] = time


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


def _cached(before: MemberState, count: int) -> tuple[int, list[LayerCache] | None]:
    """The caches of at most so many positions of an earlier state, and of how many they are."""
    count = min(count, before.cached)
    if not count or before.caches is None:
        return 0, None
    return count, [tuple(part[:, :, :count] for part in cache) for cache in before.caches]
