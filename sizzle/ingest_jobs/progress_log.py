"""A job's progress: lines of JSON that are only ever added to. An event's id is its line's number.

Whoever reads them may come late, break off and come again, in any process.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """One thing that happened: `kind` is `queued`, `progress`, `broke`, `done` or `failed`."""

    number: int
    kind: str
    data: dict[str, Any]

    @property
    def last(self) -> bool:
        """Whether none follows."""
        return self.kind in ("done", "failed")

    def wire(self) -> bytes:
        """As server-sent events have it."""
        data = json.dumps(self.data)  # ASCII, so no line break of any script can end the field
        return f"id: {self.number}\nevent: {self.kind}\ndata: {data}\n\n".encode()


@dataclass(frozen=True, slots=True)
class ProgressLog:
    """The events of one job. Only who holds the job for running adds to them."""

    path: Path

    def add(self, kind: str, **data: Any) -> None:  # noqa: ANN401 - any JSON
        """Add an event; half a line that a crash left behind is ended first."""
        line = json.dumps({"event": kind, **data}).encode() + b"\n"
        with self.path.open("ab+") as file:
            if file.tell() and not self._is_whole():
                line = b"\n" + line
            file.write(line)

    def after(self, number: int) -> list[ProgressEvent]:
        """The events past a number, oldest first."""
        return [event for event in self._all() if event.number > number]

    def count(self, kind: str) -> int:
        """How many there are of a kind."""
        return sum(event.kind == kind for event in self._all())

    def _all(self) -> list[ProgressEvent]:
        try:
            lines = self.path.read_bytes().split(b"\n")[:-1]  # what follows the last is half a line
        except FileNotFoundError:
            return []
        return [event for at, line in enumerate(lines, 1) if (event := _event(at, line))]

    def _is_whole(self) -> bool:
        return self.path.read_bytes().endswith(b"\n")


def _event(number: int, line: bytes) -> ProgressEvent | None:
    """The event of a line, or None of one that was cut short."""
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return ProgressEvent(number, data.pop("event"), data)
