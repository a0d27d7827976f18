"""Training, validation and test splits of members' tokens.

A split holds indexes of tokens. Each target is predicted from all that precedes it in the member's
history. What is no target by a policy of signals (`ranker.data.signals`) is none of a split.
Names of arrays end in their shape: M members, N tokens, T targets.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Ints
from ranker.data.tokens import Tokens

_LOWER_BITS: Final = 16
"""Of a time in seconds; above them is less than a day."""

_NEVER: Final = 2**62


@dataclass(frozen=True, slots=True)
class Split:
    """Per member the tokens to train on; and the targets of validation and test.

    Args:
        starts_M: the first training token of each member.
        ends_M: the end of the training tokens, exclusive.
        valid_T: validation targets, which decide when training stops.
        test_T: test targets.
    """

    starts_M: Ints
    ends_M: Ints
    valid_T: Ints
    test_T: Ints

    def training_indices(self) -> Ints:
        """The indexes of all training tokens."""
        length_M = self.ends_M - self.starts_M
        offset_M = self.starts_M - (np.cumsum(length_M) - length_M)
        index_N: Ints = np.arange(length_M.sum()) + np.repeat(offset_M, length_M)
        return index_N


def leave_one_out(tokens: Tokens) -> Split:
    """Each member's last title is the test target, the one before it the validation target."""
    starts_M, ends_M = tokens.starts()[:-1], tokens.starts()[1:]
    target_N = tokens.targets()
    first_M, last_M = (np.searchsorted(target_N, index_M) for index_M in (starts_M, ends_M))
    enough_M = last_M - first_M >= 3
    valid_T, test_T = (target_N[last_M[enough_M] - ago] for ago in (2, 1))
    train_ends_M = ends_M.copy()
    train_ends_M[enough_M] = valid_T
    return Split(starts_M, train_ends_M, valid_T, test_T)


@dataclass(frozen=True, slots=True)
class TimeSplit:
    """Train on all tokens before a point in time; validate and test on the shares after it.

    The targets are each member's last title within the validation and the test period, also for
    members whose history begins after the training period.

    Args:
        valid: the share of the tokens to validate on.
        test: the share to test on.
    """

    valid: float = 0.1
    test: float = 0.1

    def __call__(self, tokens: Tokens) -> Split:
        """The split of tokens, by their own times."""
        return self.over([tokens])(tokens)

    def over(self, parts: Sequence[Tokens]) -> Callable[[Tokens], Split]:
        """The split of any of some parts, by the times of all of them."""
        shares = (1 - self.valid - self.test, 1 - self.test)
        valid_from, test_from = _times_at(parts, shares)
        return lambda tokens: _split_at(tokens, valid_from, test_from)


LAST_TENTH: Final = TimeSplit(test=0.0)
"""Validates on the last tenth of the time, and leaves nothing for a test."""


def by_time(tokens: Tokens, valid: float = 0.1, test: float = 0.1) -> Split:
    """The split of `TimeSplit`."""
    return TimeSplit(valid, test)(tokens)


def _split_at(tokens: Tokens, valid_from: int, test_from: int) -> Split:
    starts_M, ends_M = tokens.starts()[:-1], tokens.starts()[1:]
    valid_M = starts_M + _count_before(tokens, valid_from)
    test_M = starts_M + _count_before(tokens, test_from)
    return Split(
        starts_M,
        valid_M,
        _last_targets(tokens, valid_M, test_M),
        _last_targets(tokens, test_M, ends_M),
    )


def _last_targets(tokens: Tokens, starts_M: Ints, ends_M: Ints) -> Ints:
    """The last target of each range of tokens that has one."""
    target_N = tokens.targets()
    first_M, last_M = (np.searchsorted(target_N, index_M) for index_M in (starts_M, ends_M))
    last: Ints = target_N[last_M[last_M > first_M] - 1]
    return last


def _times_at(parts: Sequence[Tokens], shares: Sequence[float]) -> list[int]:
    """The times before which about these shares of all tokens began.

    They are found without having all times at once: the upper bits first, then the lower ones.
    """
    upper = _Counts.of(part.start_time_N >> _LOWER_BITS for part in parts)
    found = []
    for index in (round(share * upper.total) for share in shares):
        if index >= upper.total:
            found.append(_NEVER)
            continue
        bits, rest = upper.value_at(index)
        lower = _Counts.of(
            part.start_time_N[part.start_time_N >> _LOWER_BITS == bits] for part in parts
        )
        found.append(lower.value_at(rest)[0])
    return found


@dataclass(frozen=True, slots=True)
class _Counts:
    """How often there is each of some numbers; these ascend."""

    values: Ints
    counts: Ints

    @classmethod
    def of(cls, parts: Iterable[Ints]) -> Self:
        """The counts of the numbers of all parts."""
        values, counts = np.zeros(0, np.int64), np.zeros(0, np.int64)
        for part in filter(len, parts):
            first = int(part.min())
            counts_of_part = np.bincount(part - first)
            values_of_part = np.flatnonzero(counts_of_part)
            both = np.concatenate([values, values_of_part + first])
            weights = np.concatenate([counts, counts_of_part[values_of_part]])
            values, where = np.unique(both, return_inverse=True)
            counts = np.bincount(where, weights).astype(np.int64)
        return cls(values, counts)

    @property
    def total(self) -> int:
        """How many numbers there are."""
        return int(self.counts.sum())

    def value_at(self, index: int) -> tuple[int, int]:
        """The number there in ascending order, and how many equal ones are before it."""
        end = self.counts.cumsum()
        where = int(np.searchsorted(end, index, side="right"))
        return int(self.values[where]), index - int(end[where] - self.counts[where])


def _count_before(tokens: Tokens, time: int) -> Ints:
    """How many of each member's tokens began before a time, M."""
    if not len(tokens):
        return np.array([], np.int64)
    return np.add.reduceat((tokens.start_time_N < time).astype(np.int64), tokens.starts()[:-1])
