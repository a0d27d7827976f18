"""What the log of events has of viewing; and whether it can be read at the moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sizzle.database import DatabaseUnavailableError
from sizzle.eventlog import EventLog
from sizzle.events.viewing_record import ViewingColumns
from sizzle.events.viewings import SESSION_GAP

_MOST: Final = 2000
"""Records of each member: some times what a model reads, so that nobody's can take long."""

_NO_RECORDS: Final = ViewingColumns.of(())


class ViewingStore:
    """Reads members' records. Safe to share between threads.

    While the database is away nobody waits for it: `Follower` tries it, and says when it is back.

    Args:
        log: of events.

    Attributes:
        log: as given.
        problem: why the database cannot be read; empty if it can.
    """

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self.problem = "The log of events has not been read yet."
        self._erased: dict[bytes, int] = {}

    def records(self, member_ids: Sequence[str]) -> ViewingColumns:
        """Members' last records, by member, then time.

        Raises:
            DatabaseUnavailableError: they cannot be read.
        """
        if self.problem:
            raise DatabaseUnavailableError(self.problem)
        try:
            return self.log.viewing_records(member_ids, _MOST)
        except DatabaseUnavailableError as error:
            self.problem = error.what
            raise

    def newest_records(self, member_id: str, since: int) -> ViewingColumns:
        """A member's records since some seconds, from the pause before them on.

        None where they cannot be read alone, or not at the moment.
        """
        if self.problem:
            return _NO_RECORDS
        try:
            # A time that is rounded down begins up to a second earlier, as does what it pauses.
            latest, pause = since * 1000 + 999, SESSION_GAP + 1000
            return self.log.newest_viewing_records(member_id, latest, pause, _MOST)
        except DatabaseUnavailableError as error:
            self.problem = error.what
            return _NO_RECORDS

    def recent_members(self, most: int) -> Sequence[str]:
        """Members of the last events, the most recent first; none while they cannot be read."""
        if self.problem:
            return ()
        try:
            return self.log.recent_members(most)
        except DatabaseUnavailableError as error:
            self.problem = error.what
            return ()

    def note_erased(self, erased: dict[bytes, int]) -> None:
        """Remember when members were erased, by their hashes."""
        self._erased.update(erased)

    def erased(self, member_id: str) -> int:
        """When a member was erased, in milliseconds since 1970; -1 if never."""
        if not self._erased:
            return -1
        return self._erased.get(self.log.member_hash(member_id), -1)
