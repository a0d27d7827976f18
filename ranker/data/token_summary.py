"""What is counted in tokens before a model is made: in one pass, over all of them or part by part.

Names of arrays end in their shape: V counts titles.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Self

import numpy as np

from ranker.data.arrays import Bools, Ints
from ranker.data.tokens import Tokens


@dataclass(frozen=True, slots=True)
class TokenSummary:
    """Counts and values of tokens.

    Args:
        titles: ids of titles.
        count_V: how many tokens of each are targets.
        is_there_V: whether there is any of them, if only as something else, or as passed over.
        as_of: when the last token ended.
        text_values: by text field of events, the values that there are.
        has_durations: whether any token has a duration.
        engagements: the kinds of engagement that there are.
        has_order: whether a member has two tokens, so that one follows the other.
    """

    titles: tuple[str, ...]
    count_V: Ints
    is_there_V: Bools
    as_of: int
    text_values: Mapping[str, tuple[str, ...]]
    has_durations: bool
    engagements: frozenset[int]
    has_order: bool

    @classmethod
    def of(cls, tokens: Tokens) -> Self:
        """The summary of some tokens."""
        values = tokens.title.values
        fields = {name: column.values for name, column in tokens.request_fields.items()}
        return cls(
            values,
            np.bincount(tokens.title.codes_E[tokens.targets()], minlength=len(values)),
            _are_there(tokens),
            int(tokens.end_time_N.max(initial=0)),
            fields | {"action": tuple(tokens.actions)},
            bool((tokens.seconds_N >= 0).any()),
            frozenset(np.unique(tokens.engagement_N).tolist()),
            bool((np.diff(tokens.starts()) > 1).any()),
        )

    @classmethod
    def merged(cls, parts: Iterable[Self]) -> Self:
        """The summary of all parts; there is at least one."""
        return reduce(cls._with, parts)

    @property
    def counts(self) -> dict[str, int]:
        """How many targets each title has that is there."""
        used = np.flatnonzero(self.is_there_V)
        found = zip(used.tolist(), self.count_V[used].tolist(), strict=True)
        return {self.titles[code]: count for code, count in found}

    def _with(self, other: Self) -> Self:
        titles, count_V, is_there_V = self._counted_with(other)
        fields = self.text_values.keys() | other.text_values.keys()
        return type(self)(
            titles,
            count_V,
            is_there_V,
            max(self.as_of, other.as_of),
            {
                name: _united(self.text_values.get(name, ()), other.text_values.get(name, ()))
                for name in sorted(fields)
            },
            self.has_durations or other.has_durations,
            self.engagements | other.engagements,
            self.has_order or other.has_order,
        )

    def _counted_with(self, other: Self) -> tuple[tuple[str, ...], Ints, Bools]:
        if self.titles == other.titles:
            is_there_V = self.is_there_V | other.is_there_V
            return self.titles, self.count_V + other.count_V, is_there_V
        counts = self.counts
        for title, count in other.counts.items():
            counts[title] = counts.get(title, 0) + count
        titles = tuple(sorted(counts))
        count_V = np.array([counts[title] for title in titles], np.int64)
        return titles, count_V, np.ones(len(titles), np.bool_)


def _are_there(tokens: Tokens) -> Bools:
    """Whether each title has a token, or was passed over."""
    is_there_V = np.zeros(len(tokens.title.values), np.bool_)
    is_there_V[tokens.title.codes_E] = True
    if tokens.shown is not None:
        is_there_V[tokens.shown.title_J] = True
    return is_there_V


def _united(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return one if one == other else tuple(sorted({*one, *other}))
