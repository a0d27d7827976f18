"""Classic recommenders as baselines: popularity, Markov chains, nearest neighbours.

Names of arrays end in their shape: T targets, V titles, N tokens, J pairs of titles.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch
from torch import Tensor

from ranker.data.arrays import Floats, Ints
from ranker.data.titles import METADATA_FIELDS
from ranker.data.tokens import Tokens
from ranker.evaluation.evaluate import EvalTask, Recommender, TitleScores

_WEEK: Final = 7 * 86_400


class Popularity:
    """The most watched titles."""

    name = "popularity"

    def __init__(self, task: EvalTask) -> None:
        self._count_V = _counts(task.training_tokens())

    def scores(self, target_T: Tensor) -> TitleScores:
        """The same for everyone."""
        return TitleScores(self._count_V.repeat(len(target_T), 1), {})


class RecentPopularity:
    """The most watched titles of the seven days before each target."""

    name = "popularity, last 7 days"

    def __init__(self, task: EvalTask) -> None:
        order = np.argsort(task.tokens.start_time_N, kind="stable")
        self._task = task
        self._time_N = task.tokens.start_time_N[order]
        self._title_N = task.tokens.title.codes_E[order]

    def scores(self, target_T: Tensor) -> TitleScores:
        """By the views of all members until just before the target."""
        rows = []
        titles = len(self._task.tokens.title.values)
        for time in self._task.request_times(target_T):
            start, end = np.searchsorted(self._time_N, [time - _WEEK, time])
            rows.append(np.bincount(self._title_N[start:end], minlength=titles))
        return TitleScores(torch.from_numpy(np.stack(rows)).float(), {})


@dataclass(frozen=True, slots=True)
class _Followers:
    """How strongly one title is followed by others: rows of a sparse matrix.

    Args:
        start_V: where each title's row begins, followed by the number of pairs.
        other_J: the titles that follow.
        strength_J: how strongly.
    """

    start_V: Ints
    other_J: Ints
    strength_J: Floats

    @classmethod
    def from_tokens(cls, tokens: Tokens, within: int) -> Self:
        """From titles at most so many steps apart; a title k steps later counts 1/k."""
        titles = len(tokens.title.values)
        title_N, member_N = tokens.title.codes_E, tokens.member.codes_E
        pairs, strengths = [], []
        for apart in range(1, within + 1):
            same_N = member_N[apart:] == member_N[:-apart]
            pairs.append((title_N[:-apart] * titles + title_N[apart:])[same_N])
            strengths.append(np.full(len(pairs[-1]), 1 / apart))
        pair_J, index = np.unique(np.concatenate(pairs), return_inverse=True)
        strength_J = np.zeros(len(pair_J))
        np.add.at(strength_J, index, np.concatenate(strengths))
        start_V = np.searchsorted(pair_J, np.arange(titles + 1) * titles)
        return cls(start_V, pair_J % titles, strength_J)

    def of(self, title: int) -> tuple[Ints, Floats]:
        """The titles that follow a title, and how strongly."""
        row = slice(self.start_V[title], self.start_V[title + 1])
        return self.other_J[row], self.strength_J[row]


class Markov:
    """The titles that most often followed the last one."""

    name = "Markov-1"

    def __init__(self, task: EvalTask) -> None:
        self._task = task
        self._followers = _Followers.from_tokens(task.training_tokens(), within=1)
        self._tie_breaker_V = _tie_breaker(task)

    def scores(self, target_T: Tensor) -> TitleScores:
        """By the last title alone; if nothing followed it, by popularity."""
        rows = []
        for history in self._task.histories(target_T):
            score_V = self._tie_breaker_V.copy()
            for title in history[-1:].tolist():
                others, strengths = self._followers.of(title)
                score_V[others] += strengths
            rows.append(score_V)
        return TitleScores(torch.from_numpy(np.stack(rows)), {})


class SequentialNeighbours:
    """The titles that soon followed the last ten, the most recent of which count most."""

    name = "SeqItemKNN"

    def __init__(self, task: EvalTask, within: int = 10, last: int = 10) -> None:
        self._task = task
        self._last = last
        self._followers = _Followers.from_tokens(task.training_tokens(), within)
        self._tie_breaker_V = _tie_breaker(task)
        self._count_V = _counts(task.training_tokens()).numpy()

    def scores(self, target_T: Tensor) -> TitleScores:
        """The sum over the last titles, each weighted by its recency and popularity."""
        rows = []
        for history in self._task.histories(target_T):
            score_V = self._tie_breaker_V.copy()
            for ago, title in enumerate(history[-self._last :].flip(0).tolist(), start=1):
                others, strengths = self._followers.of(title)
                score_V[others] += strengths / (ago * np.sqrt(self._count_V[title] + 1))
            rows.append(score_V)
        return TitleScores(torch.from_numpy(np.stack(rows)), {})


class MetadataNeighbours:
    """The titles whose metadata is most like that of the last ten; needs no views of them."""

    name = "metadata kNN"

    def __init__(self, task: EvalTask, last: int = 10) -> None:
        self._task = task
        self._last = last
        self._metadata_VA = _unit_rows(_metadata(task))

    def scores(self, target_T: Tensor) -> TitleScores:
        """The mean cosine of each title's metadata with those of the last titles."""
        rows = []
        for history in self._task.histories(target_T):
            recent_A = self._metadata_VA[history[-self._last :]].sum(dim=0)
            rows.append(self._metadata_VA @ recent_A)
        return TitleScores(torch.stack(rows), {})


def classic_recommenders(task: EvalTask) -> Iterator[Recommender]:
    """All of them, simplest first."""
    yield Popularity(task)
    yield RecentPopularity(task)
    yield MetadataNeighbours(task)
    yield Markov(task)
    yield SequentialNeighbours(task)


def _counts(tokens: Tokens) -> Tensor:
    counts = np.bincount(tokens.title.codes_E, minlength=len(tokens.title.values))
    return torch.from_numpy(counts).float()


def _tie_breaker(task: EvalTask) -> Floats:
    """Popularity, scaled down so that it only breaks ties."""
    count_V = _counts(task.training_tokens()).double()
    small_V: Floats = (count_V / count_V.sum().clamp(min=1) * 1e-6).numpy()
    return small_V


def _metadata(task: EvalTask) -> Tensor:
    """1 for each metadata value of a title, VA."""
    values = [
        {(field, value) for field in METADATA_FIELDS for value in title.values(field)}
        for title in task.titles.values()
    ]
    column_of = {value: number for number, value in enumerate(sorted(set().union(*values)))}
    metadata_VA = torch.zeros(len(values), max(1, len(column_of)))
    for row, own in enumerate(values):
        metadata_VA[row, [column_of[value] for value in own]] = 1.0
    return metadata_VA


def _unit_rows(metadata_VA: Tensor) -> Tensor:
    return torch.nn.functional.normalize(metadata_VA, dim=1)
