"""Follows the log of events: says whose histories have changed, within a fraction of a second."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self

from sizzle.errors import SizzleError
from sizzle.eventlog import Changes, LogEnd
from sizzle.events.viewing_policy import may_count
from sizzle.histories.viewing_store import ViewingStore

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MemberChanges:
    """Whose histories have changed.

    Attributes:
        members: those of whom events came that may be viewings, each with the earliest time of
            these, in seconds since 1970.
        erased: hashes of members who were erased.
        all: whether any member's may have changed, as the log could not be followed for a while.
    """

    members: Mapping[str, int] = field(default_factory=dict)
    erased: Mapping[bytes, int] = field(default_factory=dict)
    all: bool = False


class Follower:
    """Follows the log in a thread of its own, as long as its context lasts.

    Args:
        store: of what is followed; learns who was erased, and whether the database can be read.
        changed: is told of changes; it raises nothing. One call at a time.
    """

    def __init__(self, store: ViewingStore, changed: Callable[[MemberChanges], None]) -> None:
        self._store = store
        self._changed = changed
        self._end: LogEnd | None = None
        self._polling = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow-events", daemon=True)

    def __enter__(self) -> Self:
        """Find the log's end, and start the thread."""
        self.poll()
        self._store.log.committed = self.poll  # what is answered here counts from then on
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the thread."""
        self._store.log.committed = None
        self._stop.set()
        self._thread.join()

    def poll(self) -> None:
        """Tell of all changes since the last time."""
        with self._polling:
            try:
                self._poll()
            except SizzleError as error:
                self._fail(error.what)
            except Exception as error:  # whatever it is must not end the thread that recovers
                _log.exception("The log of events cannot be followed.")
                self._fail(repr(error))

    def _poll(self) -> None:
        log = self._store.log
        changes = log.changes(log.end() if self._end is None else self._end)
        if self._store.problem:
            self._store.problem = ""
            self._changed(MemberChanges(all=True))
        self._tell(changes)
        while changes.more:
            changes = log.changes(changes.end)
            self._tell(changes)

    def _tell(self, changes: Changes) -> None:
        self._end = changes.end
        members: dict[str, int] = {}
        for event in changes.events:
            if event.member_id and may_count(event.type):
                time = event.time // 1000
                members[event.member_id] = min(time, members.get(event.member_id, time))
        if members or changes.erased:
            self._store.note_erased(dict(changes.erased))
            self._changed(MemberChanges(members, changes.erased))

    def _fail(self, problem: str) -> None:
        if problem != self._store.problem:
            _log.error("Histories are as they were last read: %s", problem)
        self._store.problem = problem

    def _run(self) -> None:
        with self._store.log.commits() as commits:
            while not self._stop.is_set():
                commits.wait()
                self.poll()
