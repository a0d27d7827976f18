"""The states of members: cached, extended by what is new, or read from the whole history."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from ranker.data.encoding import EncodedTokens
from ranker.data.events import ViewingLog
from ranker.data.histories import HistoriesUnavailableError
from ranker.request import RequestContext
from ranker.serving.encoded_histories import EncodedHistories
from ranker.serving.member_state import MemberState, StateReader
from ranker.serving.state_cache import CacheEntry, StateCache


class MemberStates:
    """The states of members; to be called in torch's inference mode.

    Args:
        histories: what the members have watched.
        reader: reads them into states.
        cache: of the states.
    """

    def __init__(self, histories: EncodedHistories, reader: StateReader, cache: StateCache) -> None:
        self.cache = cache
        self._histories = histories
        self._reader = reader

    def of(
        self, member_ids: Sequence[str], requests: Sequence[RequestContext]
    ) -> list[MemberState]:
        """The members' states for their requests, cached or read."""
        wanted = dict(zip(member_ids, requests, strict=True))
        entries = {member: self.cache.entry(member) for member in wanted}
        states = self._read_states(entries, wanted)
        return [
            self._for_request(member, entries[member], states[member], request)
            for member, request in zip(member_ids, requests, strict=True)
        ]

    def _for_request(
        self, member_id: str, entry: CacheEntry, state: MemberState, request: RequestContext
    ) -> MemberState:
        """A member's state for a request; of the last one the prediction is there already."""
        if state.request == request:
            return state
        state = self._reader.for_request(state, request)
        if entry.state is not None:
            self.cache.store(member_id, entry, state)
        return state

    def _read_states(
        self, entries: Mapping[str, CacheEntry], requests: Mapping[str, RequestContext]
    ) -> dict[str, MemberState]:
        """The members' states, cached for any request, or read for theirs."""
        states = {member: entry.state for member, entry in entries.items() if entry.state}
        missing = {member: entry for member, entry in entries.items() if member not in states}
        if not missing:
            return states
        try:
            extended = self._extend(missing, requests)
            anew = {member: entry for member, entry in missing.items() if member not in extended}
            histories = self._histories.of_members(list(anew)) if anew else {}
        except HistoriesUnavailableError as error:
            return states | self._former_states(missing, error.known, requests)
        for member, state in chain(extended.items(), self._read(anew, histories, requests)):
            self.cache.store(member, missing[member], state)
            states[member] = state
        return states

    def _extend(
        self, entries: Mapping[str, CacheEntry], requests: Mapping[str, RequestContext]
    ) -> dict[str, MemberState]:
        """The states of those members of whom only the newest events have to be read."""
        extended = {}
        for member, entry in entries.items():
            former, since = entry.former, entry.since
            if former is None or since is None:
                continue
            state = self._extended(member, former, since, requests[member])
            if state is not None:
                extended[member] = state
        return extended

    def _extended(
        self, member_id: str, former: MemberState, since: int, request: RequestContext
    ) -> MemberState | None:
        """A member's former state with what is newer, or None if all has to be read."""
        newest = self._histories.newest_of(member_id, since)
        known = former.tokens_before(newest.start) if newest is not None else 0
        if newest is None or not known:
            return None
        encoded = self._histories.encode_newest(newest.log, former.end_time(known))
        return self._reader.extend(former, known, encoded, request)

    def _former_states(
        self,
        missing: Mapping[str, CacheEntry],
        known: ViewingLog,
        requests: Mapping[str, RequestContext],
    ) -> dict[str, MemberState]:
        """The last states of members whose histories cannot be read, or what is known of them."""
        states = {member: entry.former for member, entry in missing.items() if entry.former}
        never = {member: entry for member, entry in missing.items() if member not in states}
        histories = self._histories.known_of_members(list(never), known)
        for member, state in self._read(never, histories, requests):
            self.cache.store_former(member, never[member], state)
            states[member] = state
        return states

    def _read(
        self,
        entries: Mapping[str, CacheEntry],
        histories: Mapping[str, EncodedTokens],
        requests: Mapping[str, RequestContext],
    ) -> Iterator[tuple[str, MemberState]]:
        """Read histories: several at once, but for those whose former state can be extended."""
        new = [m for m, entry in entries.items() if not entry.former and histories[m].members]
        batch = new if len(new) > 1 else []
        if batch:
            yield from self._reader.read_many([(histories[m], requests[m]) for m in batch])
        for member in entries.keys() - batch:
            former = entries[member].former
            yield member, self._reader.read(histories[member], former, requests[member])
