"""Where delivery finds the reel that an address names."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

from sizzle.errors import NotFoundError
from sizzle.reel import TimecodeList


class Reels(Protocol):
    """From a reel's id to the reel."""

    def get(self, reel_id: str) -> TimecodeList:
        """The reel. Raises NotFoundError: there is none, or it is no longer known."""


class RecentReels:
    """The reels that were composed last, in memory; the one not asked for longest goes first.

    Safe to share between threads.

    Args:
        capacity: how many are kept; one takes some 20 KB.
    """

    def __init__(self, capacity: int = 10_000) -> None:
        self._capacity = capacity
        self._reels: OrderedDict[str, TimecodeList] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, reel: TimecodeList) -> None:
        """Keep a reel."""
        with self._lock:
            self._reels[reel.reel_id] = reel
            self._reels.move_to_end(reel.reel_id)
            if len(self._reels) > self._capacity:
                self._reels.popitem(last=False)

    def get(self, reel_id: str) -> TimecodeList:
        """The reel. Raises NotFoundError."""
        with self._lock:
            if reel_id in self._reels:
                self._reels.move_to_end(reel_id)
                return self._reels[reel_id]
        raise NotFoundError(
            f"There is no reel {reel_id[:120]!r}, or it is no longer known.",
            fix="ask for it with POST /v1/reels, and play it then.",
        )
