"""One job, as its row is at a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sizzle.jobs.progress_log import ProgressEvent

_FRESH: Final = 0.2  # seconds: of a thousand who follow one job, one asks the database


@dataclass(frozen=True, slots=True)
class Job:
    """A job.

    Attributes:
        job_id: its id.
        created: seconds since 1970.
        folder: under which its files are kept.
        request: what is asked.
        events: its progress: each has its kind as `event`.
        result: what came of it, once it is done.
        publication: what its publication did, once it is published.
        worker: the process that runs it or did so last, or empty.
        attempts: how often it was begun.
        is_running: whether that process still works on it.
    """

    job_id: str
    created: float
    folder: str
    request: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    result: Mapping[str, Any] | None = None
    publication: Mapping[str, Any] | None = None
    worker: str = ""
    attempts: int = 0
    is_running: bool = False

    def progress(self) -> list[ProgressEvent]:
        """Its events, numbered from 1."""
        return [
            ProgressEvent(number, event["event"], {k: v for k, v in event.items() if k != "event"})
            for number, event in enumerate(self.events, 1)
        ]


class EventSource(Protocol):
    """Events of a job, to be followed from outside."""

    def after(self, number: int) -> list[ProgressEvent]:
        """The events past a number, oldest first."""

    def exists(self) -> bool:
        """Whether the job is still there."""


class JobEvents:
    """The events of one job in the database; all who follow it in a process read together.

    Args:
        find: gives the job as it is now, or None where it was removed.
    """

    def __init__(self, find: Callable[[], Job | None]) -> None:
        self._find = find
        self._read, self._until = find(), time.monotonic() + _FRESH

    def after(self, number: int) -> list[ProgressEvent]:
        """The events past a number, oldest first."""
        job = self._current()
        return [event for event in job.progress() if event.number > number] if job else []

    def exists(self) -> bool:
        """Whether the job is still there."""
        return self._current() is not None

    def _current(self) -> Job | None:
        if time.monotonic() > self._until:
            self._until = time.monotonic() + _FRESH  # first, so that one asks and others do not
            self._read = self._find()
        return self._read
