"""Members' histories as the model reads them, read and encoded when they are asked for."""

from collections.abc import Sequence

from ranker.data.encoding import EncodedTokens, ItemFeatures, encode
from ranker.data.events import ViewingLog
from ranker.data.histories import GrowingHistories, MemberHistories, NewestEvents
from ranker.data.schema import Schema
from ranker.data.tokens import merge_events


class EncodedHistories:
    """What members have watched, encoded. Nothing is kept: states are cached instead.

    Args:
        schema: of the model.
        items: the titles.
        histories: what the members have watched so far.
    """

    def __init__(self, schema: Schema, items: ItemFeatures, histories: MemberHistories) -> None:
        self._schema = schema
        self._items = items
        self._histories = histories
        self._growing = histories if isinstance(histories, GrowingHistories) else None
        self._nothing = self._encode(ViewingLog.from_events(()))

    def of_members(self, member_ids: Sequence[str]) -> dict[str, EncodedTokens]:
        """The tokens of each member; without a history, no member's.

        Raises:
            HistoriesUnavailableError: the histories cannot be read at the moment.
        """
        return self._of(member_ids, self._histories.log_of(member_ids))

    def newest_of(self, member_id: str, since: int) -> NewestEvents | None:
        """The end of a member's history, as `GrowingHistories` has it; None if all must be read."""
        return None if self._growing is None else self._growing.newest_of(member_id, since)

    def encode_newest(self, log: ViewingLog, previous_end: int) -> EncodedTokens:
        """The tokens at the end of a member's history, which follow one that ended then."""
        tokens = merge_events(log, self._schema.policy, targets=False)
        if len(tokens):
            tokens.gap_N[0] = max(tokens.start_time_N[0] - previous_end, 0)
        return encode(self._schema, tokens, self._items, targets=False)

    def known_of_members(
        self, member_ids: Sequence[str], known: ViewingLog
    ) -> dict[str, EncodedTokens]:
        """The same from as much as is known of their histories."""
        return self._of(member_ids, known)

    def _of(self, member_ids: Sequence[str], log: ViewingLog) -> dict[str, EncodedTokens]:
        encoded = self._encode(log)
        if len(encoded.members) == 1:
            found = {encoded.members[0]: encoded}
        else:
            found = {
                member: encoded.of_member(number) for number, member in enumerate(encoded.members)
            }
        return {member: found.get(member, self._nothing) for member in member_ids}

    def _encode(self, log: ViewingLog) -> EncodedTokens:
        tokens = merge_events(log, self._schema.policy, targets=False)
        return encode(self._schema, tokens, self._items, targets=False)
