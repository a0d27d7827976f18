"""Inference: a member's history and some titles in, those titles in the member's order out.

What the model has read of a member is cached, so that the next request, or the next event, costs
one step instead of a whole history.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
import torch
from torch import Tensor

from ranker.data.encoding import EncodedTokens, ItemFeatures, encode_requests, item_features
from ranker.data.events import REQUEST_FIELDS, Column, ViewingLog
from ranker.data.histories import Histories, HistoriesUnavailableError, MemberHistories
from ranker.data.titles import MetadataByTitle
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Steps
from ranker.errors import RankingError
from ranker.network.checkpoint import Checkpoint, load_model
from ranker.network.model import Prediction, RankerModel
from ranker.ranking import RankedTitle, Ranking, Reason, refuse_duplicates
from ranker.serving.encoded_histories import EncodedHistories
from ranker.serving.member_state import MemberState, StateReader
from ranker.serving.state_cache import CacheEntry, StateCache

CACHE_BYTES: Final = 100_000_000
"""Of members' states, at some 200 kB each with the default sizes and a full context."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """What is known when titles are requested; every field is optional.

    Args:
        at: when, in whole seconds since 1970-01-01 UTC.
        device: such as "tv".
        locale: such as "en-GB".
        country: such as "GB".
        surface: where the titles will be shown.

    Raises:
        RankingError: `at` is out of range.
    """

    at: int | None = None
    device: str = ""
    locale: str = ""
    country: str = ""
    surface: str = ""

    def __post_init__(self) -> None:
        """Validate the time."""
        if self.at is not None and not 0 <= self.at <= 2**40:
            raise RankingError(
                f"`at` is {self.at}, which is not a valid time.", "give seconds since 1970."
            )


NO_CONTEXT: Final = RequestContext()


class Ranker:
    """Ranks titles for members; safe to share between threads.

    Args:
        checkpoint: the model.
        histories: what each member has watched so far; it is read when a member is asked for.
        titles: metadata, by which new titles are ranked.
        cache_bytes: the most bytes of states to keep.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        histories: MemberHistories,
        titles: MetadataByTitle | None = None,
        *,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self.version = checkpoint.version
        self._network: RankerModel = checkpoint.network.eval()
        self._states = StateCache(cache_bytes)
        self._items: ItemFeatures = item_features(checkpoint.network.schema, titles)
        schema = checkpoint.network.schema
        self._histories = EncodedHistories(schema, self._items, histories)
        columns = len(schema.request_columns())
        self._unknown_1R = torch.zeros(1, columns, dtype=torch.long)
        with torch.inference_mode():
            self._tables = self._network.tables(self._items)
            self._all_VE = self._tables.target_VE[SPECIALS:]
        self._reader = StateReader(self._network, self._tables)

    @classmethod
    def load(
        cls,
        model_path: Path,
        histories: MemberHistories | None = None,
        titles: MetadataByTitle | None = None,
        *,
        cache_bytes: int = CACHE_BYTES,
    ) -> Self:
        """A ranker with the model in a file; raises ModelFileError as `load_model` does."""
        checkpoint = load_model(model_path)
        return cls(checkpoint, histories or Histories(), titles, cache_bytes=cache_bytes)

    def outdate(self, member_ids: Iterable[str] | None = None) -> None:
        """Read the histories of members again when they are next asked for.

        Their states are extended by what is new.

        Args:
            member_ids: those whose histories have changed; None for all members.
        """
        if member_ids is None:
            self._states.outdate_all()
        else:
            self._states.outdate(member_ids)

    def forget(self, member_ids: Iterable[str]) -> None:
        """Drop all that is cached of members."""
        self._states.forget(member_ids)

    @property
    def cached_members(self) -> list[str]:
        """Those of whom anything is cached."""
        return self._states.members()

    def rank(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Ranking:
        """Put titles in the order in which the member is likely to watch them next.

        A score is the title's probability among these titles, so scores add up to 1. A title that
        the model was not trained on is ranked by its metadata; titles without any score alike, and
        ties are in the order of the title ids. A member without a history gets the same order as
        every new member.

        Args:
            member_id: any string; unknown members are allowed.
            title_ids: at least one, without duplicates; watched titles are ranked like others.
            request: what is known of the request.

        Raises:
            RankingError: there is no title, or a title is there twice.
        """
        return self.rank_many([member_id], title_ids, request)[0]

    @torch.inference_mode()
    def rank_many(
        self,
        member_ids: Sequence[str],
        title_ids: Sequence[str],
        request: RequestContext = NO_CONTEXT,
    ) -> list[Ranking]:
        """Rank the same titles for several members; faster than calling `rank` for each.

        Histories that are not cached are read in batches.

        Raises:
            RankingError: there is no title, or a title is there twice.
        """
        titles = tuple(title_ids)
        _validate_titles(titles)
        target_NE = self._tables.target_VE[torch.tensor(self._items.vocabulary.encode(titles))]
        states = self._states_of(member_ids)
        return [
            self._ranking(member, states[member], titles, target_NE, request)
            for member in member_ids
        ]

    def _states_of(self, member_ids: Sequence[str]) -> dict[str, MemberState]:
        """The members' states, cached or read."""
        entries = {member: self._states.entry(member) for member in member_ids}
        states = {member: entry.state for member, entry in entries.items() if entry.state}
        missing = {member: entry for member, entry in entries.items() if member not in states}
        if not missing:
            return states
        try:
            histories = self._histories.of_members(list(missing))
        except HistoriesUnavailableError as error:
            return states | self._former_states(missing, error.known)
        for member, state in self._read(missing, histories):
            self._states.store(member, missing[member], state)
            states[member] = state
        return states

    def _former_states(
        self, missing: Mapping[str, CacheEntry], known: ViewingLog
    ) -> dict[str, MemberState]:
        """The last states of members whose histories cannot be read, or what is known of them."""
        states = {member: entry.former for member, entry in missing.items() if entry.former}
        never = {member: entry for member, entry in missing.items() if member not in states}
        histories = self._histories.known_of_members(list(never), known)
        for member, state in self._read(never, histories):
            self._states.store_former(member, never[member], state)
            states[member] = state
        return states

    def _read(
        self, entries: Mapping[str, CacheEntry], histories: Mapping[str, EncodedTokens]
    ) -> Iterator[tuple[str, MemberState]]:
        """Read histories: several at once, but for those whose former state can be extended."""
        new = [m for m, entry in entries.items() if not entry.former and histories[m].members]
        batch = new if len(new) > 1 else []
        if batch:
            yield from self._reader.read_many([histories[member] for member in batch])
        for member in entries.keys() - batch:
            yield member, self._reader.read(histories[member], entries[member].former)

    def _ranking(
        self,
        member_id: str,
        state: MemberState,
        title_ids: tuple[str, ...],
        target_NE: Tensor,
        request: RequestContext,
    ) -> Ranking:
        """One member's ranking of titles, whose rows of the targets are given."""
        prediction = self._predict(state, request)
        # In double precision, so that different scores do not become equal.
        score_N = (target_NE @ prediction.query_PE[0]).double().softmax(dim=0)
        ranked = sorted(map(RankedTitle, title_ids, score_N.tolist()), key=_best_first)
        cold = state.last_at is None
        return Ranking(member_id, tuple(ranked), self.version, cold, self._reasons(prediction))

    def state(self, member_id: str) -> MemberState:
        """The member's state, cached or read from the history."""
        return self._states_of([member_id])[member_id]

    @torch.inference_mode()
    def score_all(
        self, state: MemberState, request: RequestContext = NO_CONTEXT, *, recompute: bool = False
    ) -> Tensor:
        """The logits of all titles that the ranker knows, V.

        Args:
            state: the member's.
            request: what is known of the request.
            recompute: read the whole history again, without the caches.
        """
        if recompute:
            state = replace(state, cached=0, caches=None)
            prediction = self._predict_for(state, request)
        else:
            prediction = self._predict(state, request)
        score_V: Tensor = self._all_VE @ prediction.query_PE[0]
        return score_V

    def _predict(self, state: MemberState, request: RequestContext) -> Prediction:
        """The prediction of the next step; of a request without context it is there already."""
        return state.prediction if request == NO_CONTEXT else self._predict_for(state, request)

    def _predict_for(self, state: MemberState, request: RequestContext) -> Prediction:
        """The prediction of the next step for a request: one position, after the cached ones."""
        request_1R, request_time = self._encode_request(state.last_at, request)
        steps = state.steps
        if state.last_at is None:
            steps = steps._replace(time_BL=torch.tensor([[request_time]]))
        steps = _with_last_request(steps, request_1R, request_time)
        return self._reader.predict(steps, state.cached, state.caches)[0]

    def _encode_request(self, last_at: int | None, request: RequestContext) -> tuple[Tensor, int]:
        """The request-time features of the next step, 1R, and its time."""
        if request == NO_CONTEXT:
            return self._unknown_1R, last_at or 0
        time = max(request.at or 0, last_at or 0)
        gap = time - last_at if request.at is not None and last_at is not None else -1
        schema = self._network.schema
        request_1R = encode_requests(
            schema,
            np.array([time if request.at is not None else -1]),
            np.array([gap]),
            {
                name: Column.from_texts([getattr(request, name)])
                for name in REQUEST_FIELDS
                if schema.text_values[name]
            },
        )
        return request_1R, time

    def _reasons(self, prediction: Prediction) -> tuple[Reason, ...]:
        """The intents that a prediction is based on, by falling weight."""
        reasons = []
        weights = prediction.intent_weight_PI[0].tolist()
        for weight, (name, logit_1C) in zip(weights, prediction.logits.items(), strict=False):
            chance, likeliest = logit_1C[0].softmax(dim=0).max(dim=0)
            name_of_class = self._network.schema.intent_classes(name)[int(likeliest)]
            reasons.append(Reason(name, name_of_class, float(chance), weight))
        return tuple(sorted(reasons, key=lambda reason: -reason.weight))


def _with_last_request(steps: Steps, request_1R: Tensor, request_time: int) -> Steps:
    """The steps with the request-time features of the next step, which were still open."""
    time_11 = torch.tensor([[request_time]])
    return steps._replace(
        request_BLR=torch.cat([steps.request_BLR[:, :-1], request_1R[None]], dim=1),
        request_time_BL=torch.cat([steps.request_time_BL[:, :-1], time_11], dim=1),
    )


def _best_first(title: RankedTitle) -> tuple[float, str]:
    return -title.score, title.title_id


def _validate_titles(title_ids: tuple[str, ...]) -> None:
    if not title_ids:
        raise RankingError("There are no titles to rank.", "give at least one title.")
    refuse_duplicates(title_ids)
