"""Inference: a member's history and some titles in, those titles in the member's order out.

What the model has read of a member is cached, so that the next request, or the next event, costs
one step instead of a whole history.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, Self

import numpy as np
import torch
from torch import Tensor

from ranker.data.dislikes import standing
from ranker.data.encoding import ItemFeatures, item_features
from ranker.data.histories import Histories, MemberHistories
from ranker.data.titles import MetadataByTitle
from ranker.data.vocabulary import SPECIALS
from ranker.errors import RankingError
from ranker.explanation import Explanation, MemberIntents
from ranker.network.checkpoint import Checkpoint, load_model
from ranker.network.co_watching import LAST_TITLES
from ranker.network.model import Prediction, RankerModel
from ranker.ranking import RankedTitle, Ranking, Reason, refuse_duplicates
from ranker.request import NO_CONTEXT, RequestContext
from ranker.serving.encoded_histories import EncodedHistories
from ranker.serving.explain import explained, moves, predicted_intents
from ranker.serving.member_state import MemberState, StateReader
from ranker.serving.member_states import MemberStates
from ranker.serving.request_features import RequestEncoder
from ranker.serving.state_cache import StateCache

CACHE_BYTES: Final = 100_000_000
"""Of members' states, at some 200 kB each with the default sizes and a full context."""


