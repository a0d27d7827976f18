"""Inference: a member's history and some titles in, those titles in the member's order out.

What a model has read of a member's history is kept, so that the next question, or the next event,
costs one step and not a history of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
import torch
from torch import Tensor

from ranker.checkpoint import Checkpoint, load_model
from ranker.encoding import Encoded, Shelf, encode, encode_requests, shelve, with_request
from ranker.errors import RankingError
from ranker.events import SURROUNDINGS, Column, EventLog
from ranker.histories import Histories, ViewingEvent
from ranker.model import Answer, Memory, RankerModel, Steps
from ranker.one_step import OneAnswer, OneStep
from ranker.ranking import RankedTitle, Ranking, Reason, refuse_repeats
from ranker.titles import Titles
from ranker.tokens import merge
from ranker.vocabulary import SPECIALS
from ranker.windows import Spans, batch_of, first_read

_KEPT: Final = 10_000
"""Members whose state is kept; of each it is some 100 kB at the usual sizes."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is known of the moment in which titles are asked for; anything may be left out.

    Args:
        at: when, in whole seconds since 1970-01-01 UTC.
        device: such as "tv".
        locale: such as "en-GB".
        country: such as "GB".
        surface: where the titles will be shown.

    Raises:
        RankingError: `at` is no time.
    """

    at: int | None = None
    device: str = ""
    locale: str = ""
    country: str = ""
    surface: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no time."""
        if self.at is not None and not 0 <= self.at <= 2**40:
            raise RankingError(f"`at` is {self.at}, which is no time.", "give seconds since 1970.")


NOTHING_KNOWN: Final = Request()


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


