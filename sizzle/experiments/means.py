"""Means of amounts such as watched minutes, their differences, and intervals for these.

Amounts are heavy-tailed: most members watch nothing, a few very much. So each member's is counted
up to a limit that is chosen beforehand, and whoever makes a `Sample` says which. And where chance
leaves the largest amounts out of a small treatment, its mean and its spread are too small together:
therefore a treatment is taken to spread no less than both do together. Without this, the sequence
of a treatment of 400 members beside one of 19,600 gave false alarms in 42 % of simulated
experiments instead of 5 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from sizzle.errors import InputError
from sizzle.experiments.intervals import Interval, critical_value
from sizzle.experiments.sequences import mixture_value

EVERYTHING = Interval(-math.inf, math.inf)
"""Where nothing is known yet."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Amounts of members.

    Attributes:
        members: how many, also those whose amount is 0.
        total: of their amounts.
        squares: of their amounts, added up.

    Raises:
        InputError: less than nobody, or sums that no amounts have.
    """

    members: int
    total: float = 0.0
    squares: float = 0.0

    def __post_init__(self) -> None:
        rounding = 1e-9 * (1 + self.total * self.total)
        if self.members < 0 or self.squares * self.members + rounding < self.total * self.total:
            raise InputError(
                f"No {self.members} amounts have the sum {self.total} and the squares "
                f"{self.squares}.",
                fix="add up each amount and its square once.",
            )

    @property
    def mean(self) -> float | None:
        """Amount of a member; None without members."""
        return self.total / self.members if self.members else None

    @property
    def variance(self) -> float:
        """Of the amounts; 0 where there are fewer than two."""
        if self.members < 2:
            return 0.0
        spread = self.squares - self.total * self.total / self.members
        return max(0.0, spread / (self.members - 1))

    def __add__(self, other: Sample) -> Sample:
        """Of the members of both."""
        return Sample(
            self.members + other.members,
            self.total + other.total,
            self.squares + other.squares,
        )


def mean_interval(first: Sample, second: Sample, confidence: float = 0.95) -> Interval:
    """An interval for the first mean minus the second, for one look that was fixed beforehand.

    Raises:
        InputError: a confidence that is not between 0 and 1.
    """
    return _around(first, second, critical_value(confidence))


def mean_sequence(
    first: Sample, second: Sample, scale: float, confidence: float = 0.95
) -> Interval:
    """An interval for the first mean minus the second that may be looked at any time.

    An asymptotic confidence sequence (Waudby-Smith et al., "Time-uniform central limit theory and
    asymptotic confidence sequences"): it holds as members grow many, whatever the amounts' law.

    Args:
        first: of one treatment so far.
        second: of the other.
        scale: as in `confidence_sequence`, in the unit of the amounts.
        confidence: that all of the intervals together have the true difference.

    Raises:
        InputError: a confidence that is not between 0 and 1, or a scale that is not above 0.
    """
    variance = _variance(first, second)
    # Refuses bad arguments also where there is no variance yet.
    return _around(first, second, mixture_value(variance or 1.0, confidence, scale))


def _around(first: Sample, second: Sample, z: float) -> Interval:
    variance = _variance(first, second)
    if first.mean is None or second.mean is None or not variance:
        return EVERYTHING
    difference, half = first.mean - second.mean, z * math.sqrt(variance)
    return Interval(difference - half, difference + half)


def _variance(first: Sample, second: Sample) -> float:
    """Of the difference; 0 where nobody or nothing is counted."""
    if not first.members or not second.members:
        return 0.0
    of_both = (first + second).variance
    return sum(max(sample.variance, of_both) / sample.members for sample in (first, second))
