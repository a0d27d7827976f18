"""How fast the link is, and how sure that is, from what came so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log, sqrt

from player_stub.streaming.policy import Done

LEAST_FIRST = 0.05
"""Seconds of traffic for the first sample: before, it says how fast a program reads its buffer."""

_LEAST_SECONDS = 0.25  # of traffic for a sample: less says nothing
_PRIOR_SPREAD, _PRIOR_WEIGHT = 0.5, 3.0  # what is believed of a link before it was seen
_LARGEST_ERROR = 1.0  # of the logarithm: that it broke down once is no reason to doubt it for long
_MEMORY = 0.9  # of an error, by the next sample


@dataclass(slots=True)
class _Mean:
    """A running mean, in which a sample counts half after `life` seconds."""

    life: float
    total: float = 0.0
    weight: float = 0.0

    @property
    def value(self) -> float:
        return self.total / self.weight

    def add(self, sample: float, seconds: float) -> None:
        fade = 0.5 ** (seconds / self.life)
        self.total = self.total * fade + sample * (1 - fade)
        self.weight = self.weight * fade + 1 - fade


@dataclass(slots=True)
class Speed:
    """Two running means of the logarithm of the speed, of which the lower one counts.

    Dips matter more than peaks: a fast mean sees them at once, and a slow one does not forget them.
    """

    _at: float = 0.0
    _size: float = 0.0
    _seconds: float = 0.0
    _fast: _Mean = field(default_factory=lambda: _Mean(2.0))
    _slow: _Mean = field(default_factory=lambda: _Mean(8.0))
    _errors: _Mean = field(
        default_factory=lambda: _Mean(1.0, _PRIOR_WEIGHT * _PRIOR_SPREAD**2, _PRIOR_WEIGHT)
    )

    @property
    def known(self) -> bool:
        """Whether anything was seen."""
        return self._fast.weight > 0

    @property
    def bits(self) -> float:
        """A second, as expected."""
        return exp(min(self._fast.value, self._slow.value))

    @property
    def spread(self) -> float:
        """How far off the logarithm of what was expected has been: a standard deviation."""
        return sqrt(self._errors.value)

    def see(self, now: float, traffic: Done, *, all_came: bool) -> None:
        """Take what came in all by now, and whether that is all that was asked for."""
        size, seconds = traffic.size - self._size, traffic.seconds - self._seconds
        least = _LEAST_SECONDS if self.known else LEAST_FIRST * (not all_came)
        if size <= 0 or seconds <= 0 or seconds < least:
            return
        sample, passed = log(8 * size / seconds), now - self._at
        self._at, self._size, self._seconds = now, traffic.size, traffic.seconds
        if self.known:
            error = min(abs(sample - log(self.bits)), _LARGEST_ERROR)
            self._errors.total = _MEMORY * self._errors.total + error**2
            self._errors.weight = _MEMORY * self._errors.weight + 1
        self._fast.add(sample, passed)
        self._slow.add(sample, passed)
