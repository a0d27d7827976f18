"""Requests as metrics and as lines of the log, in batches.

Recording each request at once would take twice as long: the data that it needs has left the
processor's caches since the request before, and each line of a log costs a system call.
"""

from __future__ import annotations

import asyncio
from functools import cache
from typing import Final

from prometheus_client import Counter, Histogram

from sizzle.api.http.json_log import RequestLine, RequestLog
from sizzle.api.http.metrics import REQUESTS, SECONDS

_INTERVAL: Final = 0.1  # seconds
_MAX_BATCH: Final = 256  # requests: recording them does not delay others noticeably


class RequestMetrics:
    """Records requests. Not safe to share between threads.

    Args:
        log: gets a line for each request, if given.
    """

    def __init__(self, log: RequestLog | None = None) -> None:
        self._log = log
        self._batch: list[RequestLine] = []

    def add(self, line: RequestLine) -> None:
        """Record a request soon; called in the event loop that answered it."""
        self._batch.append(line)
        if len(self._batch) == 1:
            asyncio.get_running_loop().call_later(_INTERVAL, self.flush)
        elif len(self._batch) >= _MAX_BATCH:
            self.flush()

    def flush(self) -> None:
        """Record all requests that were added."""
        lines, self._batch = self._batch, []
        counts: dict[Counter, int] = {}
        for line in lines:
            requests, seconds = _labelled(line.method, line.route, line.status)
            counts[requests] = counts.get(requests, 0) + 1
            seconds.observe(line.ms / 1e3)
        for requests, count in counts.items():
            requests.inc(count)
        if self._log is not None:
            self._log.write(lines)


@cache
def _labelled(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    """The metrics of such requests; looking them up each time costs as much as counting."""
    return REQUESTS.labels(method, route, status), SECONDS.labels(route)
