"""Scoring of many members at once: each one's best titles, and what the model thinks of them."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import Final

import torch
from torch import Tensor

from ranker.data.encoding import Encoded, encode, shelve, with_questions
from ranker.data.events import EventLog
from ranker.data.schema import Schema
from ranker.data.titles import Titles
from ranker.data.tokens import merge
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Spans, first_read
from ranker.errors import HistoryError
from ranker.network.checkpoint import Checkpoint
from ranker.network.devices import CPU, moved
from ranker.network.model import Answer
from ranker.network.predict import answer_last

_TOGETHER: Final = 16
"""Members at a time; what the model keeps of them in between then fits in the processor's cache."""

_TOGETHER_ELSEWHERE: Final = 256
"""On a GPU, which needs many at a time to be busy."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One member's best titles, best first, with the logarithms of what speaks for them."""

    member_id: str
    titles: tuple[str, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Portraits:
    """What the model holds of members: a row each.

    Args:
        members: their ids.
        state_MD: what it knows of each one's next step.
        intent_MD: the intents of that step as one vector.
        likely: by intent, the chance of each of its classes.
    """

    members: tuple[str, ...]
    state_MD: Tensor
    intent_MD: Tensor
    likely: dict[str, Tensor]


class Scorer:
    """Scores the members of event logs by one model.

    Args:
        checkpoint: the model.
        titles: metadata; what is new among them is scored by it.
        device: where scores are worked out, as `ranker.network.devices` names them.
    """

    def __init__(
        self, checkpoint: Checkpoint, titles: Titles | None = None, device: torch.device = CPU
    ) -> None:
        network = checkpoint.network.eval()
        self._network = network if device == CPU else deepcopy(network).to(device)
        self._schema: Schema = checkpoint.network.schema
        self._device = device
        self._shelf = moved(shelve(self._schema, titles), device)
        with torch.inference_mode():
            self._tables = self._network.tables(self._shelf)

    @torch.inference_mode()
    def top(self, log: EventLog, count: int) -> Iterator[Scored]:
        """Each member's best titles, at most `count`, in the order of the members' ids."""
        names = self._shelf.vocabulary.titles
        for members, answer in self._answers(log):
            score_BV = answer.query_PE @ self._tables.targets_VE[SPECIALS:].T
            best = score_BV.topk(min(count, len(names)), dim=1)
            rows = zip(best.values.tolist(), best.indices.tolist(), strict=True)
            for member, (scores, places) in zip(members, rows, strict=True):
                titles = tuple(names[place] for place in places)
                yield Scored(member, titles, tuple(scores))

    @torch.inference_mode()
    def portraits(self, log: EventLog) -> Portraits:
        """What the model holds of each member of a log.

        Raises:
            HistoryError: the log has none.
        """
        answers = list(self._answers(log))
        if not answers:
            raise HistoryError(
                "There is no member in these histories.", "give histories with a viewing event."
            )
        parts = [answer for _, answer in answers]
        return Portraits(
            tuple(chain.from_iterable(members for members, _ in answers)),
            torch.cat([answer.state_PD for answer in parts]).to(CPU),
            torch.cat([answer.intent_PD for answer in parts]).to(CPU),
            {
                name: torch.cat([answer.logits[name].softmax(dim=1) for answer in parts]).to(CPU)
                for name in self._network.intents.heads
            },
        )

    def title_vectors(self) -> tuple[tuple[str, ...], Tensor]:
        """The titles' ids, and a row for each."""
        return self._shelf.vocabulary.titles, self._tables.vectors_VD[SPECIALS:].to(CPU)

    def _answers(self, log: EventLog) -> Iterator[tuple[tuple[str, ...], Answer]]:
        """Some members at a time, and what the model says of the next step of each."""
        encoded = with_questions(encode(self._schema, merge(log), self._shelf))
        if not encoded.members:
            return
        there = moved(encoded, self._device)
        first = 0
        for spans in self._spans(encoded):
            answer, _ = answer_last(
                self._network, self._shelf, there, spans, self._tables, asked=False
            )
            last = first + len(spans.starts_W)
            yield encoded.members[first:last], answer
            first = last

    def _spans(self, encoded: Encoded) -> Iterator[Spans]:
        """Members' most recent tokens, some members at a time."""
        ends_M = encoded.starts_M[1:]
        context = self._network.config.context
        tokens = (encoded.starts_M.diff() - 1).tolist()
        starts_M = encoded.starts_M[:-1] + torch.tensor(
            [first_read(count, context) for count in tokens], dtype=torch.long
        )
        together = _TOGETHER if self._device == CPU else _TOGETHER_ELSEWHERE
        parts = (torch.split(places_M, together) for places_M in (starts_M, ends_M))
        yield from map(Spans, *parts)
