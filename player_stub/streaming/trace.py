"""Bandwidth traces: how many bits per second a link carries over time.

A trace is constant over each of its periods and repeats when it ends, as in the simulators that it
is exchanged with. All times are in seconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from math import isfinite

from sizzle.errors import InputError

LEAST_BITS = 1000
"""Mean bits per second below which a trace is refused: no reel would ever play."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of a trace.

    Attributes:
        seconds: how long it lasts.
        bits: bits per second; 0 in a tunnel.
        round_trip: seconds from a request to the first byte of its answer.
    """

    seconds: float
    bits: float
    round_trip: float


@dataclass(frozen=True)
class Trace:
    """A link's bandwidth over time.

    Raises:
        InputError: no periods, one without length or with a negative or infinite value, or so few
            bits that nothing could ever be played.
    """

    periods: tuple[Period, ...]

    def __post_init__(self) -> None:
        if not self.periods:
            raise InputError("The trace has no periods.", fix="give it at least one.")
        for number, period in enumerate(self.periods, start=1):
            _check(number, period)
        if self.mean_bits < LEAST_BITS:
            raise InputError(
                f"The trace has {self.mean_bits:g} bits per second on average: nothing would ever "
                "play.",
                fix=f"use one of at least {LEAST_BITS}; check its unit.",
            )

    @cached_property
    def _ends(self) -> tuple[float, ...]:
        """When each period ends."""
        return tuple(accumulate(period.seconds for period in self.periods))

    @cached_property
    def _sums(self) -> tuple[float, ...]:
        """Bits that the link has carried by the end of each period."""
        return tuple(accumulate(period.seconds * period.bits for period in self.periods))

    @property
    def seconds(self) -> float:
        """Its length, after which it repeats."""
        return self._ends[-1]

    @property
    def mean_bits(self) -> float:
        """Bits per second, on average."""
        return self._sums[-1] / self.seconds

    def with_round_trip(self, seconds: float) -> Trace:
        """The same with another round trip."""
        return Trace(tuple(replace(period, round_trip=seconds) for period in self.periods))

    def period_at(self, time: float) -> Period:
        """The period at a time."""
        index = bisect_right(self._ends, time % self.seconds)
        return self.periods[min(index, len(self.periods) - 1)]

    def bits_by(self, time: float) -> float:
        """Bits that the link can have carried from 0 to a time."""
        rounds, rest = divmod(time, self.seconds)
        index = min(bisect_right(self._ends, rest), len(self.periods) - 1)
        period, end = self.periods[index], self._ends[index]
        return rounds * self._sums[-1] + self._sums[index] - (end - rest) * period.bits

    def finish_time(self, start: float, bits: float) -> float:
        """The first time by which the link can have carried so many bits since `start`."""
        rounds, rest = divmod(self.bits_by(start) + bits, self._sums[-1])
        if rest <= 0:  # all of the last round, and not the silence that may follow in the next
            rounds, rest = rounds - 1, self._sums[-1]
        index = min(bisect_left(self._sums, rest), len(self.periods) - 1)
        period, end = self.periods[index], self._ends[index]
        missing = (self._sums[index] - rest) / period.bits if period.bits else 0.0
        return max(start, rounds * self.seconds + end - missing)


def _check(number: int, period: Period) -> None:
    for name, value, least in (
        ("seconds", period.seconds, 0.0),
        ("bandwidth", period.bits, 0.0),
        ("round trip", period.round_trip, 0.0),
    ):
        if not isfinite(value) or value < least:
            raise InputError(
                f"Period {number} of the trace has a {name} of {value:g}.",
                fix="use finite numbers of 0 or more.",
            )
    if not period.seconds:
        raise InputError(
            f"Period {number} of the trace has no length.", fix="remove it, or give it one."
        )
