"""Histories from the log of events and from a file, as one."""

from __future__ import annotations

from collections.abc import Sequence

from ranker import Histories, HistoriesUnavailableError, LoggedHistories, NewestEvents
from ranker.data.events import ViewingLog
from ranker.data.tokens import SESSION_GAP
from sizzle.database import DatabaseUnavailableError
from sizzle.events.viewing_policy import ViewingPolicy
from sizzle.events.watches import CutFinder
from sizzle.histories.viewing_store import ViewingStore


class StoredHistories:
    """What members have watched, by the log and a file; read when it is asked for.

    Args:
        store: of the log's records.
        policy: says what counts as viewing.
        cut: finds what a reel showed.
        file: what is known beside the log.
    """

    def __init__(
        self,
        store: ViewingStore,
        policy: ViewingPolicy,
        cut: CutFinder,
        file: Histories | LoggedHistories,
    ) -> None:
        self._store = store
        self._policy = policy
        self._cut = cut
        self._file = file

    def log_of(self, member_ids: Sequence[str]) -> ViewingLog:
        """All viewings of some members.

        Raises:
            HistoriesUnavailableError: the log cannot be read; it has what the file has.
        """
        from_file = self._from_file(member_ids)
        try:
            records = self._store.records(member_ids)
        except DatabaseUnavailableError:
            raise HistoriesUnavailableError(from_file) from None
        stored = self._policy.log(records, self._cut)
        if not len(from_file):
            return stored
        if not len(stored):
            return from_file
        return ViewingLog.concatenate([from_file, stored]).without_duplicates()

    def newest_of(self, member_id: str, since: int) -> NewestEvents | None:
        """The end of a member's history, as `GrowingHistories` has it."""
        records = self._store.newest_records(member_id, since)
        if not records.time:
            return None
        start = records.time[0] // 1000
        from_file = self._from_file([member_id])
        if len(from_file) and from_file.time_E[-1] >= start - SESSION_GAP:
            return None
        return NewestEvents(start, self._policy.log(records, self._cut))

    def _from_file(self, member_ids: Sequence[str]) -> ViewingLog:
        """The file's events, but for those from before their member was erased."""
        return without_erased(self._file.log_of(member_ids), self._store)


def without_erased(log: ViewingLog, store: ViewingStore) -> ViewingLog:
    """The events of a file, but for those from before their member was erased.

    Args:
        log: of the file.
        store: which knows when members were erased.
    """
    erased = {
        member: time // 1000 for member in log.member.values if (time := store.erased(member)) >= 0
    }
    if not erased:
        return log
    return ViewingLog.from_events(
        event for event in log.events() if event.at > erased.get(event.member_id, -1)
    )
