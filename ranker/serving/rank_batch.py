"""Batch scoring: the best titles of all members of a log, and the model's vectors of members."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple, Self

import torch
from torch import Tensor

from ranker.data.dislikes import dislikes_after, standing
from ranker.data.encoding import EncodedTokens, append_next_step, encode, item_features
from ranker.data.events import ViewingLog
from ranker.data.roles import CONTEXT
from ranker.data.schema import Schema
from ranker.data.titles import MetadataByTitle
from ranker.data.tokens import Tokens, merge_events
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Spans, first_token_to_read, last_titles
from ranker.errors import HistoryError
from ranker.network.checkpoint import Checkpoint
from ranker.network.co_watching import LAST_TITLES
from ranker.network.devices import CPU, move_to
from ranker.network.model import Prediction
from ranker.network.predict import predict_last
from ranker.ranking import Reason
from ranker.request import NO_CONTEXT, RequestContext
from ranker.serving.request_features import RequestEncoder

_MEMBERS_AT_ONCE: Final = 16
"""So many that the model's intermediate results fit in the processor's cache."""

_MEMBERS_AT_ONCE_ON_GPU: Final = 256
"""A GPU needs larger batches to be busy."""


@dataclass(frozen=True, slots=True)
class MemberScores:
    """One member's best titles, best first, with their logits."""

    member_id: str
    titles: tuple[str, ...]
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class MemberVectors:
    """The model's vectors of members, a row each.

    Args:
        members: their ids.
        state_MD: the states from which the next step is predicted.
        intent_MD: the intents of that step as one vector.
        match_MA: what the model adds to a title's score for each attribute that it has.
        chances: by intent, those of its classes.
    """

    members: tuple[str, ...]
    state_MD: Tensor
    intent_MD: Tensor
    match_MA: Tensor
    chances: dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class ScoredMembers:
    """Members, with the chances of some titles and the intents that these are predicted by.

    Args:
        members: their ids.
        chance_BT: of each of the titles, among all that are known.
        weight_BI: of each intent in the order of titles.
        likely_BI: each intent's likeliest class.
        likely_chance_BI: the chance of that class.
        classes: the names of each intent's classes, by the intent.
    """

    members: tuple[str, ...]
    chance_BT: Tensor
    weight_BI: Tensor
    likely_BI: Tensor
    likely_chance_BI: Tensor
    classes: Mapping[str, Sequence[str]]

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The members of all parts; there is at least one part."""
        return cls(
            tuple(chain.from_iterable(part.members for part in parts)),
            torch.cat([part.chance_BT for part in parts]),
            torch.cat([part.weight_BI for part in parts]),
            torch.cat([part.likely_BI for part in parts]),
            torch.cat([part.likely_chance_BI for part in parts]),
            parts[0].classes,
        )

    def reasons(self, index: int, count: int) -> tuple[Reason, ...]:
        """The intents of a member that weigh most, the heaviest first."""
        found = [
            Reason(name, classes[int(likely)], float(chance), float(weight))
            for (name, classes), likely, chance, weight in zip(
                self.classes.items(),
                self.likely_BI[index],
                self.likely_chance_BI[index],
                self.weight_BI[index],
                strict=True,
            )
        ]
        return tuple(sorted(found, key=lambda reason: -reason.weight)[:count])


class _Batch(NamedTuple):
    """Some members, and what is predicted of them.

    Args:
        members: their ids.
        prediction: of their next steps.
        title_N: the titles of all their steps, the next ones too, which are unknown.
        watched_N: whether a step is of a title that was watched, and not only shown in a reel.
        count_B: how many of these each member has.
        disliked: the row of a member, and the column of a title, for each title that is disliked.
        last_BK: each member's last titles.
    """

    members: tuple[str, ...]
    prediction: Prediction
    title_N: Tensor
    watched_N: Tensor
    count_B: Tensor
    disliked: tuple[list[int], list[int]]
    last_BK: Tensor

    def watched(self) -> tuple[Tensor, Tensor]:
        """The row of a member, and the column of a title, for each viewing of a known title."""
        row_N = torch.repeat_interleave(self.count_B)
        known_N = (self.title_N >= SPECIALS) & self.watched_N
        return row_N[known_N], self.title_N[known_N] - SPECIALS


class BatchScorer:
    """Scores titles for all members of event logs.

    Args:
        checkpoint: the model.
        titles: metadata, by which new titles are scored.
        device: to compute on, from `find_device`.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        titles: MetadataByTitle | None = None,
        device: torch.device = CPU,
    ) -> None:
        network = checkpoint.network.eval()
        self._network = network if device == CPU else deepcopy(network).to(device)
        self._schema: Schema = checkpoint.network.schema
        self._device = device
        self._items = move_to(item_features(self._schema, titles), device)
        with torch.inference_mode():
            self._tables = self._network.tables(self._items)

    @torch.inference_mode()
    def top(
        self,
        log: ViewingLog | Tokens,
        count: int,
        request: RequestContext = NO_CONTEXT,
        *,
        include_watched: bool = False,
    ) -> Iterator[MemberScores]:
        """Each member's best titles for a request, in the order of the members' ids.

        Args:
            log: of all members, or their tokens.
            count: the most titles per member; there are fewer where a member has watched the rest.
            request: what is known of it.
            include_watched: whether titles that a member has watched are suggested again;
                `WatchedChoice.of` decides as evaluations do.
        """
        names = self._items.vocabulary.titles
        for batch in self._predictions(log, request):
            score_BV = self._scores(batch)
            if not include_watched:
                row_W, column_W = batch.watched()
                score_BV[row_W, column_W] = -torch.inf
            best = score_BV.topk(min(count, len(names)), dim=1)
            rows = zip(best.values.tolist(), best.indices.tolist(), strict=True)
            for member, (scores, indexes) in zip(batch.members, rows, strict=True):
                left = sum(score > -torch.inf for score in scores)
                titles = tuple(names[index] for index in indexes[:left])
                yield MemberScores(member, titles, tuple(scores[:left]))

    @property
    def titles(self) -> tuple[str, ...]:
        """The ids of all titles that are known, from training or by their metadata."""
        return self._items.vocabulary.titles

    @torch.inference_mode()
    def chances(
        self, log: ViewingLog, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Iterator[ScoredMembers]:
        """The chances of titles to be each member's next, in the order of the members' ids.

        Args:
            log: of all members.
            title_ids: that are known.
            request: what is known of it.
        """
        index_T = torch.tensor(self._items.vocabulary.encode(title_ids)) - SPECIALS
        heads = list(self._network.intents.heads)
        classes = {name: self._schema.intent_classes(name) for name in heads}
        for batch in self._predictions(log, request):
            members, prediction = batch.members, batch.prediction
            # Of all titles only the sum is needed, and of a few the scores.
            score_BV = self._scores(batch)
            all_B = score_BV.logsumexp(dim=1, keepdim=True)
            chance_BT = (score_BV[:, index_T.to(score_BV.device)] - all_B).exp().to(CPU)
            best = [prediction.logits[name].softmax(dim=1).max(dim=1) for name in heads]
            yield ScoredMembers(
                members,
                chance_BT,
                prediction.intent_weight_PI[:, : len(heads)].to(CPU),
                _columns([one.indices for one in best], len(members)),
                _columns([one.values for one in best], len(members)),
                classes,
            )

    @torch.inference_mode()
    def member_vectors(self, log: ViewingLog) -> MemberVectors:
        """The vectors of all members of a log.

        Raises:
            HistoryError: the log has no members.
        """
        batches = list(self._predictions(log))
        if not batches:
            raise HistoryError(
                "There are no members in these histories.",
                "give histories with at least one viewing event.",
            )
        predictions = [batch.prediction for batch in batches]
        return MemberVectors(
            tuple(chain.from_iterable(batch.members for batch in batches)),
            torch.cat([prediction.state_PD for prediction in predictions]).to(CPU),
            torch.cat([prediction.intent_PD for prediction in predictions]).to(CPU),
            torch.cat([p.query_PE[:, p.state_PD.shape[1] :] for p in predictions]).to(CPU),
            {
                name: torch.cat([p.logits[name].softmax(dim=1) for p in predictions]).to(CPU)
                for name in self._network.intents.heads
            },
        )

    def title_vectors(self) -> tuple[tuple[str, ...], Tensor, Tensor]:
        """The titles' ids, a row for each, VD, and the attributes that scores look at, VA.

        As the network has learnt them, whatever co-watching makes of its scores.
        """
        target_VE = self._tables.target_VE[SPECIALS:].to(CPU) / self._network.sharpness
        width = self._tables.title_VD.shape[1]
        return self._items.vocabulary.titles, target_VE[:, :width], target_VE[:, width:]

    def _scores(self, batch: "_Batch") -> Tensor:
        """The scores of all titles for the members of a batch, BV."""
        query_BE = batch.prediction.query_PE
        score_BV = self._network.score(query_BE, self._tables, batch.last_BK)[:, SPECIALS:]
        rows, columns = batch.disliked
        if rows:
            score_BV[rows, columns] -= self._schema.policy.dislikes.penalty
        return score_BV

    def _predictions(
        self, log: ViewingLog | Tokens, request: RequestContext = NO_CONTEXT
    ) -> Iterator["_Batch"]:
        """Batches of members, with the predictions of their next steps."""
        tokens = log if isinstance(log, Tokens) else merge_events(log, self._schema.policy)
        encoded = append_next_step(encode(self._schema, tokens, self._items))
        if not encoded.members:
            return
        known = request != NO_CONTEXT
        if known:
            self._add_request(encoded, request)
        on_device = move_to(encoded, self._device)
        first = 0
        for spans in self._spans(encoded):
            prediction, _ = predict_last(
                self._network, self._items, on_device, spans, self._tables, request_known=known
            )
            end = first + len(spans.starts_W)
            starts_B1 = on_device.starts_M[first : end + 1]
            steps = slice(int(starts_B1[0]), int(starts_B1[-1]))
            yield _Batch(
                encoded.members[first:end],
                prediction,
                on_device.titles_N[steps],
                on_device.role_N[steps] != CONTEXT,
                starts_B1.diff(),
                self._disliked(encoded, range(first, end)),
                last_titles(on_device.titles_N, spans, LAST_TITLES),
            )
            first = end

    def _disliked(
        self, encoded: EncodedTokens, members: Iterable[int]
    ) -> tuple[list[int], list[int]]:
        """The row of a member, and the column of a title, for each that is disliked."""
        rows, columns = [], []
        for row, number in enumerate(members):
            start, end = encoded.starts_M[number : number + 2].tolist()
            now = int(encoded.start_time_N[end - 1])  # of the step to predict
            found = dislikes_after({}, encoded, start, end - 1)
            titles = standing(found, now, self._schema.policy)
            rows += [row] * len(titles)
            columns += [title - SPECIALS for title in titles]
        return rows, columns

    def _add_request(self, encoded: EncodedTokens, request: RequestContext) -> None:
        """Fill in what is known of the request, at each member's next step."""
        next_M = encoded.starts_M[1:] - 1
        last_at_M = encoded.end_time_N[next_M].numpy()
        request_MR, time_M = RequestEncoder(self._schema).encode_many(
            last_at_M, request, encoded.time_zones
        )
        encoded.request_NR[next_M] = request_MR
        encoded.start_time_N[next_M] = torch.from_numpy(time_M)

    def _spans(self, encoded: EncodedTokens) -> Iterator[Spans]:
        """Batches of members' most recent tokens."""
        ends_M = encoded.starts_M[1:]
        context = self._network.config.context
        counts = (encoded.starts_M.diff() - 1).tolist()
        starts_M = encoded.starts_M[:-1] + torch.tensor(
            [first_token_to_read(count, context) for count in counts], dtype=torch.long
        )
        size = _MEMBERS_AT_ONCE if self._device == CPU else _MEMBERS_AT_ONCE_ON_GPU
        parts = (torch.split(index_M, size) for index_M in (starts_M, ends_M))
        yield from map(Spans, *parts)


def _columns(columns: Sequence[Tensor], rows: int) -> Tensor:
    """Columns as one matrix, which may have none."""
    return torch.stack(list(columns), dim=1).to(CPU) if columns else torch.zeros(rows, 0)
