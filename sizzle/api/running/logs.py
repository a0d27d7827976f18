"""Logs as JSON, one object a line, each with the id of the request that it is about."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from contextvars import ContextVar
from typing import Any

import msgspec

_MOMENT = 0.1  # seconds

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


class RequestLine(msgspec.Struct):
    """What is logged of each request."""

    time: float
    request_id: str
    method: str
    path: str
    status: int
    ms: float
    client: str
    key: str
    level: str = "info"
    logger: str = "sizzle.requests"


class RequestLog:
    """Writes a line for each request; those of a moment together, as each costs a system call."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._encoder = msgspec.json.Encoder()

    def add(self, line: RequestLine) -> None:
        """Log a request, whose answer is sent by the event loop that runs."""
        self._lines.append(self._encoder.encode(line))
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_later(_MOMENT, self.flush)

    def flush(self) -> None:
        """Write what was logged."""
        lines, self._lines = self._lines, []
        if lines:
            sys.stderr.write((b"\n".join(lines) + b"\n").decode())
            sys.stderr.flush()


def now() -> float:
    """Seconds since 1970, to the millisecond."""
    return round(time.time(), 3)
