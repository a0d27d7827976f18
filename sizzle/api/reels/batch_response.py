"""The response to a batch: megabytes, sent in parts so that others are answered in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from sizzle.api.http.json_body import JSON

_PART: Final = 16  # results, some 100 kB: the server waits after each until most of it is sent
_OPENING: Final = b'{"results":['
_CLOSING: Final = b"]}"


class BatchJson(Response):
    """Results as a `BatchResponse`.

    Args:
        results: JSON of each, at least one.
    """

    media_type = JSON

    def __init__(self, results: Sequence[bytes]) -> None:
        super().__init__()
        self._results = results
        commas = len(results) - 1
        size = len(_OPENING) + sum(map(len, results)) + commas + len(_CLOSING)
        self.headers["content-length"] = str(size)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        for part in self._parts():
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": _CLOSING})

    def _parts(self) -> Iterator[bytes]:
        for start in range(0, len(self._results), _PART):
            results = b",".join(self._results[start : start + _PART])
            yield (b"," if start else _OPENING) + results
