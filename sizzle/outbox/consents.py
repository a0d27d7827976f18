"""What was said about being written to: appended, and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import Connection, bindparam, delete, insert, select

from sizzle.database.member_tables import CONSENTS
from sizzle.eventlog.append import found_in
from sizzle.outreach.members.consent import Consent, Verdict, decided


class Consents:
    """The consents of a database.

    Args:
        address_hash: of a channel and an address: an `AddressHash`.
    """

    def __init__(self, address_hash: Callable[[str, str], bytes]) -> None:
        self._hash = address_hash

    def allowed(self, connection: Connection, channel: str, address: str, topic: str) -> Verdict:
        """What holds for an address and a topic now.

        Args:
            connection: to the database; that of the transaction that decides by it.
            channel: Pinpoint's name of it.
            address: on that channel.
            topic: empty where it is of no topic.
        """
        return decided(self.history(connection, channel, address), topic)

    def history(self, connection: Connection, channel: str, address: str) -> list[Consent]:
        """All that was said about an address, in the order in which it was recorded."""
        name = self._hash(channel, address)
        return self.of_hashes(connection, [name]).get(name, [])

    def of_hashes(
        self, connection: Connection, names: Iterable[bytes]
    ) -> dict[bytes, list[Consent]]:
        """All that was said about each of these addresses, of those that something was said of."""
        found: dict[bytes, list[Consent]] = {}
        for name, topic, verdict, source, at in found_in(connection, _HISTORY, names):
            found.setdefault(name, []).append(Consent(topic, Verdict(verdict), source, at))
        return found

    def add(
        self, connection: Connection, channel: str, address: str, consents: Iterable[Consent]
    ) -> int:
        """Append what was said about an address, but for what is there already.

        Returns:
            How many were appended.
        """
        known = {(c.topic, c.at, c.verdict) for c in self.history(connection, channel, address)}
        new = {(c.topic, c.at, c.verdict): c for c in consents}
        name = self._hash(channel, address)
        rows = [_row(name, channel, c) for key, c in new.items() if key not in known]
        if rows:
            connection.execute(insert(CONSENTS), rows)
        return len(rows)

    def append(
        self, connection: Connection, consents: Iterable[tuple[bytes, str, Consent]]
    ) -> None:
        """Append what is known to be new, each by the hash of an address and its channel."""
        rows = [_row(*consent) for consent in consents]
        if rows:
            connection.execute(insert(CONSENTS), rows)

    def forget(self, connection: Connection, channel: str, address: str) -> None:
        """Remove what was said about the address of an erased member."""
        name = self._hash(channel, address)
        connection.execute(delete(CONSENTS).where(CONSENTS.c.address_hash == name))


def _row(name: bytes, channel: str, consent: Consent) -> dict[str, object]:
    return {
        "address_hash": name,
        "channel": channel,
        "topic": consent.topic,
        "verdict": consent.verdict.value,
        "source": consent.source,
        "at": consent.at,
    }


_HISTORY = (
    select(
        CONSENTS.c.address_hash, CONSENTS.c.topic, CONSENTS.c.verdict, CONSENTS.c.source,
        CONSENTS.c.at,
    )
    .where(CONSENTS.c.address_hash.in_(bindparam("values", expanding=True)))
    .order_by(CONSENTS.c.id)
)  # fmt: skip
