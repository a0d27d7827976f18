"""Intervals for rates and their differences, for one look at a time that was fixed beforehand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from sizzle.errors import InputError


@dataclass(frozen=True, slots=True)
class Count:
    """Successes among trials, such as members who finished a reel among those who were shown one.

    Raises:
        InputError: negative, or more successes than trials.
    """

    successes: int
    trials: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.trials:
            raise InputError(
                f"{self.successes} successes of {self.trials} trials is no count.",
                fix="count each trial once.",
            )

    @property
    def rate(self) -> float | None:
        """Successes per trial; None without trials."""
        return self.successes / self.trials if self.trials else None


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included."""

    low: float
    high: float

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high


def critical_value(confidence: float) -> float:
    """How many standard errors an interval of this confidence reaches to either side.

    Raises:
        InputError: not between 0 and 1.
    """
    if not 0 < confidence < 1:
        raise InputError(f"The confidence is {confidence}.", fix="use one such as 0.95.")
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def wilson_interval(count: Count, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for a rate; all rates where there are no trials.

    Raises:
        InputError: a confidence that is not between 0 and 1.
    """
    return wilson_of(count, critical_value(confidence))


def wilson_of(count: Count, z: float) -> Interval:
    """Wilson's interval that reaches so many standard errors to either side."""
    n = count.trials
    if n == 0:
        return Interval(0.0, 1.0)
    rate = count.successes / n
    centre = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    # At 0 and 1 the ends are exact, but for rounding.
    low = 0.0 if count.successes == 0 else max(0.0, centre - half)
    high = 1.0 if count.successes == n else min(1.0, centre + half)
    return Interval(low, high)


def newcombe_interval(first: Count, second: Count, confidence: float = 0.95) -> Interval:
    """Newcombe's hybrid score interval for the first rate minus the second.

    It holds for one look. Whoever looks again and again, to stop when zero is outside, needs
    `confidence_sequence`.

    Raises:
        InputError: a confidence that is not between 0 and 1.
    """
    return newcombe_of(first, second, critical_value(confidence))


def newcombe_of(first: Count, second: Count, z: float) -> Interval:
    """Newcombe's interval that reaches so many standard errors to either side."""
    one, two = wilson_of(first, z), wilson_of(second, z)
    if first.rate is None or second.rate is None:
        return Interval(-1.0, 1.0)
    difference = first.rate - second.rate
    down = math.hypot(first.rate - one.low, two.high - second.rate)
    up = math.hypot(one.high - first.rate, second.rate - two.low)
    return Interval(max(-1.0, difference - down), min(1.0, difference + up))
