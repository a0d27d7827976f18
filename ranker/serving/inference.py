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

from ranker.data.encoding import Shelf, encode_requests, shelve
from ranker.data.events import SURROUNDINGS, Column
from ranker.data.histories import Histories, ViewingEvent
from ranker.data.titles import Titles
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Steps
from ranker.errors import RankingError
from ranker.network.checkpoint import Checkpoint, load_model
from ranker.network.model import RankerModel
from ranker.ranking import RankedTitle, Ranking, Reason, refuse_repeats
from ranker.serving.member_state import MemberState, StateReader, between
from ranker.serving.numpy_step import OneAnswer, OneStep, Said

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
            self._tables = self._network.tables(self._shelf)
            self._all_VE = self._tables.targets_VE[SPECIALS:]
        self._reader = StateReader(self._network, self._shelf, self._tables)
        self._one_step = OneStep.of(self._network, self._tables)
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
                watched = self._events_of(event.member_id)
                self._keep(event.member_id, self._reader.read(watched, state))

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
        return self.rank_many([member_id], title_ids, request)[0]

    @torch.inference_mode()
    def rank_many(
        self, member_ids: Sequence[str], title_ids: Sequence[str], request: Request = NOTHING_KNOWN
    ) -> list[Ranking]:
        """The same titles for each of several members, as `rank` has them, in less time.

        Histories that were not read yet are read together.

        Raises:
            RankingError: no title is given, or one is given twice.
        """
        asked = tuple(title_ids)
        _refuse_unless_askable(asked)
        asked_NE = self._tables.targets_VE[torch.tensor(self._shelf.vocabulary.encode(asked))]
        states = self._states_of(member_ids)
        return [
            self._ranking(member, states[member], asked, asked_NE, request) for member in member_ids
        ]

    def _states_of(self, member_ids: Sequence[str]) -> dict[str, MemberState]:
        """The members' states; what was not read yet is, together where there are several."""
        kept = {member: self._states.get(member) for member in member_ids}
        states = {member: state for member, state in kept.items() if state is not None}
        missing = [member for member in kept if member not in states]
        if len(missing) == 1:
            states[missing[0]] = self.state(missing[0])
        elif missing:
            for member, state in self._reader.read_many({m: self._events_of(m) for m in missing}):
                self._keep(member, state)
                states[member] = state
        return states

    def _ranking(
        self,
        member_id: str,
        state: MemberState,
        asked: tuple[str, ...],
        asked_NE: Tensor,
        request: Request,
    ) -> Ranking:
        """One member's ranking of the asked titles, whose rows of the targets are at hand."""
        said = self._answer(state, request)
        # In double precision, so that no two titles become equal that were not.
        scores_N = (asked_NE @ torch.from_numpy(said.query_E)).double().softmax(dim=0)
        ranked = sorted(map(RankedTitle, asked, scores_N.tolist()), key=_best_first)
        cold = state.last_at is None
        return Ranking(member_id, tuple(ranked), self.version, cold, self._reasons(said))

    def state(self, member_id: str) -> MemberState:
        """The member's state: kept from before, or read from the history."""
        state = self._states.get(member_id)
        if state is None:
            state = self._reader.read(self._events_of(member_id), None)
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
        said = self._answer(replace(state, read=0, memories=None) if anew else state, request)
        score_V: Tensor = self._all_VE @ torch.from_numpy(said.query_E)
        return score_V

    def _answer(self, state: MemberState, request: Request) -> Said:
        """What the model says of the step that is asked for: one position, after those it read."""
        request_1R, asked_at = self._request(state.last_at, request)
        steps = state.steps
        if state.last_at is None:
            steps = steps._replace(at_BL=torch.tensor([[asked_at]]))
        if self._one_step and state.read + 1 == steps.titles_BL.shape[1]:
            state_D = self._one_step.state(steps, request_1R, asked_at, state.memories)
            return self._one_answer(state_D)
        if request != NOTHING_KNOWN or state.last_at is None:
            steps = _with_last_request(steps, request_1R, asked_at)
        unread = between(steps, state.read, steps.at_BL.shape[1])
        states_1QD, _ = self._network(unread, self._tables, last=True, memories=state.memories)
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

    def _events_of(self, member_id: str) -> tuple[ViewingEvent, ...]:
        return (*self._histories.events_of(member_id), *self._later.get(member_id, ()))

    def _keep(self, member_id: str, state: MemberState) -> None:
        if len(self._states) >= _KEPT:
            self._states.pop(next(iter(self._states)), None)
        self._states[member_id] = state

    def _reasons(self, said: Said) -> tuple[Reason, ...]:
        """The intents that an answer came from, the heaviest first."""
        reasons = []
        for weight, (name, part) in zip(
            said.weight_I.tolist(), self._one_answer.parts.items(), strict=False
        ):
            chance_C = said.chance_C[part]
            place = int(chance_C.argmax())
            likely = self._network.schema.intent_names(name)[place]
            reasons.append(Reason(name, likely, float(chance_C[place]), weight))
        return tuple(sorted(reasons, key=lambda reason: -reason.weight))


def _with_last_request(steps: Steps, request_1R: Tensor, asked_at: int) -> Steps:
    """The steps with what is known of the next one, where nothing was known yet."""
    asked_11 = torch.tensor([[asked_at]])
    return steps._replace(
        request_BLR=torch.cat([steps.request_BLR[:, :-1], request_1R[None]], dim=1),
        asked_BL=torch.cat([steps.asked_BL[:, :-1], asked_11], dim=1),
    )


def _best_first(title: RankedTitle) -> tuple[float, str]:
    return -title.score, title.title_id


def _refuse_unless_askable(title_ids: tuple[str, ...]) -> None:
    if not title_ids:
        raise RankingError("No titles were asked for.", "name at least one title to rank.")
    refuse_repeats(title_ids)
