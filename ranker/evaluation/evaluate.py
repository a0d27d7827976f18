"""Evaluation of recommenders by one protocol: the rank of each target among all titles.

Candidates are never sampled. Titles that the member has watched are left out, and are then no
targets either, unless members of the data return to titles (`ranker.data.watched`). The rank of
each target is kept, so that recommenders can be compared on the same members.

Names of tensors end in their shape: T targets, V titles of the data, N tokens, X indexes of a list.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ranker.data.arrays import Floats
from ranker.data.digest import data_digest
from ranker.data.events import ViewingLog
from ranker.data.roles import CONTEXT, TARGET
from ranker.data.signals import DEFAULT_POLICY, SignalPolicy
from ranker.data.splits import Split
from ranker.data.titles import NO_METADATA, MetadataByTitle
from ranker.data.tokens import DISCOVER, Tokens, merge_events
from ranker.data.watched import WatchedChoice, WatchedTitles
from ranker.data.windows import Spans, target_spans
from ranker.errors import TrainingError
from ranker.evaluation.metrics import (
    Interval,
    bootstrap_interval,
    coverage,
    hits,
    ndcgs,
    reciprocal_ranks,
    top_indexes,
)
from ranker.network.predict import mid_ranks

NDCG: Final = "NDCG@10"
"""The metric by which recommenders are compared."""

_TARGETS_AT_ONCE: Final = 64
_EXCLUDED: Final = -torch.inf
_ASSET_SIZES: Final = (8, 40)
"""The fewest and most titles of a Mega Asset."""


class TitleScores(NamedTuple):
    """A recommender's scores for some targets.

    Args:
        score_TV: of every title.
        intents_correct: by intent, 1 if it was predicted correctly, 0 if not, -1 if unknown; T.
    """

    score_TV: Tensor
    intents_correct: dict[str, Tensor]


class Recommender(Protocol):
    """Scores the titles of an evaluation."""

    name: str

    def scores(self, target_T: Tensor, /) -> TitleScores:
        """The scores for these targets, given as indexes of `EvalTask.target_T`."""


class EvalTask:
    """What recommenders are evaluated on: a data set, and the tokens to be predicted.

    Titles are numbered as in `tokens.title.values`.

    Args:
        log: all events.
        titles: their metadata.
        split: into training and test tokens.
        only: titles that were withheld from training; only these are targets and ranked.
        added: titles that an earlier model did not know; metrics are reported for targets among
            these and for the others separately.
        watched: whether titles that a member has watched are ranked.
        signals: say which events are targets.
    """

    def __init__(
        self,
        log: ViewingLog,
        titles: MetadataByTitle,
        split: Callable[[Tokens], Split],
        only: frozenset[str] | None = None,
        added: frozenset[str] = frozenset(),
        watched: WatchedTitles = "auto",
        signals: SignalPolicy = DEFAULT_POLICY,
    ) -> None:
        self.data = data_digest(log, titles)
        self.signals = signals
        self.tokens = merge_events(log, signals)
        self.split = split(self.tokens)
        title_ids = self.tokens.title.values
        self.titles = {title: titles.get(title, NO_METADATA) for title in title_ids}
        self.title_N = torch.from_numpy(self.tokens.title.codes_E)
        self.starts_M = torch.from_numpy(self.tokens.starts())
        ranked = [only is None or title in only for title in title_ids]
        self.ranked_V = torch.tensor(ranked, dtype=torch.bool)
        self.withheld = only is not None
        target_T = torch.from_numpy(self.split.test_T)
        target_T = target_T[self.ranked_V[self.title_N[target_T]]]
        self.watched = WatchedChoice.of(self.tokens, watched)
        if not self.watched.include:
            # What is left out of every list cannot be found in one.
            is_new_T = torch.from_numpy(self.tokens.engagement_N)[target_T] == DISCOVER
            target_T = target_T[is_new_T]
        self.target_T = target_T
        self.added_V = torch.tensor([title in added for title in title_ids])
        if not len(self.target_T):
            raise TrainingError(
                "There is nothing to evaluate: the test split has no targets.",
                "give histories of at least three titles per member; where members return to "
                "titles, rank watched titles too.",
            )

    def training_tokens(self) -> Tokens:
        """The targets that recommenders may learn from; none of withheld titles."""
        indexes = self.split.training_indices()
        indexes = indexes[self.tokens.role_N[indexes] == TARGET]
        if self.withheld:
            indexes = indexes[~self.ranked_V[self.title_N[indexes]].numpy()]
        return self.tokens.take(indexes)

    def spans(self, target_T: Tensor, length: int) -> Spans:
        """For each target its span: at most `length - 1` tokens of history, and the target."""
        return target_spans(self.starts_M, self.target_T[target_T], length)

    def histories(self, target_T: Tensor) -> list[Tensor]:
        """The titles that each target's member had watched, oldest first."""
        spans = self.spans(target_T, len(self.tokens) + 1)
        bounds = zip(spans.starts_W.tolist(), spans.ends_W.tolist(), strict=True)
        return [self.title_N[start : end - 1] for start, end in bounds]

    def watched_before(self, target_T: Tensor) -> list[Tensor]:
        """The same, without titles that were only seen in passing."""
        spans = self.spans(target_T, len(self.tokens) + 1)
        bounds = zip(spans.starts_W.tolist(), spans.ends_W.tolist(), strict=True)
        watched_N = torch.from_numpy(self.tokens.role_N != CONTEXT)
        return [self.title_N[s : e - 1][watched_N[s : e - 1]] for s, e in bounds]

    def request_times(self, target_T: Tensor) -> list[int]:
        """When each target began, in seconds since 1970."""
        return list(map(int, self.tokens.start_time_N[self.target_T[target_T].numpy()]))

    def batches(self) -> Iterator[Tensor]:
        """The targets, those with histories of similar lengths together."""
        spans = self.spans(torch.arange(len(self.target_T)), len(self.tokens))
        order = (spans.ends_W - spans.starts_W).argsort(stable=True)
        yield from torch.split(order, _TARGETS_AT_ONCE)


