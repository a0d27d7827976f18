"""The time, and waiting: handed in, so that tests wait for nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock.

    Attributes:
        time: seconds since 1970.
        sleep: waits for so many seconds.
    """

    time: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.time() * 1000)
