"""What is known of each request: it is counted, timed and logged, those of a moment together.

To do it at once would take twice as long, as all that it needs would have left the processor's
caches since the request before; and each line of a log costs a system call.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Final

from prometheus_client import Counter, Histogram

from sizzle.api.http.json_log import RequestLine, RequestLog
from sizzle.api.http.metrics import REQUESTS, SECONDS

_MOMENT: Final = 0.1  # seconds
_MOST: Final = 256  # requests: what they take together is no long time for those that wait


class Requests:
    """Takes notes of requests. Not safe to share between threads.

    Args:
        log: gets a line for each, if given.
    """

    def __init__(self, log: RequestLog | None = None) -> None:
        self._log = log
        self._lines: list[RequestLine] = []

    def add(self, line: RequestLine) -> None:
        """Note a request, whose answer is sent by the event loop that runs."""
        self._lines.append(line)
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_later(_MOMENT, self.settle)
        elif len(self._lines) >= _MOST:
            self.settle()

    def settle(self) -> None:
        """Count, time and log what was noted."""
        lines, self._lines = self._lines, []
        for line in lines:
            count, took = _meters(line.method, line.route, line.status)
            count.inc()
            took.observe(line.ms / 1e3)
        if self._log is not None:
            self._log.write(lines)


@cache
def _meters(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """What to count a request with; finding it anew each time costs as much as counting does."""
    return REQUESTS.labels(method, route, status), SECONDS.labels(route)