@dataclass(frozen=True, slots=True)
class EvalResult:
    """How one recommender ranked the targets of an evaluation, in the evaluation's order.

    Args:
        name: of the recommender.
        rank_T: the target's rank among all titles, from 1.
        asset_rank_T: its rank among the titles of a Mega Asset.
        coverage: the share of titles that are among the first ten for at least one target.
        intents_correct: by intent, whether it was predicted, for the targets that have one.
        added_T: whether the target is a title that an earlier model did not know.
        old_rank_T: its rank among the titles that the earlier model knew.
    """

    name: str
    rank_T: Floats
    asset_rank_T: Floats
    coverage: float
    intents_correct: dict[str, Floats]
    added_T: NDArray[np.bool_]
    old_rank_T: Floats

    def values(self) -> dict[str, Floats]:
        """Each metric's value for each target; of an intent, for those that have one."""
        return {
            "HR@10": hits(self.rank_T),
            NDCG: ndcgs(self.rank_T),
            "MRR": reciprocal_ranks(self.rank_T),
            "asset MRR": reciprocal_ranks(self.asset_rank_T),
            "asset HR@3": (self.asset_rank_T <= 3).astype(float),
            **({} if not self.added_T.any() else self._values_by_age()),
            **{f"{name} accuracy": correct for name, correct in self.intents_correct.items()},
        }

    def _values_by_age(self) -> dict[str, Floats]:
        ndcg_T, old_ndcg_T = ndcgs(self.rank_T), ndcgs(self.old_rank_T)
        return {
            f"{NDCG}, added titles": ndcg_T[self.added_T],
            f"{NDCG}, old titles": ndcg_T[~self.added_T],
            # Without the competition of new titles, so that only forgetting counts.
            f"{NDCG}, old titles alone": old_ndcg_T[~self.added_T],
        }

    def measures(self) -> dict[str, Interval]:
        """The mean of each metric, with its 95 % interval."""
        return {name: bootstrap_interval(value) for name, value in self.values().items()}


