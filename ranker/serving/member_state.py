"""What has been read of members' histories, so that a question or an event costs one step.

Names of tensors as in `ranker.network.model`; M counts members.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Final

import torch

from ranker.data.encoding import Encoded, Shelf, encode, with_questions, with_request
from ranker.data.events import EventLog
from ranker.data.histories import ViewingEvent
from ranker.data.tokens import merge
from ranker.data.windows import Spans, Steps, batch_of, first_read
from ranker.network.model import Memory, RankerModel, Tables

_TOGETHER: Final = 16
"""Members at a time; what the model keeps of them in between then fits in the processor's cache."""


@dataclass(frozen=True, slots=True)
class MemberState:
    """What has been read of one member's history.

    Args:
        begin: the first token that the model looks at.
        steps: of the positions from there, BOS first; the request of the last one is still open.
        last_at: when the last token ended; None without a history.
        read: how many positions, all but the last, the memories hold.
        memories: of the model's blocks; None before the first position is read.
    """

    begin: int
    steps: Steps
    last_at: int | None
    read: int
    memories: list[Memory] | None


class StateReader:
    """Reads histories with one model.

    The last token is left to the question: until the next begins, it may still grow.

    Args:
        network: in evaluation mode.
        shelf: the titles.
        tables: the model's, of the shelf.
    """

    def __init__(self, network: RankerModel, shelf: Shelf, tables: Tables) -> None:
        self._network = network
        self._shelf = shelf
        self._tables = tables
        self._nothing_1R = torch.zeros(1, len(network.schema.request_columns()), dtype=torch.long)

    @torch.inference_mode()
    def read(self, events: Sequence[ViewingEvent], before: MemberState | None) -> MemberState:
        """The state after all of a member's events, from an earlier one where that still holds."""
        tokens = merge(EventLog.of(events))
        encoded = encode(self._network.schema, tokens, self._shelf)
        last_at = int(encoded.last_N[-1]) if len(tokens) else None
        begin = first_read(len(tokens), self._network.config.context)
        steps = _steps(with_request(encoded, self._nothing_1R, last_at or 0), begin)
        if before is None or before.begin != begin or not _same_so_far(before, steps):
            before = MemberState(begin, steps, last_at, 0, None)
        # All positions but the last, whose next step is not known yet.
        final = len(tokens) - begin
        if final <= before.read:
            return replace(before, steps=steps, last_at=last_at)
        new = between(steps, before.read, final)
        _, memories = self._network(new, self._tables, last=True, memories=before.memories)
        return MemberState(begin, steps, last_at, final, memories)

    def read_many(
        self, histories: Mapping[str, Sequence[ViewingEvent]]
    ) -> Iterator[tuple[str, MemberState]]:
        """The states of several members, each with its id, shortest histories first."""
        # Those of about equal lengths together, so that little is padding.
        by_length = sorted(histories, key=lambda member: len(histories[member]))
        first = sum(not events for events in histories.values())
        for member in by_length[:first]:
            yield member, self.read((), None)
        for start in range(first, len(by_length), _TOGETHER):
            together = by_length[start : start + _TOGETHER]
            log = EventLog.of(chain.from_iterable(map(histories.__getitem__, together)))
            yield from self._read_log(log)

    @torch.inference_mode()
    def _read_log(self, log: EventLog) -> list[tuple[str, MemberState]]:
        """The states of all members of a log, read at once."""
        encoded = with_questions(encode(self._network.schema, merge(log), self._shelf))
        count_M = encoded.starts_M.diff() - 1
        context = self._network.config.context
        begin_M = torch.tensor([first_read(count, context) for count in count_M.tolist()])
        length_M = count_M - begin_M + 1
        spans = Spans(encoded.starts_M[:-1] + begin_M, encoded.starts_M[1:])
        longest = int(length_M.max())
        steps = batch_of(encoded, spans, torch.arange(longest) == length_M[:, None] - 1).steps
        read = between(steps, 0, longest - 1)
        _, memories = self._network(read, self._tables, last=True)
        return [
            (name, _row(steps, memories, row, begin, length))
            for row, (name, begin, length) in enumerate(
                zip(encoded.members, begin_M.tolist(), length_M.tolist(), strict=True)
            )
        ]


def between(steps: Steps, read: int, end: int) -> Steps:
    """The positions that were not read yet, up to an end; of all of them, when they were."""
    return Steps(
        steps.titles_BL[:, read:end],
        steps.happened_BLF[:, read:end],
        steps.request_BLR[:, read:end],
        steps.at_BL[:, :end],
        steps.asked_BL[:, read:end],
    )


def _row(steps: Steps, memories: list[Memory], row: int, begin: int, length: int) -> MemberState:
    """One member's state, copied from a batch so that it does not keep all of that."""
    own = Steps(*(part[row : row + 1, :length].clone() for part in steps))
    kept = [
        tuple(part[:, row : row + 1, : length - 1].contiguous().clone() for part in memory)
        for memory in memories
    ]
    return MemberState(begin, own, int(own.at_BL[0, -1]), length - 1, kept)


def _steps(encoded: Encoded, begin: int) -> Steps:
    """One member's steps from a token on, the last being the one before the last token."""
    spans = Spans(torch.tensor([begin]), torch.tensor([len(encoded.titles_N)]))
    return batch_of(encoded, spans).steps


def _same_so_far(before: MemberState, steps: Steps) -> bool:
    """Whether what was read is still what happened; an event that comes late changes it."""
    read = before.read
    return all(
        torch.equal(old[:, :read], new[:, :read])
        for old, new in zip(before.steps, steps, strict=True)
    )
