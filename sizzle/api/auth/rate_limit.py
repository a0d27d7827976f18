"""How many requests a second each key may make."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from sizzle.api.auth.api_keys import ApiKey
from sizzle.errors import SizzleError

_MAX_BUCKETS = 10_000


class RateLimitError(SizzleError):
    """More requests than the key's rate allows.

    Attributes:
        wait: seconds until the next request is allowed.
    """

    status: ClassVar[int] = 429
    slug: ClassVar[str] = "too-many-requests"
    title: ClassVar[str] = "Too many requests"

    def __init__(self, wait: float) -> None:
        super().__init__("The key's rate is exceeded.", fix=f"retry after {wait:.3f} seconds.")
        self.wait = wait


@dataclass(slots=True)
class TokenBucket:
    """Allows a rate on average, and a second's worth of requests at once.

    Attributes:
        rate: requests a second.
        tokens: requests that may be made now.
        updated: the time of the last `take`, in seconds on its clock.
    """

    rate: float
    tokens: float
    updated: float

    def take(self, now: float) -> float:
        """Count a request. Returns the seconds to wait before it is allowed, 0 if it is."""
        capacity = max(1.0, self.rate)
        self.tokens = min(capacity, self.tokens + (now - self.updated) * self.rate)
        self.updated = now
        if self.tokens >= 1:
            self.tokens -= 1
            return 0.0
        return (1 - self.tokens) / self.rate


class RateLimiter:
    """A token bucket for each key.

    Args:
        rate: requests a second of a key without a rate of its own.
        share: this process's part of each rate: 1 over the number of workers.
        clock: seconds, never going back.
    """

    def __init__(
        self, rate: float, share: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate = rate
        self._share = share
        self._clock = clock
        self._buckets: dict[str, TokenBucket] = {}

    def check(self, key: ApiKey) -> None:
        """Count a request of a key. Raises RateLimitError where it comes too soon."""
        if wait := self._bucket(key).take(self._clock()):
            raise RateLimitError(wait)

    def _bucket(self, key: ApiKey) -> TokenBucket:
        rate = (key.rate or self._rate) * self._share
        bucket = self._buckets.get(key.key_id)
        if bucket is None or bucket.rate != rate:
            if len(self._buckets) >= _MAX_BUCKETS:
                self._buckets.clear()
            bucket = TokenBucket(rate, max(1.0, rate), self._clock())
            self._buckets[key.key_id] = bucket
        return bucket
