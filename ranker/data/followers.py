"""How often titles soon follow one another, as a sparse matrix of counts.

Names of arrays end in their shape: V titles, N tokens, J pairs of titles, K titles asked for.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from ranker.data.arrays import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Followers:
    """How strongly one title is followed by others: rows of a sparse matrix.

    Args:
        start_V: where each title's row begins, followed by the number of pairs; V + 1.
        other_J: the titles that follow, in ascending order within a row.
        strength_J: how strongly.
    """

    start_V: Ints
    other_J: Ints
    strength_J: Floats

    @classmethod
    def count(
        cls,
        title_N: Ints,
        member_N: Ints,
        titles: int,
        within: int,
        follows_N: Bools | None = None,
    ) -> Self:
        """Count titles at most so many steps apart; a title k steps later counts 1/k.

        Args:
            title_N: the titles of tokens that are ordered by member, then time.
            member_N: whose they are.
            titles: how many titles there are.
            within: the most steps apart.
            follows_N: whether a token counts as one that follows; by default all do.
        """
        pairs, strengths = [np.zeros(0, np.int64)], [np.zeros(0)]
        for apart in range(1, min(within, len(title_N) - 1) + 1):
            same_N = member_N[apart:] == member_N[:-apart]
            if follows_N is not None:
                same_N = same_N & follows_N[apart:]
            pair_N = (title_N[:-apart] * titles + title_N[apart:])[same_N]
            # Counted step by step: there are far fewer different pairs than pairs.
            unique_J, count_J = np.unique(pair_N, return_counts=True)
            pairs.append(unique_J)
            strengths.append(count_J / apart)
        return cls._add_up(np.concatenate(pairs), np.concatenate(strengths), titles)

    @classmethod
    def none(cls, titles: int) -> Self:
        """Titles of which none follows another."""
        return cls(np.zeros(titles + 1, np.int64), np.zeros(0, np.int64), np.zeros(0))

    @classmethod
    def _add_up(cls, pair_J: Ints, strength_J: Floats, titles: int) -> Self:
        """From pairs, numbered row by row, some of which may be there several times."""
        unique_J, index = np.unique(pair_J, return_inverse=True)
        start_V = np.searchsorted(unique_J, np.arange(titles + 1) * titles)
        total_J = np.zeros(len(unique_J))
        total_J += np.bincount(index, strength_J, minlength=len(unique_J))
        return cls(start_V, unique_J % max(1, titles), total_J)

    def validate(self, titles: int) -> None:
        """Raise ValueError unless this is a matrix of so many titles."""
        fits = (
            self.start_V.shape == (titles + 1,)
            and self.start_V[0] == 0
            and (np.diff(self.start_V) >= 0).all()
            and self.other_J.shape == self.strength_J.shape == (self.start_V[-1],)
            and ((self.other_J >= 0) & (self.other_J < titles)).all()
            and (np.isfinite(self.strength_J) & (self.strength_J >= 0)).all()
        )
        if not fits:
            raise ValueError("the rows of followers do not fit together")

    @property
    def titles(self) -> int:
        """How many titles there are."""
        return len(self.start_V) - 1

    def row_J(self) -> Ints:
        """The title that is followed, of each pair."""
        return np.repeat(np.arange(self.titles), np.diff(self.start_V))

    def of(self, title: int) -> tuple[Ints, Floats]:
        """The titles that follow a title, and how strongly."""
        row = slice(self.start_V[title], self.start_V[title + 1])
        return self.other_J[row], self.strength_J[row]

    def plus_reversed(self, share: float) -> Self:
        """With titles that came before counted as well, but by a share only."""
        pair_J = self.other_J * self.titles + self.row_J()
        return self.plus(self._add_up(pair_J, share * self.strength_J, self.titles))

    def scaled(self, source_V: Floats, target_V: Floats) -> Self:
        """With strengths multiplied by a factor of the title, and one of its follower."""
        factor_J = source_V[self.row_J()] * target_V[self.other_J]
        return replace(self, strength_J=self.strength_J * factor_J)

    def plus(self, other: Self) -> Self:
        """With the strengths of both added up; of equally many titles."""
        row_J = [part.row_J() * self.titles + part.other_J for part in (self, other)]
        strength_J = np.concatenate([self.strength_J, other.strength_J])
        return self._add_up(np.concatenate(row_J), strength_J, self.titles)

    def union(self, other: Self) -> Self:
        """The pairs of both, each as strong as where it is stronger.

        So what was counted twice, in a log and in a longer one, counts once.
        """
        titles = max(self.titles, other.titles)
        pair_J = np.concatenate([part.row_J() * titles + part.other_J for part in (self, other)])
        strength_J = np.concatenate([self.strength_J, other.strength_J])
        order = np.lexsort((-strength_J, pair_J))
        pair_J, first = np.unique(pair_J[order], return_index=True)
        return self._add_up(pair_J, strength_J[order][first], titles)

    def strongest(self, count: int, by_V: Floats | None = None) -> Self:
        """With at most so many titles in each row, the strongest.

        Args:
            count: the most in a row.
            by_V: multiplies the strength of each title where they are compared.
        """
        row_J = self.row_J()
        compared_J = self.strength_J if by_V is None else self.strength_J * by_V[self.other_J]
        order = np.lexsort((-compared_J, row_J))
        rank_J = np.arange(len(order)) - self.start_V[row_J[order]]
        kept = np.sort(order[rank_J < count])
        start_V = np.searchsorted(row_J[kept], np.arange(self.titles + 1))
        return type(self)(start_V, self.other_J[kept], self.strength_J[kept])