_MAX_TARGETS: Final = 8
"""Lists of titles whose targets are kept: those of the assets that most requests are about."""


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
        self._items: ItemFeatures = item_features(checkpoint.network.schema, titles)
        schema = checkpoint.network.schema
        self._policy = schema.policy
        self.trained_titles = len(schema.vocabulary.titles)
        self._requests = RequestEncoder(schema)
        with torch.inference_mode():
            self._tables = self._network.tables(self._items)
        self._all = _Targets(
            torch.arange(SPECIALS, len(self._items.vocabulary)),
            self._tables.target_VE[SPECIALS:],
        )
        self._reader = StateReader(self._network, self._tables)
        encoded = EncodedHistories(schema, self._items, histories)
        self._states = MemberStates(encoded, self._reader, StateCache(cache_bytes))
        self._targets = lru_cache(_MAX_TARGETS)(self._find_targets)

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

    def outdate(
        self, member_ids: Iterable[str] | None = None, since: Mapping[str, int] | None = None
    ) -> None:
        """Read the histories of members again when they are next asked for.

        Their states are extended by what is new.

        Args:
            member_ids: those whose histories have changed; None for all members.
            since: of some of them, the earliest time of what is new, in seconds since 1970: from
                histories that can give it, no more is read than what may have changed.
        """
        if member_ids is None:
            self._states.cache.outdate_all()
        else:
            self._states.cache.outdate(member_ids, since or {})

    def forget(self, member_ids: Iterable[str]) -> None:
        """Drop all that is cached of members."""
        self._states.cache.forget(member_ids)

    @property
    def cached_members(self) -> list[str]:
        """Those of whom anything is cached."""
        return self._states.cache.members()

    def known(self, request: RequestContext) -> RequestContext:
        """A request without the values that the model does not know: both rank alike."""
        return self._requests.known(request)

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
        return self.rank_many([member_id], title_ids, [request])[0]

    @torch.inference_mode()
    def rank_many(
        self,
        member_ids: Sequence[str],
        title_ids: Sequence[str],
        requests: Sequence[RequestContext] = (),
    ) -> list[Ranking]:
        """Rank the same titles for several members; faster than calling `rank` for each.

        Histories that are not cached are read in batches.

        Args:
            member_ids: any strings; unknown members are allowed.
            title_ids: as `rank` takes them.
            requests: what is known of each member's; by default nothing.

        Raises:
            RankingError: there is no title, or a title is there twice.
        """
        titles = tuple(title_ids)
        targets = self._targets(titles)
        states = self._states.of(member_ids, requests or [NO_CONTEXT] * len(member_ids))
        return [
            self._ranking(member, state, titles, targets)
            for member, state in zip(member_ids, states, strict=True)
        ]

    @torch.inference_mode()
    def explain(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Explanation:
        """The same ranking as `rank` gives, and why. Takes and raises what `rank` does."""
        titles = tuple(title_ids)
        targets = self._targets(titles)
        state = self.state(member_id, request)
        without = self._reader.for_request(state, NO_CONTEXT)
        schema, head = self._network.schema, self._network.intents
        disliked = self._disliked(state)
        penalty_N = self._penalties(disliked, titles) if disliked else None
        return explained(
            self._ranking(member_id, state, titles, targets),
            predicted_intents(schema, state.prediction),
            moves(
                schema,
                head,
                titles,
                targets.target_NE,
                state.prediction,
                penalty_N,
                self._co_watching(state, targets),
            ),
            self._ranking(member_id, without, titles, targets).title_ids,
        )

    @torch.inference_mode()
    def intents(self, member_id: str, request: RequestContext = NO_CONTEXT) -> MemberIntents:
        """What the member is likely to want at a request; an unknown member what new ones do."""
        state = self.state(member_id, request)
        intents = predicted_intents(self._network.schema, state.prediction)
        return MemberIntents(member_id, intents, self.version, state.last_at is None)

    def _find_targets(self, title_ids: tuple[str, ...]) -> "_Targets":
        """The titles' tokens, and their rows of the targets. Raises RankingError."""
        _validate_titles(title_ids)
        token_N = torch.tensor(self._items.vocabulary.encode(title_ids))
        return _Targets(token_N, self._tables.target_VE[token_N])

    def _scores(self, state: MemberState, targets: "_Targets") -> Tensor:
        """The titles' scores after a member's last step, N."""
        score_N = targets.target_NE @ state.prediction.query_PE[0]
        added_N = self._co_watching(state, targets)
        return score_N if added_N is None else score_N + added_N

    def _co_watching(self, state: MemberState, targets: "_Targets") -> Tensor | None:
        """What co-watching adds to the titles' scores, N, if the model has that term."""
        term = self._network.co_watching
        if term is None:
            return None
        last_1K = state.steps.titles_BL[:, 1:].flip(1)[:, :LAST_TITLES]
        return term.of_titles(last_1K, targets.token_N)

    def _ranking(
        self,
        member_id: str,
        state: MemberState,
        title_ids: tuple[str, ...],
        targets: "_Targets",
    ) -> Ranking:
        """One member's ranking of titles, whose rows of the targets are given."""
        prediction = state.prediction
        # In double precision, so that different scores do not become equal.
        logit_N = self._scores(state, targets).double()
        disliked = self._disliked(state)
        if disliked:
            logit_N = logit_N - self._penalties(disliked, title_ids)
        score_N = logit_N.softmax(dim=0)
        best_first = sorted(zip((-score_N).tolist(), title_ids, strict=True))
        ranked = tuple([RankedTitle(title_id, -score) for score, title_id in best_first])
        cold, why = state.last_at is None, self._reasons(prediction)
        return Ranking(member_id, ranked, self.version, cold, why, state.request)

    @torch.inference_mode()
    def state(self, member_id: str, request: RequestContext = NO_CONTEXT) -> MemberState:
        """The member's state, cached or read from the history, with a request's prediction."""
        return self._states.of([member_id], [request])[0]

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
        if recompute or state.request != request:
            state = self._reader.for_request(state, request, recompute=recompute)
        score_V = self._scores(state, self._all)
        disliked = self._disliked(state)
        if disliked:
            score_V[torch.tensor(disliked) - SPECIALS] -= self._policy.dislikes.penalty
        return score_V

    def _disliked(self, state: MemberState) -> list[int]:
        """The tokens of the titles that the member dislikes at the time of the request."""
        if not state.dislikes:
            return []
        return standing(
            state.dislikes, max(state.request.at or 0, state.last_at or 0), self._policy
        )

    def _penalties(self, disliked: Sequence[int], title_ids: Sequence[str]) -> Tensor:
        """What is taken from each title's logit, N."""
        is_disliked_N = np.isin(self._items.vocabulary.encode(title_ids), disliked)
        return torch.from_numpy(is_disliked_N * self._policy.dislikes.penalty)

    def _reasons(self, prediction: Prediction) -> tuple[Reason, ...]:
        """The intents that a prediction is based on, by falling weight."""
        reasons = []
        weights = prediction.intent_weight_PI[0].tolist()
        for weight, (name, logit_1C) in zip(weights, prediction.logits.items(), strict=False):
            chances = logit_1C[0].softmax(dim=0).tolist()
            chance = max(chances)
            likeliest = self._network.schema.intent_classes(name)[chances.index(chance)]
            reasons.append(Reason(name, likeliest, chance, weight))
        return tuple(sorted(reasons, key=lambda reason: -reason.weight))


class _Targets(NamedTuple):
    """Titles that are ranked.

    Args:
        token_N: their tokens.
        target_NE: their rows of the targets.
    """

    token_N: Tensor
    target_NE: Tensor


def _validate_titles(title_ids: tuple[str, ...]) -> None:
    if not title_ids:
        raise RankingError("There are no titles to rank.", "give at least one title.")
    refuse_duplicates(title_ids)
