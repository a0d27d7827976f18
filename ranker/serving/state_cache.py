"""A cache of members' states, of a limited size, whose members may watch something meanwhile."""

import threading
from collections.abc import Iterable, Mapping

from ranker.serving.member_state import MemberState


class CacheEntry:
    """A member's place in the cache.

    Whoever reads a history takes the entry first and stores the state in it: where the member is
    outdated meanwhile, that entry is no longer in the cache, and the state serves once.

    Attributes:
        state: what has been read of the member's whole history; None if it has to be read.
        former: an earlier state, which may be extended.
        since: the earliest time of what is newer than `former`; None if it is not known.
    """

    __slots__ = ("former", "since", "size", "state")

    def __init__(self, former: MemberState | None = None, since: int | None = None) -> None:
        self.state: MemberState | None = None
        self.former = former
        self.since = since
        self.size = 0


class StateCache:
    """Members' states; those that were not asked for longest are given up first.

    Safe to share between threads.

    Args:
        max_bytes: of all states together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._entries: dict[str, CacheEntry] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def entry(self, member_id: str) -> CacheEntry:
        """The member's entry, which may be empty."""
        with self._lock:
            entry = self._entries.pop(member_id, None) or CacheEntry()
            self._entries[member_id] = entry  # as the last one that was asked for
            return entry

    def store(self, member_id: str, entry: CacheEntry, state: MemberState) -> None:
        """Put a state into an entry, as the member's current one."""
        self._put(member_id, entry, state, None)

    def store_former(self, member_id: str, entry: CacheEntry, state: MemberState) -> None:
        """Put a state into an entry which is used only as long as no better one can be had."""
        self._put(member_id, entry, None, state)

    def outdate(self, member_ids: Iterable[str], since: Mapping[str, int]) -> None:
        """Have the histories of these members read again, and their states extended.

        Args:
            member_ids: the members.
            since: of some of them, the earliest time of what is new.
        """
        with self._lock:
            for member_id in member_ids:
                self._outdate(member_id, since.get(member_id))

    def outdate_all(self) -> None:
        """The same for all members."""
        with self._lock:
            for member_id in self._entries:
                self._outdate(member_id, None)

    def forget(self, member_ids: Iterable[str]) -> None:
        """Drop all that is cached of these members."""
        with self._lock:
            for member_id in member_ids:
                if (entry := self._entries.pop(member_id, None)) is not None:
                    self._bytes -= entry.size

    def members(self) -> list[str]:
        """Those of whom anything is cached."""
        with self._lock:
            return list(self._entries)

    def _outdate(self, member_id: str, since: int | None) -> None:
        if (old := self._entries.get(member_id)) is not None:
            if old.state is None:  # what is older than this change has not been read either
                since = None if since is None or old.since is None else min(since, old.since)
            new = CacheEntry(old.state or old.former, since)
            new.size = old.size
            self._entries[member_id] = new

    def _put(
        self,
        member_id: str,
        entry: CacheEntry,
        state: MemberState | None,
        former: MemberState | None,
    ) -> None:
        kept = state or former
        assert kept is not None
        with self._lock:
            if self._entries.get(member_id) is not entry:
                return
            entry.state, entry.former, entry.since = state, former, None
            self._bytes += kept.size - entry.size
            entry.size = kept.size
            while self._bytes > self._max_bytes and len(self._entries) > 1:
                self._bytes -= self._entries.pop(next(iter(self._entries))).size