class Ranker:
    """Ranks titles for members; any number of threads may ask at once.

    Args:
        checkpoint: the model.
        histories: what each member has watched, up to now.
        titles: metadata; what is new among them is ranked by it.
    """

    def __init__(
        self, checkpoint: Checkpoint, histories: Histories, titles: Titles | None = None
    ) -> None:
        self.version = checkpoint.version
        self._network: RankerModel = checkpoint.network.eval()
        self._histories = histories
        self._later: dict[str, tuple[ViewingEvent, ...]] = {}
        self._states: dict[str, MemberState] = {}
        self._shelf: Shelf = shelve(checkpoint.network.schema, titles)
        columns = len(checkpoint.network.schema.request_columns())
        self._nothing_1R = torch.zeros(1, columns, dtype=torch.long)
        with torch.inference_mode():
            self._vectors_VD = self._network.titles(self._shelf)
            self._targets_VE = self._network.targets(self._vectors_VD, self._shelf)
            self._all_VE = self._targets_VE[SPECIALS:]
        self._one_step = OneStep.of(self._network, self._vectors_VD)
        self._one_answer = OneAnswer(self._network.intents, self._network.config.width)

    @classmethod
    def load(
        cls, model_path: Path, histories: Histories | None = None, titles: Titles | None = None
    ) -> Self:
        """A ranker of the model in a file; raises ModelFileError as `load_model` does."""
        return cls(load_model(model_path), histories or Histories(), titles)

    def watch(self, events: Iterable[ViewingEvent]) -> None:
        """Add what members have watched since; rankings take it into account from now on."""
        for event in events:
            self._later[event.member_id] = (*self._later.get(event.member_id, ()), event)
            if (state := self._states.pop(event.member_id, None)) is not None:
                self._keep(event.member_id, self._extended(state, event.member_id))

    def rank(
        self, member_id: str, title_ids: Sequence[str], request: Request = NOTHING_KNOWN
    ) -> Ranking:
        """Put titles in the order in which the member is likely to watch them next.

        A score is the title's probability among those asked for, so scores add up to 1. A title the
        model was not trained on is ranked by its metadata; those without any all score alike, and
        equal scores are in the order of the title ids. A member without a history gets the order
        for any new member.

        Args:
            member_id: any text; it need not be known.
            title_ids: at least one, each once; watched ones are ranked like any other.
            request: what is known of the moment.

        Raises:
            RankingError: no title is given, or one is given twice.
        """
        asked = tuple(title_ids)
        _refuse_unless_askable(asked)
        state = self.state(member_id)
        answer = self._answer(state, request)
        ranked = sorted(map(RankedTitle, asked, self._scores(answer, asked)), key=_best_first)
        cold = state.last_at is None
        return Ranking(member_id, tuple(ranked), self.version, cold, self._reasons(answer))

    def state(self, member_id: str) -> MemberState:
        """The member's state: kept from before, or read from the history."""
        state = self._states.get(member_id)
        if state is None:
            state = self._extended(None, member_id)
            self._keep(member_id, state)
        return state

    @torch.inference_mode()
    def score_all(
        self, state: MemberState, request: Request = NOTHING_KNOWN, *, anew: bool = False
    ) -> Tensor:
        """The logits of all titles that the ranker knows, V.

        Args:
            state: the member's.
            request: what is known of the moment.
            anew: read the whole history again, instead of what was kept of it.
        """
        answer = self._answer(replace(state, read=0, memories=None) if anew else state, request)
        return self._all_VE @ answer.query_PE[0]

    def _scores(self, answer: Answer, asked: Sequence[str]) -> list[float]:
        """The probability of each asked title among them."""
        asked_N = torch.tensor(self._shelf.vocabulary.encode(asked))
        with torch.inference_mode():
            logits_N = self._targets_VE[asked_N] @ answer.query_PE[0]
            # In double precision, so that no two titles become equal that were not.
            scores: list[float] = logits_N.double().softmax(dim=0).tolist()
        return scores

    @torch.inference_mode()
    def _answer(self, state: MemberState, request: Request) -> Answer:
        """What the model says of the step that is asked for: one position, after those it read."""
        request_1R, asked_at = self._request(state.last_at, request)
        steps = state.steps
        if state.last_at is None:
            steps = steps._replace(at_BL=torch.tensor([[asked_at]]))
        if self._one_step and state.read + 1 == steps.titles_BL.shape[1]:
            state_D = self._one_step.state(steps, request_1R, asked_at, state.memories)
            return self._one_answer(state_D)
        asked = Steps(
            steps.titles_BL[:, state.read :],
            steps.happened_BLF[:, state.read :],
            torch.cat([steps.request_BLR[:, state.read : -1], request_1R[None]], dim=1),
            steps.at_BL,
            torch.cat([steps.asked_BL[:, state.read : -1], torch.tensor([[asked_at]])], dim=1),
        )
        states_1QD, _ = self._network(asked, self._vectors_VD, last=True, memories=state.memories)
        return self._one_answer(states_1QD[0, -1].numpy())

    def _request(self, last_at: int | None, request: Request) -> tuple[Tensor, int]:
        """What is known of the step that is asked for, 1R, and when that is."""
        if request == NOTHING_KNOWN:
            return self._nothing_1R, last_at or 0
        at = max(request.at or 0, last_at or 0)
        gap = at - last_at if request.at is not None and last_at is not None else -1
        told = {name: Column.of([getattr(request, name)]) for name in SURROUNDINGS}
        request_1R = encode_requests(
            self._network.schema,
            np.array([at if request.at is not None else -1]),
            np.array([gap]),
            {name: column for name, column in told.items() if self._network.schema.texts[name]},
        )
        return request_1R, at

    @torch.inference_mode()
    def _extended(self, before: MemberState | None, member_id: str) -> MemberState:
        """The state after all of a member's events, from an earlier one where that still holds.

        The last token is left to the question: until the next begins, it may still grow.
        """
        events = (*self._histories.events_of(member_id), *self._later.get(member_id, ()))
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
        new = _between(steps, before.read, final)
        _, memories = self._network(new, self._vectors_VD, last=True, memories=before.memories)
        return MemberState(begin, steps, last_at, final, memories)

    def _keep(self, member_id: str, state: MemberState) -> None:
        if len(self._states) >= _KEPT:
            self._states.pop(next(iter(self._states)), None)
        self._states[member_id] = state

    def _reasons(self, answer: Answer) -> tuple[Reason, ...]:
        """The intents that the answer came from, the heaviest first."""
        reasons = []
        for weight, (name, logit_PC) in zip(
            answer.weights_PI[0].tolist(), answer.logits.items(), strict=False
        ):
            chance, place = logit_PC[0].softmax(dim=0).max(dim=0)
            likely = self._network.schema.intent_names(name)[int(place)]
            reasons.append(Reason(name, likely, float(chance), weight))
        return tuple(sorted(reasons, key=lambda reason: -reason.weight))


def _steps(encoded: Encoded, begin: int) -> Steps:
    """One member's steps from a token on, the last being the one before the last token."""
    spans = Spans(torch.tensor([begin]), torch.tensor([len(encoded.titles_N)]))
    return batch_of(encoded, spans).steps


def _between(steps: Steps, read: int, end: int) -> Steps:
    """The positions that were not read yet, up to an end; of all of them, when they were."""
    return Steps(
        steps.titles_BL[:, read:end],
        steps.happened_BLF[:, read:end],
        steps.request_BLR[:, read:end],
        steps.at_BL[:, :end],
        steps.asked_BL[:, read:end],
    )


def _same_so_far(before: MemberState, steps: Steps) -> bool:
    """Whether what was read is still what happened; an event that comes late changes it."""
    read = before.read
    return all(
        torch.equal(old[:, :read], new[:, :read])
        for old, new in zip(before.steps, steps, strict=True)
    )


def _best_first(title: RankedTitle) -> tuple[float, str]:
    return -title.score, title.title_id


def _refuse_unless_askable(title_ids: tuple[str, ...]) -> None:
    if not title_ids:
        raise RankingError("No titles were asked for.", "name at least one title to rank.")
    refuse_repeats(title_ids)
