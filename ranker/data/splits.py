"""Training, validation and test splits of members' tokens.

A split holds indexes of tokens. Each target is predicted from all that precedes it in the member's
history. Names of arrays end in their shape: M members, N tokens, T targets.
"""

from dataclasses import dataclass

import numpy as np

from ranker.data.arrays import Ints
from ranker.data.tokens import Tokens


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
        ranges = [
            np.arange(start, end)
            for start, end in zip(self.starts_M.tolist(), self.ends_M.tolist(), strict=True)
        ]
        return np.concatenate(ranges or [np.array([], int)])


def leave_one_out(tokens: Tokens) -> Split:
    """Each member's last title is the test target, the one before it the validation target."""
    starts_M, ends_M = tokens.starts()[:-1], tokens.starts()[1:]
    enough_M = ends_M - starts_M >= 3
    return Split(
        starts_M,
        np.where(enough_M, ends_M - 2, ends_M),
        ends_M[enough_M] - 2,
        ends_M[enough_M] - 1,
    )


def by_time(tokens: Tokens, valid: float = 0.1, test: float = 0.1) -> Split:
    """Train on all tokens before a point in time; validate and test on the shares after it.

    The targets are each member's last title within the validation and the test period, also for
    members whose history begins after the training period.
    """
    starts_M, ends_M = tokens.starts()[:-1], tokens.starts()[1:]
    times = np.sort(tokens.start_time_N)
    valid_from, test_from = (_time_at(times, share) for share in (1 - valid - test, 1 - test))
    valid_M = starts_M + _count_before(tokens, valid_from)
    test_M = starts_M + _count_before(tokens, test_from)
    return Split(
        starts_M,
        valid_M,
        test_M[test_M > valid_M] - 1,
        ends_M[ends_M > test_M] - 1,
    )


def _time_at(times: Ints, share: float) -> int:
    """The time before which about a share of the tokens began."""
    index = round(share * len(times))
    return int(times[index]) if index < len(times) else 2**62


def _count_before(tokens: Tokens, time: int) -> Ints:
    """How many of each member's tokens began before a time, M."""
    if not len(tokens):
        return np.array([], np.int64)
    return np.add.reduceat((tokens.start_time_N < time).astype(np.int64), tokens.starts()[:-1])
