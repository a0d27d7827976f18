"""One protocol for every model: rank all titles after each history, and see where the next one is.

Never sampled negatives; titles that the member knows are left out, unless members of this data
return to titles. How each case was ranked is kept, so that two contenders can be compared on the
same members.

Names of tensors end in their shape: T cases, V titles of the data, N tokens, X places of a list.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ranker.data.arrays import Floats
from ranker.data.encoding import encode, shelve
from ranker.data.events import EventLog
from ranker.data.splits import Split
from ranker.data.titles import UNKNOWN, Titles
from ranker.data.tokens import DISCOVER, Tokens, merge
from ranker.data.windows import Spans, cases_before
from ranker.errors import TrainingError
from ranker.evaluation.metrics import (
    Interval,
    coverage,
    gains,
    hits,
    interval,
    mid_ranks,
    reciprocals,
    top,
)
from ranker.network.model import Answer, RankerModel
from ranker.network.predict import answer_last, intent_truth

NDCG: Final = "NDCG@10"
"""The measure by which contenders are compared."""

_TOGETHER: Final = 64
_NEVER: Final = -torch.inf
_ASSET: Final = (8, 40)
"""How many titles a Mega Asset has."""


class Scores(NamedTuple):
    """What a contender says of some cases.

    Args:
        score_TV: of every title.
        right: by intent, 1 where it was predicted, 0 where it was not, -1 where there is none; T.
    """

    score_TV: Tensor
    right: dict[str, Tensor]


class Contender(Protocol):
    """Whatever scores the titles of a trial, learnt or not."""

    name: str

    def scores(self, case_T: Tensor) -> Scores:
        """What it says of these cases of its trial."""


class Trial:
    """What is judged: a data set, and which of its tokens are to be predicted.

    A title's number is its place among `tokens.title.values`.

    Args:
        log: all events.
        titles: their metadata.
        split: what may be learnt from, and what is judged.
        only: titles that were withheld from what was learnt; these alone are targets and ranked.
        added: titles that an earlier model did not know; members whose target is one of them, and
            the others, are told apart too.
    """

    def __init__(
        self,
        log: EventLog,
        titles: Titles,
        split: Callable[[Tokens], Split],
        only: frozenset[str] | None = None,
        added: frozenset[str] = frozenset(),
    ) -> None:
        self.tokens = merge(log)
        self.split = split(self.tokens)
        self.titles = {title: titles.get(title, UNKNOWN) for title in self.tokens.title.values}
        self.title_N = torch.from_numpy(self.tokens.title.codes_E)
        self.starts_M = torch.from_numpy(self.tokens.starts())
        ranked = [only is None or title in only for title in self.tokens.title.values]
        self.ranked_V = torch.tensor(ranked, dtype=torch.bool)
        self.withheld = only is not None
        target_T = torch.from_numpy(self.split.test_T)
        self.target_T = target_T[self.ranked_V[self.title_N[target_T]]]
        self.added_V = torch.tensor([title in added for title in self.tokens.title.values])
        self.keeps_seen = bool((self.tokens.engagement_N != DISCOVER).any())
        if not len(self.target_T):
            raise TrainingError(
                "There is nothing to judge by: no member has a title that was held back.",
                "give histories of at least three titles a member.",
            )

    def learnt(self) -> Tokens:
        """The tokens that may be learnt from; none of titles that are withheld."""
        places = self.split.training()
        if self.withheld:
            places = places[~self.ranked_V[self.title_N[places]].numpy()]
        return self.tokens.take(places)

    def spans(self, case_T: Tensor, length: int) -> Spans:
        """For each case the span of its target and of at most `length - 1` tokens before it."""
        return cases_before(self.starts_M, self.target_T[case_T], length)

    def histories(self, case_T: Tensor) -> list[Tensor]:
        """The numbers of the titles that each case's member has watched, oldest first."""
        spans = self.spans(case_T, len(self.tokens) + 1)
        places = zip(spans.starts_W.tolist(), spans.ends_W.tolist(), strict=True)
        return [self.title_N[start : end - 1] for start, end in places]

    def asked_at(self, case_T: Tensor) -> list[int]:
        """When each case's target began, in seconds since 1970."""
        return list(map(int, self.tokens.first_N[self.target_T[case_T].numpy()]))

    def batches(self) -> Iterator[Tensor]:
        """The cases, those with about equally long histories together."""
        spans = self.spans(torch.arange(len(self.target_T)), len(self.tokens))
        yield from torch.split((spans.ends_W - spans.starts_W).argsort(stable=True), _TOGETHER)


