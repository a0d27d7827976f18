"""Estimates the link's bandwidth, and how certain that is, from the traffic so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log, sqrt

from player_stub.streaming.policy import Transfer

FIRST_SAMPLE_SECONDS = 0.05
"""Traffic of the first sample: less measures how fast a program reads its socket, not the link."""

_SAMPLE_SECONDS = 0.25  # of traffic for any later sample: less is noise
_PRIOR_SPREAD, _PRIOR_WEIGHT = 0.5, 3.0  # assumed of a link before the first sample
_LARGEST_ERROR = 1.0  # of the logarithm: one outage should not widen the estimate for long
_MEMORY = 0.9  # what an error counts by the next sample


@dataclass(slots=True)
class _RunningMean:
    """An exponentially weighted mean: a sample counts half after `half_life` seconds."""

    half_life: float
    total: float = 0.0
    weight: float = 0.0

    @property
    def value(self) -> float:
        return self.total / self.weight

    def add(self, sample: float, seconds: float) -> None:
        fade = 0.5 ** (seconds / self.half_life)
        self.total = self.total * fade + sample * (1 - fade)
        self.weight = self.weight * fade + 1 - fade


@dataclass(slots=True)
class BandwidthEstimate:
    """The lower of two running means of the logarithm of the bandwidth.

    Dips matter more than peaks: the fast mean follows them at once, the slow one remembers them.
    """

    _at: float = 0.0
    _size: float = 0.0
    _seconds: float = 0.0
    _fast: _RunningMean = field(default_factory=lambda: _RunningMean(2.0))
    _slow: _RunningMean = field(default_factory=lambda: _RunningMean(8.0))
    _errors: _RunningMean = field(
        default_factory=lambda: _RunningMean(1.0, _PRIOR_WEIGHT * _PRIOR_SPREAD**2, _PRIOR_WEIGHT)
    )

    @property
    def has_samples(self) -> bool:
        """Whether there was any sample yet."""
        return self._fast.weight > 0

    @property
    def bits(self) -> float:
        """Expected bits per second."""
        return exp(min(self._fast.value, self._slow.value))

    @property
    def spread(self) -> float:
        """Standard deviation of the logarithm of the bandwidth, by the errors of past estimates."""
        return sqrt(self._errors.value)

    def update(self, now: float, traffic: Transfer, *, complete: bool) -> None:
        """Take all traffic up to now; `complete` where nothing requested is outstanding."""
        size, seconds = traffic.size - self._size, traffic.seconds - self._seconds
        least = _SAMPLE_SECONDS if self.has_samples else FIRST_SAMPLE_SECONDS * (not complete)
        if size <= 0 or seconds <= 0 or seconds < least:
            return
        sample, passed = log(8 * size / seconds), now - self._at
        self._at, self._size, self._seconds = now, traffic.size, traffic.seconds
        if self.has_samples:
            error = min(abs(sample - log(self.bits)), _LARGEST_ERROR)
            self._errors.total = _MEMORY * self._errors.total + error**2
            self._errors.weight = _MEMORY * self._errors.weight + 1
        self._fast.add(sample, passed)
        self._slow.add(sample, passed)
