"""What clients were answered, what was accepted, and what befell the service meanwhile."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

AFTERMATH: Final = 90.0
"""Seconds after a kill for which requests may fail: so long may a start take on a busy machine."""


@dataclass
class Ledger:
    """Shared by all threads.

    Attributes:
        counts: of answers, by what they were.
        wrong: answers that are not what they must be.
        events: ids of events that were accepted.
        publications: the asset's version of each publication that was answered, by its key.
        troubles: how often each befell the service.
        failed: troubles that could not be made, such as a publication while the disk is full.
    """

    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    events: set[str] = field(default_factory=set)
    publications: dict[str, bytes] = field(default_factory=dict)
    troubles: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    _spans: list[tuple[str, float, float]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        """Count one more."""
        with self._lock:
            self.counts[what] += 1

    def is_wrong(self, what: str) -> None:
        """Something is not as it must be."""
        with self._lock:
            self.wrong.append(f"{time.strftime('%H:%M:%S')} {what}"[:600])

    def took(self, seconds: float) -> None:
        """An answer took so long."""
        with self._lock:
            self.slowest = max(self.slowest, seconds)

    @contextmanager
    def trouble(self, name: str) -> Iterator[None]:
        """Something befalls the service while the block runs."""
        began = time.monotonic()
        with self._lock:
            self.troubles[name] += 1
            self._spans.append((name, began, float("inf")))
        try:
            yield
        finally:
            with self._lock:
                self._spans.remove((name, began, float("inf")))
                self._spans.append((name, began, time.monotonic()))

    def number(self, names: set[str], since: float) -> int:
        """How many of these troubles began after a time."""
        with self._lock:
            return sum(name in names and began >= since for name, began, _ in self._spans)

    def befell(self, names: set[str], since: float) -> bool:
        """Whether one of these troubles, or its aftermath, was there at or after a time."""
        with self._lock:
            return any(name in names and end + AFTERMATH >= since for name, _, end in self._spans)
