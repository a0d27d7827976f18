"""How many requests a second each key, or each token of a device, may make."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from sizzle.api.auth.api_keys import ApiKey
from sizzle.errors import SizzleError

_MAX_BUCKETS = 10_000


class RateLimitError(SizzleError):
    """More requests than the rate of a key or token allows.

    Attributes:
        wait: seconds until the next request is allowed.
    """

    status: ClassVar[int] = 429
    slug: ClassVar[str] = "too-many-requests"
    title: ClassVar[str] = "Too many requests"

    def __init__(self, wait: float, what: str = "key") -> None:
        super().__init__(f"The {what}'s rate is exceeded.", fix=f"retry after {wait:.3f} seconds.")
        self.wait = wait
        self.retry_after = int(wait) + 1


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
    """A bucket for each key or token.

    Args:
        rate: requests a second where there is no other rate.
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
        self._take(key.key_id, key.rate, "key")

    def charge(self, key: ApiKey, requests: int) -> None:
        """Count what a request of a key turned out to be worth beyond itself.

        It is made all the same; the key's next requests wait until its rate has made up for it.
        """
        bucket = self._bucket(key.key_id, key.rate)
        bucket.tokens -= requests

    def check_token(self, token: str) -> None:
        """Count a request of a device's token. Raises RateLimitError where it comes too soon."""
        self._take(token, None, "token")

    def _take(self, name: str, rate: float | None, what: str) -> None:
        if wait := self._bucket(name, rate).take(self._clock()):
            raise RateLimitError(wait, what)

    def _bucket(self, name: str, rate: float | None) -> TokenBucket:
        rate = (rate or self._rate) * self._share
        bucket = self._buckets.get(name)
        if bucket is None or bucket.rate != rate:
            if len(self._buckets) >= _MAX_BUCKETS:
                self._buckets.clear()
            bucket = TokenBucket(rate, max(1.0, rate), self._clock())
            self._buckets[name] = bucket
        return bucket
