"""Logs as JSON lines, with the id of the request that each belongs to."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import msgspec

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the current request."""


class JsonFormatter(logging.Formatter):
    """Formats records as JSON lines."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line: dict[str, Any] = {
            "time": round(record.created, 3),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()


def log_json(level: int = logging.INFO) -> None:
    """Log to standard error as JSON, in the whole process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # else seven lines at each start


class RequestLine(msgspec.Struct, gc=False):
    """The line of a request in the log.

    Attributes:
        time: when it was answered, in seconds since 1970.
        route: the pattern of its route.
        ms: milliseconds from its headers to the end of its response.
        client: the client's address.
        key: the id of the client's API key, if it sent one.
    """

    time: float
    request_id: str
    method: str
    path: str
    route: str
    status: int
    ms: float
    client: str
    key: str
    level: str = "info"
    logger: str = "sizzle.requests"


class RequestLog:
    """Writes lines about requests to standard error."""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()

    def write(self, lines: Sequence[RequestLine]) -> None:
        """Write the lines of several requests in one system call, their times rounded."""
        for line in lines:
            # As `round` does, which takes a microsecond for each number.
            line.time = int(line.time * 1000 + 0.5) / 1000
            line.ms = int(line.ms * 1000 + 0.5) / 1000
        if lines:
            sys.stderr.write(self._encoder.encode_lines(lines).decode())
            sys.stderr.flush()
