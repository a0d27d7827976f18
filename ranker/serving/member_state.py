"""Cached states of members, so that a request or an event costs one step of the model.

Names of tensors as in `ranker.network.model`; M counts members.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

import torch

from ranker.data.encoding import (
    EncodedTokens,
    ItemFeatures,
    append_next_step,
    append_request,
    encode,
)
from ranker.data.events import EventLog
from ranker.data.histories import ViewingEvent
from ranker.data.tokens import merge_events
from ranker.data.windows import Spans, Steps, first_token_to_read, make_batch
from ranker.network.attention import LayerCache
from ranker.network.model import LookupTables, RankerModel

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
    """

    first_token: int
    steps: Steps
    last_at: int | None
    cached: int
    caches: list[LayerCache] | None


class StateReader:
    """Reads members' histories into states.

    The last token is never cached: until the next one begins, further events may extend it.

    Args:
        network: in evaluation mode.
        items: the titles.
        tables: the model's, of the titles.
    """

    def __init__(self, network: RankerModel, items: ItemFeatures, tables: LookupTables) -> None:
        self._network = network
        self._items = items
        self._tables = tables
        columns = len(network.schema.request_columns())
        self._unknown_1R = torch.zeros(1, columns, dtype=torch.long)

    @torch.inference_mode()
    def read(self, events: Sequence[ViewingEvent], before: MemberState | None) -> MemberState:
        """The state after all of a member's events, extending an earlier one if still valid."""
        tokens = merge_events(EventLog.from_events(events))
        encoded = encode(self._network.schema, tokens, self._items)
        last_at = int(encoded.end_time_N[-1]) if len(tokens) else None
        first_token = first_token_to_read(len(tokens), self._network.config.context)
        steps = _steps(append_request(encoded, self._unknown_1R, last_at or 0), first_token)
        if before is None or before.first_token != first_token or not _still_valid(before, steps):
            before = MemberState(first_token, steps, last_at, 0, None)
        # All positions but the last, whose next step is not known yet.
        final = len(tokens) - first_token
        if final <= before.cached:
            return replace(before, steps=steps, last_at=last_at)
        new = slice_steps(steps, before.cached, final)
        _, caches = self._network(new, self._tables, last=True, caches=before.caches)
        return MemberState(first_token, steps, last_at, final, caches)

    def read_many(
        self, histories: Mapping[str, Sequence[ViewingEvent]]
    ) -> Iterator[tuple[str, MemberState]]:
        """The states of several members, each with its id, shortest histories first."""
        # Similar lengths together, so that there is little padding.
        by_length = sorted(histories, key=lambda member: len(histories[member]))
        empty = sum(not events for events in histories.values())
        for member in by_length[:empty]:
            yield member, self.read((), None)
        for start in range(empty, len(by_length), _MEMBERS_AT_ONCE):
            members = by_length[start : start + _MEMBERS_AT_ONCE]
            events = chain.from_iterable(map(histories.__getitem__, members))
            yield from self._read_log(EventLog.from_events(events))

    @torch.inference_mode()
    def _read_log(self, log: EventLog) -> list[tuple[str, MemberState]]:
        """The states of all members of a log, read in one batch."""
        schema, context = self._network.schema, self._network.config.context
        encoded = append_next_step(encode(schema, merge_events(log), self._items))
        count_M = encoded.starts_M.diff() - 1
        first_M = torch.tensor([first_token_to_read(count, context) for count in count_M.tolist()])
        length_M = count_M - first_M + 1
        spans = Spans(encoded.starts_M[:-1] + first_M, encoded.starts_M[1:])
        longest = int(length_M.max())
        hidden_BL = torch.arange(longest) == length_M[:, None] - 1
        steps = make_batch(encoded, spans, hidden_BL).steps
        _, caches = self._network(slice_steps(steps, 0, longest - 1), self._tables, last=True)
        return [
            (member, _row_state(steps, caches, row, first, length))
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
    steps: Steps, caches: list[LayerCache], row: int, first_token: int, length: int
) -> MemberState:
    """One member's state, copied so that it does not keep the whole batch alive."""
    own = Steps(*(part[row : row + 1, :length].clone() for part in steps))
    own_caches = [
        tuple(part[:, row : row + 1, : length - 1].contiguous().clone() for part in cache)
        for cache in caches
    ]
    return MemberState(first_token, own, int(own.time_BL[0, -1]), length - 1, own_caches)


def _steps(encoded: EncodedTokens, first_token: int) -> Steps:
    """One member's steps from a token on; the last token is only a target."""
    spans = Spans(torch.tensor([first_token]), torch.tensor([len(encoded.titles_N)]))
    return make_batch(encoded, spans).steps


def _still_valid(before: MemberState, steps: Steps) -> bool:
    """Whether the cached positions are unchanged; an event that arrives late changes them."""
    return all(
        torch.equal(old[:, : before.cached], new[:, : before.cached])
        for old, new in zip(before.steps, steps, strict=True)
    )