def evaluate(recommender: Recommender, task: EvalTask, seed: int = 0) -> EvalResult:
    """Rank all titles for all targets of an evaluation.

    Args:
        recommender: for this evaluation.
        task: the evaluation.
        seed: for the titles of the Mega Assets.

    Raises:
        TrainingError: a score is not a finite number.
    """
    asset_TX = _sample_assets(task, seed)
    rank_T = torch.zeros(len(task.target_T))
    old_rank_T = torch.zeros(len(task.target_T))
    asset_rank_T = torch.zeros(len(task.target_T))
    best, correct = [], []
    for target_T in task.batches():
        scores = recommender.scores(target_T)
        title_T = task.title_N[task.target_T[target_T]]
        score_TV = _without_excluded(scores.score_TV, task, target_T, title_T)
        rank_T[target_T] = mid_ranks(score_TV, title_T)
        old_rank_T[target_T] = mid_ranks(score_TV.masked_fill(task.added_V, _EXCLUDED), title_T)
        asset_rank_T[target_T] = _rank_in_asset(scores.score_TV, asset_TX[target_T])
        best.append(top_indexes(score_TV))
        correct.append(scores.intents_correct)
    return EvalResult(
        recommender.name,
        rank_T.double().numpy(),
        asset_rank_T.double().numpy(),
        coverage(torch.cat(best), int(task.ranked_V.sum())),
        {name: _known(torch.cat([part[name] for part in correct])) for name in correct[0]},
        task.added_V[task.title_N[task.target_T]].numpy(),
        old_rank_T.double().numpy(),
    )


def _without_excluded(
    score_TV: Tensor, task: EvalTask, target_T: Tensor, title_T: Tensor
) -> Tensor:
    """Scores in which titles that are not ranked have the lowest score."""
    if not score_TV.isfinite().all():
        raise TrainingError("A score is not a finite number.", "train the model again.")
    score_TV = score_TV.masked_fill(~task.ranked_V, _EXCLUDED)
    score_T1 = score_TV.gather(1, title_T[:, None])
    if not task.watched.include:
        for row, watched in enumerate(task.watched_before(target_T)):
            score_TV[row, watched] = _EXCLUDED
    return score_TV.scatter(1, title_T[:, None], score_T1)


def _sample_assets(task: EvalTask, seed: int) -> Tensor:
    """For each target a Mega Asset of 8 to 40 titles: the target first; -1 is padding.

    Titles are drawn in proportion to the square root of their views, since editors pick known
    titles, but not only the best known.
    """
    random = torch.Generator().manual_seed(seed)
    title_T = task.title_N[task.target_T]
    counts_V = torch.bincount(task.title_N, minlength=len(task.ranked_V)).sqrt() * task.ranked_V
    weight_TV = counts_V.repeat(len(title_T), 1).scatter(1, title_T[:, None], 0.0)
    others = min(_ASSET_SIZES[1], int((counts_V > 0).sum())) - 1
    other_TX = torch.multinomial(weight_TV.float(), max(1, others), generator=random)
    low, high = _ASSET_SIZES
    size_T1 = torch.randint(low, high + 1, (len(title_T), 1), generator=random)
    inside_TX = torch.arange(1, other_TX.shape[1] + 1) < size_T1
    return torch.cat([title_T[:, None], torch.where(inside_TX, other_TX, -1)], dim=1)


def _rank_in_asset(score_TV: Tensor, asset_TX: Tensor) -> Tensor:
    score_TX = score_TV.gather(1, asset_TX.clamp(min=0)).masked_fill(asset_TX < 0, _EXCLUDED)
    return mid_ranks(score_TX, torch.zeros(len(asset_TX), dtype=torch.long))


def _known(correct_T: Tensor) -> Floats:
    return correct_T[correct_T >= 0].double().numpy()
