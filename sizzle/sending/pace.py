"""Keeps a transport's rate by its own clock, however unevenly messages are handed over."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from sizzle.sending.clock import Clock

_SECOND: Final = 1.0


class Pace:
    """Lets so many messages begin within a second.

    The store gives each message its moment; but one that is late and one that is not come closer
    than their moments. So a message counts from when it begins until a second after it has ended:
    the other side, which sees it somewhere between, never sees more.

    Args:
        rate: messages a second.
        clock: to wait with.
    """

    def __init__(self, rate: float, clock: Clock) -> None:
        self._free = asyncio.Semaphore(max(1, int(rate)))
        self._seconds = max(_SECOND, 1 / rate)
        self._clock = clock
        self._ending: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def message(self) -> AsyncIterator[None]:
        """Hand one message over within this."""
        await self._free.acquire()
        try:
            yield
        finally:
            task = asyncio.create_task(self._end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)

    async def _end(self) -> None:
        await self._clock.sleep(self._seconds)
        self._free.release()
