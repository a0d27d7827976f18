"""The members of a database: what is known of each, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, text

from sizzle.database import Database
from sizzle.database.journey_tables import JOURNEY_RUNS, JOURNEY_SEGMENT_MEMBERS
from sizzle.database.member_tables import MEMBERS, SNAPSHOT_MEMBERS
from sizzle.database.schema import ENDPOINTS, INDEXED_ADDRESS, MAX_INDEXED_ADDRESS
from sizzle.database.send_tables import SENDS
from sizzle.outbox.address_hash import AddressHash
from sizzle.outbox.consents import Consents
from sizzle.outbox.endpoints import Endpoint, live_endpoints
from sizzle.outbox.experiments import forget_assignments
from sizzle.outbox.member_rows import StoredMember, find_members, write_members
from sizzle.outbox.send_outcomes import forget_outcomes
from sizzle.outbox.stored_answers import forget_answers
from sizzle.outbox.suppressions import SuppressionReason, Suppressions
from sizzle.outreach.members.consent import Verdict
from sizzle.outreach.members.profile import ProfileFields
from sizzle.outreach.vocabulary import MemberProfile


@dataclass(frozen=True, slots=True)
class ErasedProfile:
    """What was removed of a member.

    Attributes:
        profiles: 1, or 0 where nothing was known of the member.
        snapshots: in how many the member was.
        suppressed: the member's addresses that stay suppressed, as hashes.
        runs: through journeys.
    """

    profiles: int
    endpoints: int
    snapshots: int
    sends: int
    suppressed: int
    runs: int = 0


class Members:
    """The members of a database. Safe to share between threads.

    Args:
        database: that has them.
        address_hash: of the installation.
    """

    def __init__(self, database: Database, address_hash: AddressHash) -> None:
        self._database = database
        self.consents = Consents(address_hash)
        self.suppressions = Suppressions(address_hash)

    def profile(self, member_id: str) -> MemberProfile | None:
        """What is known of a member. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return self.profiles(connection, [member_id]).get(member_id)

    def profiles(self, connection: Connection, ids: Iterable[str]) -> dict[str, MemberProfile]:
        """What is known of several, by their ids; without those of whom nothing is known."""
        found = find_members(connection, ids)
        return {one: member.fields.of_member(one) for one, member in found.items()}

    def find(self, member_id: str) -> StoredMember | None:
        """A member as the database has it. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return find_members(connection, [member_id]).get(member_id)

    def replace(self, member_id: str, fields: ProfileFields, now: int) -> bool:
        """Make a member's fields these.

        Returns:
            Whether the member is new.

        Raises:
            DatabaseUnavailableError: the database cannot be written to.
        """
        self._database.upgrade_once()
        with self._database.writing() as connection:
            known = find_members(connection, [member_id])
            if not known or known[member_id].fields != fields:
                write_members(connection, known, {member_id: fields}, now)
        return not known

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def count(self) -> int:
        """How many there are. Raises DatabaseUnavailableError."""
        self._database.upgrade_once()
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(MEMBERS)).scalar_one()

    def endpoints(
        self, connection: Connection, ids: Iterable[str], channel: str | None = None
    ) -> Iterator[Endpoint]:
        """The endpoints of members that can be written to: neither deleted nor inactive.

        Args:
            connection: to the database.
            ids: the members'.
            channel: Pinpoint's name of the only channel, or None for all.
        """
        return live_endpoints(connection, ids, channel)

    def erase(self, member_id: str, now: int) -> ErasedProfile:
        """Remove a member's profile, endpoints, consents, runs, sends and places in snapshots.

        An address that was opted out is suppressed from then on: by its hash, which tells nothing.

        Raises:
            DatabaseUnavailableError: the database cannot be written to.
        """
        self._database.upgrade_once()
        with self._database.writing() as connection:
            addresses = _addresses(connection, member_id)
            suppressed = sum(self._end(connection, *one, member_id, now) for one in addresses)
            forget_answers(connection, member_id)
            forget_outcomes(connection, member_id)
            forget_assignments(connection, member_id, now)
            # Runs before sends: a run that goes on just now plans its last sends before that.
            gone = (ENDPOINTS, MEMBERS, SNAPSHOT_MEMBERS, JOURNEY_SEGMENT_MEMBERS)
            endpoints, profiles, snapshots, _, runs, sends = (
                connection.execute(delete(table).where(table.c.member_id == member_id)).rowcount
                for table in (*gone, JOURNEY_RUNS, SENDS)
            )
        self._database.remove_traces()
        return ErasedProfile(profiles, endpoints, snapshots, sends, suppressed, runs)

    def _end(
        self, connection: Connection, channel: str, address: str, member_id: str, now: int
    ) -> bool:
        """Suppress an address that is opted out, and forget what else was said about it.

        Returns:
            Whether it is suppressed now.
        """
        history = self.consents.history(connection, channel, address)
        opted_out = any(
            self.consents.allowed(connection, channel, address, topic) is Verdict.OPTED_OUT
            for topic in {"", *(consent.topic for consent in history)}
        )
        if opted_out or _declined(connection, channel, address):
            reason = SuppressionReason.OPTED_OUT
            self.suppressions.add(connection, channel, address, reason, now)
        if not _is_shared(connection, channel, address, member_id):
            self.consents.forget(connection, channel, address)
        return self.suppressions.of(connection, channel, address) is not None


def _addresses(connection: Connection, member_id: str) -> set[tuple[str, str]]:
    query = select(ENDPOINTS.c.channel, ENDPOINTS.c.address)
    where = and_(ENDPOINTS.c.member_id == member_id, ENDPOINTS.c.address != "")
    return {(channel, address) for channel, address in connection.execute(query.where(where))}


def _declined(connection: Connection, channel: str, address: str) -> bool:
    """Whether an endpoint of this address has Pinpoint's `OptOut` of `ALL`."""
    return _exists(connection, channel, address, ENDPOINTS.c.opt_out == "ALL")


def _is_shared(connection: Connection, channel: str, address: str, member_id: str) -> bool:
    return _exists(connection, channel, address, ENDPOINTS.c.member_id != member_id)


def _exists(
    connection: Connection, channel: str, address: str, condition: ColumnElement[bool]
) -> bool:
    same = and_(ENDPOINTS.c.channel == channel, ENDPOINTS.c.address == address)
    # As the index has it: the database does not know by itself that it may use it.
    if len(address) <= MAX_INDEXED_ADDRESS:
        same = and_(same, text(INDEXED_ADDRESS))
    return connection.execute(select(ENDPOINTS.c.app).where(same, condition)).first() is not None
