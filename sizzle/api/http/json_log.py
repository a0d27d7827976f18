"""Logs as JSON, one object a line, each with the id of the request that it is about."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

import msgspec

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered."""


class JsonFormatter(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Write it."""
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
    """Have everything that this process logs written as JSON, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)


class RequestLine(msgspec.Struct, gc=False):
    """What is logged of each request.

    Attributes:
        time: when it was answered, in seconds since 1970.
        route: the pattern that its path was taken for.
        ms: milliseconds from its headers to its answer.
        client: the address of who asked.
        key: the id of their key, if they have one.
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
    """Writes a line of JSON for each request, to standard error."""

    def __init__(self) -> None:
        self._encoder = msgspec.json.Encoder()

    def write(self, lines: Sequence[RequestLine]) -> None:
        """Write lines about requests, with their times to the millisecond and microsecond."""
        for line in lines:
            line.time, line.ms = round(line.time, 3), round(line.ms, 3)
        if lines:
            sys.stderr.write(self._encoder.encode_lines(lines).decode())
            sys.stderr.flush()