class Learnt:
    """A model as a contender.

    Args:
        name: as tables have it.
        network: the model.
        trial: its titles need not be known to the model.
        asked: whether it is told when and where the target is asked for.
    """

    def __init__(self, name: str, network: RankerModel, trial: Trial, *, asked: bool) -> None:
        self.name = name
        self._network = network.eval()
        self._trial = trial
        self._asked = asked
        self._shelf = shelve(network.schema, trial.titles)
        self._encoded = encode(network.schema, trial.tokens, self._shelf)
        self._token_V = torch.tensor(self._shelf.vocabulary.encode(trial.tokens.title.values))
        with torch.inference_mode():
            self._tables = network.tables(self._shelf)
            self._targets_VE = self._tables.targets_VE[self._token_V]

    @torch.inference_mode()
    def scores(self, case_T: Tensor) -> Scores:
        """The model's scores, and whether its intents are the target's."""
        spans = self._trial.spans(case_T, self._network.config.context)
        answer, target_T = answer_last(
            self._network, self._shelf, self._encoded, spans, self._tables, asked=self._asked
        )
        return Scores(answer.query_PE @ self._targets_VE.T, self._right(answer, target_T))

    def _right(self, answer: Answer, target_T: Tensor) -> dict[str, Tensor]:
        truth = intent_truth(self._network, self._shelf, self._encoded, target_T)
        right = {}
        for name, logit_TC in answer.logits.items():
            guessed_T = truth[name].gather(1, logit_TC.argmax(dim=1, keepdim=True))[:, 0] > 0
            there_T = truth[name].sum(dim=1) > 0
            right[name] = torch.where(there_T, guessed_T.long(), -1)
        return right


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one contender ranked; values are by case, in the order of the trial's.

    Args:
        name: the contender's.
        rank_T: where the right title stood among all, from 1.
        asset_rank_T: where it stood among the titles of a Mega Asset.
        coverage: the share of titles that is among anyone's first ten.
        right: by intent, whether it was predicted, where there is one.
        added_T: whether the right title is one that an earlier model did not know.
        old_rank_T: where it stood among the titles that that one knew.
    """

    name: str
    rank_T: Floats
    asset_rank_T: Floats
    coverage: float
    right: dict[str, Floats]
    added_T: NDArray[np.bool_]
    old_rank_T: Floats

    def values(self) -> dict[str, Floats]:
        """What each measure says of each case; of an intent, of those cases that have one."""
        return {
            "HR@10": hits(self.rank_T),
            NDCG: gains(self.rank_T),
            "MRR": reciprocals(self.rank_T),
            "asset MRR": reciprocals(self.asset_rank_T),
            "asset first 3": (self.asset_rank_T <= 3).astype(float),
            **({} if not self.added_T.any() else self._apart()),
            **{f"{name} right": right for name, right in self.right.items()},
        }

    def _apart(self) -> dict[str, Floats]:
        gain_T, old_gain_T = gains(self.rank_T), gains(self.old_rank_T)
        return {
            f"{NDCG}, titles added": gain_T[self.added_T],
            f"{NDCG}, others": gain_T[~self.added_T],
            # Without the new ones' competition, so that only what was forgotten counts.
            f"{NDCG}, others among others": old_gain_T[~self.added_T],
        }

    def measures(self) -> dict[str, Interval]:
        """Every mean, with its 95 % interval."""
        return {name: interval(value) for name, value in self.values().items()}


def judge(contender: Contender, trial: Trial, seed: int = 0) -> Judgement:
    """Rank all titles for all cases of a trial.

    Args:
        contender: of this trial.
        trial: what is judged.
        seed: of which titles make up the Mega Assets.

    Raises:
        TrainingError: a score is not a number.
    """
    asset_TX = _assets(trial, seed)
    rank_T = torch.zeros(len(trial.target_T))
    old_rank_T = torch.zeros(len(trial.target_T))
    asset_rank_T = torch.zeros(len(trial.target_T))
    best, right = [], []
    for case_T in trial.batches():
        said = contender.scores(case_T)
        title_T = trial.title_N[trial.target_T[case_T]]
        score_TV = _open_scores(said.score_TV, trial, case_T, title_T)
        rank_T[case_T] = mid_ranks(score_TV, title_T)
        old_rank_T[case_T] = mid_ranks(score_TV.masked_fill(trial.added_V, _NEVER), title_T)
        asset_rank_T[case_T] = _rank_in_asset(said.score_TV, asset_TX[case_T])
        best.append(top(score_TV))
        right.append(said.right)
    return Judgement(
        contender.name,
        rank_T.double().numpy(),
        asset_rank_T.double().numpy(),
        coverage(torch.cat(best), int(trial.ranked_V.sum())),
        {name: _known(torch.cat([part[name] for part in right])) for name in right[0]},
        trial.added_V[trial.title_N[trial.target_T]].numpy(),
        old_rank_T.double().numpy(),
    )


def _open_scores(score_TV: Tensor, trial: Trial, case_T: Tensor, title_T: Tensor) -> Tensor:
    """Scores in which titles that are not ranked can never be first."""
    if not score_TV.isfinite().all():
        raise TrainingError("A score is not a number.", "train the model again.")
    score_TV = score_TV.masked_fill(~trial.ranked_V, _NEVER)
    right_T1 = score_TV.gather(1, title_T[:, None])
    if not trial.keeps_seen:
        for row, seen in enumerate(trial.histories(case_T)):
            score_TV[row, seen] = _NEVER
    return score_TV.scatter(1, title_T[:, None], right_T1)


def _assets(trial: Trial, seed: int) -> Tensor:
    """For each case a Mega Asset of 8 to 40 titles: its target first, then others, -1 for none.

    Others are drawn by the square root of how often they were watched, since editors pick titles
    that are known, but not only the best known.
    """
    random = torch.Generator().manual_seed(seed)
    title_T = trial.title_N[trial.target_T]
    counts_V = torch.bincount(trial.title_N, minlength=len(trial.ranked_V)).sqrt() * trial.ranked_V
    chance_TV = counts_V.repeat(len(title_T), 1).scatter(1, title_T[:, None], 0.0)
    most = min(_ASSET[1], int((counts_V > 0).sum())) - 1
    other_TX = torch.multinomial(chance_TV.float(), max(1, most), generator=random)
    size_T1 = torch.randint(_ASSET[0], _ASSET[1] + 1, (len(title_T), 1), generator=random)
    inside_TX = torch.arange(1, other_TX.shape[1] + 1) < size_T1
    return torch.cat([title_T[:, None], torch.where(inside_TX, other_TX, -1)], dim=1)


def _rank_in_asset(score_TV: Tensor, asset_TX: Tensor) -> Tensor:
    score_TX = score_TV.gather(1, asset_TX.clamp(min=0)).masked_fill(asset_TX < 0, _NEVER)
    return mid_ranks(score_TX, torch.zeros(len(asset_TX), dtype=torch.long))


def _known(right_T: Tensor) -> Floats:
    return right_T[right_T >= 0].double().numpy()
