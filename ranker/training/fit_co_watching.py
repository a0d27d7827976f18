"""The co-watching term of a trained network: counted in training, weighted on the validation split.

Training does not know the term: its own pairs of titles are counted in it, so that the network
would learn to rely on answers that it will not have. The few numbers of the combination are
searched one after another, on targets that neither the counts nor the network have seen.

Names of tensors as in `ranker.network.model`; S counts sampled targets.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoding import EncodedTokens, ItemFeatures
from ranker.data.followers import Followers
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Spans, last_titles, ranges
from ranker.network.co_watching import LAST_TITLES, ROW, CoWatching, CoWatchingSettings
from ranker.network.model import RankerModel
from ranker.network.predict import mid_ranks, predict_last
from ranker.training.objective import validation_batches
from ranker.training.ppmi_init import TitleSequences
from ranker.training.training_data import TrainingData, ValidationPart

_MOST_PAIRS: Final = 20_000_000
"""Of tokens that are counted: as many as seconds and some hundred megabytes allow."""

_WITHIN: Final = (10, 50)
"""The fewest and the most steps between two titles that are counted."""

_MOST_TARGETS, _MOST_SCORES = 3000, 24_000_000
"""Of the validation split, that settings are chosen by: a hundred megabytes."""

_POSITIONS: Final = 4096
"""That the network reads at once."""

_CUTOFF: Final = 100
"""Of the lists by which settings are compared: with ten, few targets would count."""

_REPORTED: Final = 10
"""Of the lists that are reported."""

_POWERS: Final = {
    "recency_power": (0.5, 1.0, 2.0),
    "target_power": (0.0, 0.15, 0.3, 0.45),
    "source_power": (0.25, 0.5, 0.75, 1.0),
    "reversed_share": (0.0, 0.1, 0.3, 1.0),
}

_SCALES: Final = (0.3, 3.0, 30.0)
"""Relative to the mean strength of the titles that have any."""

_WEIGHTS: Final = (0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.5, 5.0, 10.0)

_SHARPNESS: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.15)


@dataclass(frozen=True, slots=True)
class ValidationQuality:
    """NDCG@10 on a sample of the validation targets, requests withheld.

    Args:
        model: of what is delivered: the network and the co-watching term.
        network: of the network alone.
        neighbours: of SeqItemKNN, the classic that looks at what followed the last titles.
        targets: how many were ranked.
    """

    model: float
    network: float
    neighbours: float
    targets: int

    @property
    def is_behind_neighbours(self) -> bool:
        """Whether the classic ranks better than the model."""
        return self.model < self.neighbours


def fit_co_watching(
    model: RankerModel,
    items: ItemFeatures,
    data: TrainingData,
    validation: Sequence[ValidationPart],
    *,
    include_watched: bool,
    before: Followers | None = None,
) -> tuple[CoWatching, ValidationQuality]:
    """The term that makes the model best on the validation split; of weight 0 if none helps.

    Args:
        model: trained, without a term.
        items: its titles.
        data: what it was trained on.
        validation: the targets, each after its history.
        include_watched: whether titles that the member has watched are ranked.
        before: what an earlier model has counted, of some of the same tokens or of others.
    """
    vocabulary = model.schema.vocabulary
    followers = count_followers(data.sequences(vocabulary), model.schema.counts, len(vocabulary))
    if before is not None:
        followers = followers.union(before)
    return _Search(model, items, validation, followers, include_watched).run()


def count_followers(
    sequences: Iterable[TitleSequences], counts: Sequence[int], size: int
) -> Followers:
    """How often tokens of titles soon follow one another in training, by the strongest pairs.

    Args:
        sequences: all members', in any number of parts.
        counts: how often each title was watched in training.
        size: the number of tokens, special ones included.
    """
    total, (fewest, most) = max(1, sum(counts)), _WITHIN
    within = int(np.clip(_MOST_PAIRS // total, fewest, most))
    # Of very many members every so-manieth says the same.
    stride = -(-total * fewest // _MOST_PAIRS)
    # Rare followers are kept before popular ones, which follow all titles.
    rare_V = (np.array([*[0] * SPECIALS, *counts]) + 1.0) ** -0.3
    followers = Followers.none(size)
    for part in sequences:
        starts_M, ends_M = part.starts_M[::stride], part.ends_M[::stride]
        index_N = ranges(starts_M, ends_M)
        title_N = part.titles_N[index_N].numpy()
        follows_N = None if part.is_target_N is None else part.is_target_N[index_N].numpy()
        member_N = torch.repeat_interleave(ends_M - starts_M).numpy()
        counted = Followers.count(title_N, member_N, size, within, follows_N)
        followers = followers.plus(counted.strongest(2 * ROW, rare_V))
    return followers


class _Search:
    """The search for the best settings: one after another, on sampled targets of the validation."""

    def __init__(
        self,
        model: RankerModel,
        items: ItemFeatures,
        validation: Sequence[ValidationPart],
        followers: Followers,
        include_watched: bool,
    ) -> None:
        self._followers = followers
        self._schema = model.schema
        self._size = len(items.vocabulary)
        most = min(_MOST_TARGETS, 1 + _MOST_SCORES // self._size)
        parts = list(_scored(model, items, _sample(validation, most), include_watched))
        self._network_SV, self._last_SK, self._target_S = (
            torch.cat([part[number] for part in parts]) for number in range(3)
        )

    def run(self) -> tuple[CoWatching, ValidationQuality]:
        """The best term, and what it reaches beside the network and the classic alone."""
        settings = self._weighted(CoWatchingSettings())
        best = self._dcg(self._scores(settings))
        for name, values in _POWERS.items():
            for value in values:
                changed = replace(settings, **{name: value})
                dcg = self._dcg(self._scores(changed))
                if dcg > best:
                    settings, best = changed, dcg
        settings = self._weighted(settings)
        score_SV = self._scores(settings)
        quality = ValidationQuality(
            self._dcg(score_SV, _REPORTED),
            self._dcg(self._network_SV, _REPORTED),
            self._dcg(self._classic_scores(), _REPORTED),
            len(self._target_S),
        )
        sharpness = min(_SHARPNESS, key=lambda factor: self._loss(factor * score_SV))
        chosen = replace(
            settings,
            scale=settings.scale / _mean_of_positive(self._strengths(settings)),
            weight=sharpness * settings.weight,
            sharpness=sharpness,
        )
        return CoWatching(chosen, self._followers, self._schema), quality

    def _weighted(self, settings: CoWatchingSettings) -> CoWatchingSettings:
        """With the best scale and weight; the weight is 0 where the network alone is better."""
        best, chosen = self._dcg(self._network_SV), replace(settings, weight=0.0)
        strength_SV = self._strengths(settings)
        for scale in _SCALES:
            log_SV = (strength_SV * (scale / _mean_of_positive(strength_SV))).log1p_()
            for weight in _WEIGHTS:
                dcg = self._dcg(self._network_SV + weight * log_SV)
                if dcg > best:
                    best, chosen = dcg, replace(settings, scale=scale, weight=weight)
        return chosen

    def _scores(self, settings: CoWatchingSettings) -> Tensor:
        """The scores of the network and the term, SV; here its scale is relative to the mean."""
        strength_SV = self._strengths(settings)
        scaled_SV = strength_SV.mul_(settings.scale / _mean_of_positive(strength_SV))
        return scaled_SV.log1p_().mul_(settings.weight).add_(self._network_SV)

    def _strengths(self, settings: CoWatchingSettings) -> Tensor:
        """How strongly each token follows the last titles, SV."""
        term = CoWatching(settings, self._followers, self._schema)
        return term.strengths(self._last_SK, self._size)

    def _classic_scores(self) -> Tensor:
        """Of SeqItemKNN alone, and popularity where it has none."""
        count_V = torch.tensor([*[0] * SPECIALS, *self._schema.counts])
        popular_V = 1e-6 * count_V / count_V.sum().clamp(min=1)
        score_SV = self._strengths(CoWatchingSettings()) + popular_V
        return score_SV.masked_fill(self._network_SV.isneginf(), -torch.inf)

    def _dcg(self, score_SV: Tensor, cutoff: int = _CUTOFF) -> float:
        rank_S = mid_ranks(score_SV, self._target_S).double()
        return float((1 / (1 + rank_S).log2()).masked_fill(rank_S > cutoff, 0).mean())

    def _loss(self, score_SV: Tensor) -> float:
        return float(F.cross_entropy(score_SV, self._target_S))


def _mean_of_positive(strength_SV: Tensor) -> float:
    """The mean strength of those titles that have any; more than 0 in any case."""
    return float(strength_SV.sum() / (strength_SV > 0).sum().clamp(min=1)) + 1e-9


def _sample(parts: Sequence[ValidationPart], most: int) -> Iterator[ValidationPart]:
    """At most about so many of the targets, always the same."""
    random = torch.Generator().manual_seed(0)
    share = most / sum(len(part.spans.starts_W) for part in parts)
    for part in parts:
        count = len(part.spans.starts_W)
        chosen_S = torch.randperm(count, generator=random)[: max(1, round(share * count))]
        spans = Spans(part.spans.starts_W[chosen_S], part.spans.ends_W[chosen_S])
        yield ValidationPart(part.tokens, spans)


@torch.inference_mode()
def _scored(
    model: RankerModel,
    items: ItemFeatures,
    parts: Iterable[ValidationPart],
    include_watched: bool,
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """The network's scores of all tokens, SV; the last titles, SK; and the targets, S."""
    tables = model.tables(items)
    for encoded, spans in validation_batches(model, items, parts, _POSITIONS):
        prediction, _ = predict_last(model, items, encoded, spans, tables, request_known=False)
        score_SV = prediction.query_PE @ tables.target_VE.T
        score_SV[:, :SPECIALS] = -torch.inf
        if not include_watched:
            _exclude_watched(score_SV, encoded, spans)
        target_S = encoded.titles_N[spans.ends_W - 1]
        yield score_SV, last_titles(encoded.titles_N, spans, LAST_TITLES), target_S


def _exclude_watched(score_SV: Tensor, encoded: EncodedTokens, spans: Spans) -> None:
    """Give the titles of each history the lowest score, but for the target."""
    for row, (start, end) in enumerate(
        zip(spans.starts_W.tolist(), spans.ends_W.tolist(), strict=True)
    ):
        target = encoded.titles_N[end - 1]
        score = score_SV[row, target].clone()
        score_SV[row, encoded.titles_N[start : end - 1]] = -torch.inf
        score_SV[row, target] = score
