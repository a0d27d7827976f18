"""Records exposures in the background: no response waits for the database."""

from __future__ import annotations

import logging
import threading
from collections import Counter, deque
from typing import Final

from sizzle.api.http.metrics import EXPOSURES
from sizzle.engagement.shown import ShownReel
from sizzle.errors import SizzleError
from sizzle.eventlog import EventLog

MAX_WAITING: Final = 20_000
"""Exposures that wait to be recorded, at some 200 bytes; more are dropped, and counted."""

_CHUNK: Final = 500
"""Exposures of one commit; they are prepared in 3 ms, a share of which responses wait."""

_log = logging.getLogger(__name__)


class ExposureRecorder:
    """Takes exposures from any thread, and records them when it is flushed.

    What waits when the process is killed is lost: at most what came since the last flush.

    Args:
        log: that they are appended to.
        max_waiting: exposures.
    """

    def __init__(self, log: EventLog, max_waiting: int = MAX_WAITING) -> None:
        self._log = log
        self._max_waiting = max_waiting
        self._waiting: deque[ShownReel] = deque()
        self._failing = False
        self._flushing = threading.Lock()

    def record(self, shown: ShownReel) -> None:
        """Have an exposure recorded, unless too many wait."""
        if len(self._waiting) >= self._max_waiting:
            EXPOSURES.labels("dropped").inc()
        else:
            self._waiting.append(shown)

    def flush(self) -> None:
        """Record what waits; where the database cannot be used, it waits on."""
        with self._flushing:
            while self._waiting and self._flush_some():
                pass

    def _flush_some(self) -> bool:
        """Record some of what waits. Returns whether that went well."""
        some = [self._waiting.popleft() for _ in range(min(_CHUNK, len(self._waiting)))]
        try:
            outcomes = self._log.submit_exposures([each.exposure() for each in some]).result()
        except SizzleError as error:
            self._waiting.extendleft(reversed(some))
            if not self._failing:
                _log.error("Exposures cannot be recorded yet: %s", error)
            self._failing = True
            return False
        except Exception:  # one that the program did not foresee must not stop the recording
            _log.exception("Exposures cannot be recorded.")
            EXPOSURES.labels("failed").inc(len(some))
            return True
        self._failing = False
        for outcome, number in Counter(outcomes).items():
            EXPOSURES.labels(outcome.value).inc(number)
        return True
