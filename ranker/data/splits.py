"""What is learnt from, what says when to stop, and what is judged by: splits of members' tokens.

A split holds places of tokens. Whatever precedes a place is the history it is predicted from.
Names of arrays end in their shape: M members, N tokens, T targets.
"""

from dataclasses import dataclass

import numpy as np

from ranker.data.arrays import Ints
from ranker.data.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Split:
    """Each member's tokens up to an end are learnt from; later ones are not.

    Args:
        starts_M: where each member's tokens begin.
        ends_M: where those to learn from end, exclusive.
        valid_T: tokens that say when to stop.
        test_T: tokens to judge by.
    """

    starts_M: Ints
    ends_M: Ints
    valid_T: Ints
    test_T: Ints

    def training(self) -> Ints:
        """The places of all tokens to learn from."""
        runs = zip(self.starts_M.tolist(), self.ends_M.tolist(), strict=True)
        return np.concatenate([np.arange(start, end) for start, end in runs] or [np.array([], int)])


def leave_one_out(tokens: Tokens) -> Split:
    """Each member's last title is the test, the last but one says when to stop."""
    starts_M, ends_M = tokens.starts()[:-1], tokens.starts()[1:]
    enough_M = ends_M - starts_M >= 3
    return Split(
        starts_M,
        np.where(enough_M, ends_M - 2, ends_M),
        ends_M[enough_M] - 2,
        ends_M[enough_M] - 1,
    )


def by_time(tokens: Tokens, valid: float = 0.1, test: float = 0.1) -> Split:
    """All before a time is learnt from; then come shares of the tokens for stopping and the test.

    Of each member, the last title in a period is a target; members who came later than what was
    learnt from are among them.
    """
    starts_M, stops_M = tokens.starts()[:-1], tokens.starts()[1:]
    times = np.sort(tokens.first_N)
    learnt, stopped = (_time_of(times, share) for share in (1 - valid - test, 1 - test))
    ends_M = starts_M + _count_before(tokens, learnt)
    tests_M = starts_M + _count_before(tokens, stopped)
    return Split(
        starts_M,
        ends_M,
        tests_M[tests_M > ends_M] - 1,
        stops_M[stops_M > tests_M] - 1,
    )


def _time_of(times: Ints, share: float) -> int:
    """The time before which about a share of the tokens lies."""
    place = round(share * len(times))
    return int(times[place]) if place < len(times) else 2**62


def _count_before(tokens: Tokens, time: int) -> Ints:
    """How many of each member's tokens began before a time, M."""
    if not len(tokens):
        return np.array([], np.int64)
    return np.add.reduceat((tokens.first_N < time).astype(np.int64), tokens.starts()[:-1])
