"""A job's progress: an append-only file of JSON lines. An event's id is its line number.

Readers may start late, stop and resume, in any process.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """One event: `kind` is `queued`, `progress`, `crashed`, `done` or `failed`."""

    number: int
    kind: str
    data: dict[str, Any]

    @property
    def last(self) -> bool:
        """Whether it is the last event of its job."""
        return self.kind in ("done", "failed")

    def wire(self) -> bytes:
        """The event in the format of server-sent events."""
        data = json.dumps(self.data)  # ASCII, so no line break of any script can end the field
        return f"id: {self.number}\nevent: {self.kind}\ndata: {data}\n\n".encode()


@dataclass(frozen=True, slots=True)
class ProgressLog:
    """The events of one job. Only the holder of the job's running lock adds to them."""

    path: Path

    def add(self, kind: str, **data: Any) -> None:  # noqa: ANN401 - any JSON
        """Add an event; a partial line left by a crash is ended first."""
        line = json.dumps({"event": kind, **data}).encode() + b"\n"
        with self.path.open("ab+") as file:
            if file.tell() and not self._is_whole():
                line = b"\n" + line
            file.write(line)

    def after(self, number: int) -> list[ProgressEvent]:
        """The events past a number, oldest first."""
        return [event for event in self._all() if event.number > number]

    def count(self, kind: str) -> int:
        """The number of events of a kind."""
        return sum(event.kind == kind for event in self._all())

    def _all(self) -> list[ProgressEvent]:
        try:
            # What follows the last line break is a partial line, or nothing.
            lines = self.path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return []
        return [event for at, line in enumerate(lines, 1) if (event := _event(at, line))]

    def _is_whole(self) -> bool:
        return self.path.read_bytes().endswith(b"\n")


def _event(number: int, line: bytes) -> ProgressEvent | None:
    """The event of a line, or None for a partial line."""
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return ProgressEvent(number, data.pop("event"), data)
