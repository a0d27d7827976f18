"""Histories in columns, for files of many events: some 50 bytes each, where objects take 500."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice, starmap
from pathlib import Path
from typing import Final, Self

import numpy as np

from ranker.data.events import Column, ViewingLog
from ranker.data.histories import ViewingEvent, iter_events

_AT_ONCE: Final = 50_000
"""Events that are objects at the same time."""

_NONE: Final = np.zeros(0, np.int64)


class LoggedHistories:
    """What each member watched, in columns; immutable.

    Args:
        log: of the events.
    """

    def __init__(self, log: ViewingLog) -> None:
        self._log = log
        count = len(log.member.values)
        self._starts_M = np.searchsorted(log.member.codes_E, np.arange(count + 1))
        self._nothing = ViewingLog.from_events(())

    @classmethod
    def read(cls, path: Path) -> Self:
        """Those of a JSON Lines file; raises HistoryError as `read_events` does."""
        return cls(ViewingLog.concatenate(list(_parts(iter_events(path)))).without_duplicates())

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of all members with at least one event, sorted."""
        return self._log.member.values

    def events_of(self, member_id: str) -> Sequence[ViewingEvent]:
        """The member's events, oldest first; empty for an unknown member."""
        return tuple(self.log_of([member_id]).events())

    def log_of(self, member_ids: Sequence[str]) -> ViewingLog:
        """The events of some members."""
        if len(member_ids) == 1:
            return self._log_of_one(member_ids[0])
        ranges = sorted(map(self._range_of, set(member_ids)))
        # Compact, since whoever reads it looks at each value of a column.
        return self._log.take(np.concatenate([_NONE, *starmap(np.arange, ranges)])).compact()

    def _log_of_one(self, member_id: str) -> ViewingLog:
        """A member's events: a part of all columns, whose titles are not worth sorting out."""
        start, end = self._range_of(member_id)
        if start == end:
            return self._nothing
        log, count = self._log.take(slice(start, end)), end - start
        member = Column((member_id,), np.zeros(count, np.int64))
        texts = {
            name: column if len(column.values) <= count else column.compact()
            for name, column in log.texts.items()
        }
        return replace(log, member=member, texts=texts)

    def _range_of(self, member_id: str) -> tuple[int, int]:
        """Where the member's events begin and end in the log."""
        number = bisect_left(self.members, member_id)
        if number == len(self.members) or self.members[number] != member_id:
            return 0, 0
        start, end = self._starts_M[number : number + 2]
        return int(start), int(end)


def _parts(events: Iterable[ViewingEvent]) -> Iterable[ViewingLog]:
    rest = iter(events)
    while some := list(islice(rest, _AT_ONCE)):
        yield ViewingLog.from_events(some)
