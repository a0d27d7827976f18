"""Histories in columns, for files of many events: some 50 bytes each, where objects take 500."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Final, Self

import numpy as np

from ranker.data.events import ViewingLog
from ranker.data.histories import ViewingEvent, iter_events

_AT_ONCE: Final = 50_000
"""Events that are objects at the same time."""


class LoggedHistories:
    """What each member watched, in columns; immutable.

    Args:
        log: of the events.
    """

    def __init__(self, log: ViewingLog) -> None:
        self._log = log
        count = len(log.member.values)
        self._starts_M = np.searchsorted(log.member.codes_E, np.arange(count + 1))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Those of a JSON Lines file; raises HistoryError as `read_events` does."""
        return cls(ViewingLog.concatenate(list(_parts(iter_events(path)))))

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of all members with at least one event, sorted."""
        return self._log.member.values

    def events_of(self, member_id: str) -> Sequence[ViewingEvent]:
        """The member's events, oldest first; empty for an unknown member."""
        number = bisect_left(self.members, member_id)
        if number == len(self.members) or self.members[number] != member_id:
            return ()
        start, end = self._starts_M[number : number + 2]
        return tuple(self._log.take(slice(start, end)).events())

    def log_of(self, member_ids: Sequence[str]) -> ViewingLog:
        """The events of some members."""
        return ViewingLog.from_events(chain.from_iterable(map(self.events_of, member_ids)))


def _parts(events: Iterable[ViewingEvent]) -> Iterable[ViewingLog]:
    rest = iter(events)
    while some := list(islice(rest, _AT_ONCE)):
        yield ViewingLog.from_events(some)
