"""Classic recommenders, to see what a model must beat: popularity, Markov chains, neighbours.

Names of arrays end in their shape: T cases, V titles, N tokens, J pairs of titles.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import torch
from torch import Tensor

from ranker.data.arrays import Floats, Ints
from ranker.data.titles import FIELDS
from ranker.data.tokens import Tokens
from ranker.evaluation.evaluate import Contender, Scores, Trial

_WEEK: Final = 7 * 86_400


class Popularity:
    """The titles watched most often."""

    name = "popularity"

    def __init__(self, trial: Trial) -> None:
        self._score_V = _counts(trial.learnt())

    def scores(self, case_T: Tensor) -> Scores:
        """The same for everyone."""
        return Scores(self._score_V.repeat(len(case_T), 1), {})


class RecentPopularity:
    """The titles that were watched most often in the seven days before, by anyone."""

    name = "popularity, last 7 days"

    def __init__(self, trial: Trial) -> None:
        order = np.argsort(trial.tokens.first_N, kind="stable")
        self._trial = trial
        self._time_N = trial.tokens.first_N[order]
        self._title_N = trial.tokens.title.codes_E[order]

    def scores(self, case_T: Tensor) -> Scores:
        """By what was watched until just before the target."""
        rows = []
        titles = len(self._trial.tokens.title.values)
        for at in self._trial.asked_at(case_T):
            begin, end = np.searchsorted(self._time_N, [at - _WEEK, at])
            rows.append(np.bincount(self._title_N[begin:end], minlength=titles))
        return Scores(torch.from_numpy(np.stack(rows)).float(), {})


@dataclass(frozen=True, slots=True)
class _Followers:
    """How strongly one title is followed by others: rows of a sparse matrix.

    Args:
        begin_V: where each title's row begins, and at the end how many pairs there are.
        other_J: the titles that follow.
        strength_J: how strongly.
    """

    begin_V: Ints
    other_J: Ints
    strength_J: Floats

    @classmethod
    def of(cls, tokens: Tokens, within: int) -> Self:
        """Of titles at most so many steps apart, a title k steps later counting 1/k."""
        titles = len(tokens.title.values)
        title_N, member_N = tokens.title.codes_E, tokens.member.codes_E
        pairs, strengths = [], []
        for apart in range(1, within + 1):
            same_N = member_N[apart:] == member_N[:-apart]
            pairs.append((title_N[:-apart] * titles + title_N[apart:])[same_N])
            strengths.append(np.full(len(pairs[-1]), 1 / apart))
        pair_J, place = np.unique(np.concatenate(pairs), return_inverse=True)
        strength_J = np.zeros(len(pair_J))
        np.add.at(strength_J, place, np.concatenate(strengths))
        begin_V = np.searchsorted(pair_J, np.arange(titles + 1) * titles)
        return cls(begin_V, pair_J % titles, strength_J)

    def after(self, title: int) -> tuple[Ints, Floats]:
        """What follows a title, and how strongly."""
        row = slice(self.begin_V[title], self.begin_V[title + 1])
        return self.other_J[row], self.strength_J[row]


class Markov:
    """The titles that followed the last one most often."""

    name = "Markov-1"

    def __init__(self, trial: Trial) -> None:
        self._trial = trial
        self._followers = _Followers.of(trial.learnt(), within=1)
        self._popular_V = _tie_breaker(trial)

    def scores(self, case_T: Tensor) -> Scores:
        """By the last title alone; where nothing followed it, by popularity."""
        rows = []
        for history in self._trial.histories(case_T):
            score_V = self._popular_V.copy()
            for title in history[-1:].tolist():
                others, strengths = self._followers.after(title)
                score_V[others] += strengths
            rows.append(score_V)
        return Scores(torch.from_numpy(np.stack(rows)), {})


class SequentialNeighbours:
    """The titles that soon followed the last ten ones, the recent of which count most."""

    name = "SeqItemKNN"

    def __init__(self, trial: Trial, within: int = 10, last: int = 10) -> None:
        self._trial = trial
        self._last = last
        self._followers = _Followers.of(trial.learnt(), within)
        self._popular_V = _tie_breaker(trial)
        self._count_V = _counts(trial.learnt()).numpy()

    def scores(self, case_T: Tensor) -> Scores:
        """The sum over the last titles, each by how often it was watched and how long ago."""
        rows = []
        for history in self._trial.histories(case_T):
            score_V = self._popular_V.copy()
            for ago, title in enumerate(history[-self._last :].flip(0).tolist(), start=1):
                others, strengths = self._followers.after(title)
                score_V[others] += strengths / (ago * np.sqrt(self._count_V[title] + 1))
            rows.append(score_V)
        return Scores(torch.from_numpy(np.stack(rows)), {})


class MetadataNeighbours:
    """The titles whose metadata is most like that of the last ten ones; it needs no viewing."""

    name = "metadata kNN"

    def __init__(self, trial: Trial, last: int = 10) -> None:
        self._trial = trial
        self._last = last
        self._about_VA = _unit_rows(_metadata(trial))

    def scores(self, case_T: Tensor) -> Scores:
        """The mean cosine of each title's metadata with those of the last titles."""
        rows = []
        for history in self._trial.histories(case_T):
            recent_A = self._about_VA[history[-self._last :]].sum(dim=0)
            rows.append(self._about_VA @ recent_A)
        return Scores(torch.stack(rows), {})


def classics(trial: Trial) -> Iterator[Contender]:
    """All of them, from the simplest."""
    yield Popularity(trial)
    yield RecentPopularity(trial)
    yield MetadataNeighbours(trial)
    yield Markov(trial)
    yield SequentialNeighbours(trial)


def _counts(tokens: Tokens) -> Tensor:
    counts = np.bincount(tokens.title.codes_E, minlength=len(tokens.title.values))
    return torch.from_numpy(counts).float()


def _tie_breaker(trial: Trial) -> Floats:
    """Popularity, so small that it only orders what is equal otherwise."""
    count_V = _counts(trial.learnt()).double()
    small_V: Floats = (count_V / count_V.sum().clamp(min=1) * 1e-6).numpy()
    return small_V


def _metadata(trial: Trial) -> Tensor:
    """1 for each value of metadata that a title has, VA."""
    values = [
        {(field, value) for field in FIELDS for value in about.values(field)}
        for about in trial.titles.values()
    ]
    place = {value: number for number, value in enumerate(sorted(set().union(*values)))}
    about_VA = torch.zeros(len(values), max(1, len(place)))
    for row, has in enumerate(values):
        about_VA[row, [place[value] for value in has]] = 1.0
    return about_VA


def _unit_rows(about_VA: Tensor) -> Tensor:
    return torch.nn.functional.normalize(about_VA, dim=1)
