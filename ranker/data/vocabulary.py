"""The mapping from title ids to token numbers."""

from collections.abc import Iterable
from itertools import repeat
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Ints
from ranker.data.events import Column

PAD: Final = 0
"""Fills up the shorter rows of a batch; never predicted."""

BOS: Final = 1
"""Begins every sequence; on its own it stands for a member without a history."""

UNK: Final = 2
"""Any title that is known neither from training nor by its metadata."""

SPECIALS: Final = 3


class Vocabulary:
    """The titles that a model knows, each with its token; immutable.

    Args:
        titles: title ids in token order, without duplicates; the first has token 3, after PAD,
            BOS and UNK.
    """

    def __init__(self, titles: Iterable[str]) -> None:
        self.titles = tuple(titles)
        self._tokens = {title: token for token, title in enumerate(self.titles, start=SPECIALS)}
        assert len(self._tokens) == len(self.titles), "a title is in the vocabulary twice"
        self._last: tuple[tuple[str, ...], Ints] = ((), self._tokens_by_code(()))

    def with_titles(self, titles: Iterable[str]) -> Self:
        """The same tokens, followed by those of the new titles, sorted."""
        return type(self)((*self.titles, *sorted(set(titles) - self._tokens.keys())))

    def __len__(self) -> int:
        """The number of tokens, including the special ones."""
        return len(self.titles) + SPECIALS

    def encode(self, title_ids: Iterable[str]) -> list[int]:
        """The tokens of these titles, in their order; UNK for unknown ones."""
        return list(map(self._tokens.get, title_ids, repeat(UNK)))

    def encode_column(self, column: Column) -> Ints:
        """The tokens of a column of title ids; UNK for unknown ones."""
        if len(column.values) <= len(column.codes_E):
            return self._tokens_by_code(column.values)[column.codes_E]
        # Most likely it is a small part of a long log, whose other parts have the same values.
        values, tokens = self._last
        if values is not column.values:
            tokens = self._tokens_by_code(column.values)
            self._last = column.values, tokens
        return tokens[column.codes_E]

    def _tokens_by_code(self, values: tuple[str, ...]) -> Ints:
        """The token of each value; and UNK at the end, for the code of no value."""
        return np.array([*self.encode(values), UNK], np.int64)
