"""The log of events in the database."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, and_, delete, func, insert, select

from sizzle.database import Database, DatabaseUnavailableError, Notices, notify
from sizzle.database.schema import ERASED_MEMBERS, EVENTS, EXPOSURES, VIEWING_RECORDS
from sizzle.engagement import Exposure
from sizzle.errors import SizzleError
from sizzle.eventlog.append import Appended, append, endpoint_name
from sizzle.eventlog.changes import Changes, LogEnd, read_changes, read_end
from sizzle.eventlog.exposures import append_exposures
from sizzle.eventlog.group_commit import GroupCommit
from sizzle.eventlog.recent_members import read_recent_members
from sizzle.eventlog.rows import COLUMNS, to_event
from sizzle.eventlog.viewing_records import ViewingRecordReader, read_all_viewing_records
from sizzle.events import Event
from sizzle.events.viewing_record import ViewingColumns, ViewingRecord

MEMBER_KEY: Final = "erased members"
"""The purpose of the key that `EventLog` takes, of those derived from the installation's secret."""

_PAGE: Final = 1000  # events of one query


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event, and its place in the log: those that are committed later have a higher one."""

    position: int
    event: Event


@dataclass(frozen=True, slots=True)
class MemberSummary:
    """What the log has of a member; times are milliseconds since 1970, None without events."""

    events: dict[str, int]
    first: int | None
    last: int | None
    exposures: int


@dataclass(frozen=True, slots=True)
class ErasedMember:
    """What was removed of a member."""

    events: int
    exposures: int


class EventLog:
    """Events in a database. Safe to share between threads.

    Args:
        database: its tables are brought up to date when it is first written to.
        member_key: secret; under it, erased members are remembered without their ids.

    Attributes:
        problem: why the last append failed; empty if it did not.
        committed: is called after each append, before it is answered; it raises nothing.
    """

    def __init__(self, database: Database, member_key: bytes) -> None:
        self._database = database
        self._member_key = member_key
        self._viewing_records = ViewingRecordReader(database)
        self._commits: GroupCommit[Event | Exposure, Appended] = GroupCommit(self._append)
        self.problem = ""
        self.committed: Callable[[], None] | None = None

    def submit(self, events: Sequence[Event]) -> Future[Sequence[Appended]]:
        """Append events, together with others that wait, each exactly once.

        Returns:
            What came of each once it is durable; or, for all, DatabaseUnavailableError or
            DatabaseFullError.

        Raises:
            BusyError: too many wait.
        """
        return self._commits.submit(events)

    def append(self, events: Sequence[Event]) -> Sequence[Appended]:
        """Append events and wait until they are durable. Raises as `submit` says."""
        return self.submit(events).result()

    def submit_exposures(self, exposures: Sequence[Exposure]) -> Future[Sequence[Appended]]:
        """Append exposures, oldest first, in the commits of events. As `submit`."""
        return self._commits.submit(exposures)

    def read(self, after: int = 0, limit: int = _PAGE) -> list[LoggedEvent]:
        """Events after a position, in the order in which they were committed.

        Raises:
            DatabaseUnavailableError: the database cannot be read.
        """
        query = select(*COLUMNS).where(EVENTS.c.position > after)
        query = query.order_by(EVENTS.c.position).limit(limit)
        self.upgrade()
        with self._database.reading() as connection:
            return [LoggedEvent(row.position, to_event(row)) for row in connection.execute(query)]

    def read_all(self, after: int = 0) -> Iterator[LoggedEvent]:
        """All events after a position, in pages. Raises as `read`."""
        while page := self.read(after):
            yield from page
            after = page[-1].position

    def events_of(self, member_id: str) -> list[Event]:
        """A member's events, oldest first. Raises as `read`."""
        query = select(*COLUMNS).where(EVENTS.c.member_id == member_id)
        query = query.order_by(EVENTS.c.time, EVENTS.c.position)
        self.upgrade()
        with self._database.reading() as connection:
            return [to_event(row) for row in connection.execute(query)]

    def newest_events_of(self, member_id: str, most: int) -> list[Event]:
        """At most so many of a member's events, newest first. Raises as `read`."""
        query = select(*COLUMNS).where(EVENTS.c.member_id == member_id)
        query = query.order_by(EVENTS.c.time.desc(), EVENTS.c.position.desc()).limit(most)
        self.upgrade()
        with self._database.reading() as connection:
            return [to_event(row) for row in connection.execute(query)]

    def viewing_records(self, member_ids: Sequence[str], most: int) -> ViewingColumns:
        """What members' last events say of viewing, of each at most so many; by member, then time.

        Raises as `read`.
        """
        self.upgrade()
        return self._viewing_records.read(member_ids, most)

    def newest_viewing_records(
        self, member_id: str, since: int, pause: int, most: int
    ) -> ViewingColumns:
        """As `ViewingRecordReader.read_newest`. Raises as `read`."""
        self.upgrade()
        return self._viewing_records.read_newest(member_id, since, pause, most)

    def all_viewing_records(self) -> Iterator[ViewingRecord]:
        """What all events say of viewing, by member, then time. Raises as `read`."""
        self.upgrade()
        with self._database.reading() as connection:
            yield from read_all_viewing_records(connection)

    def recent_members(self, most: int) -> list[str]:
        """The ids of at most so many members of the last events, the most recent first.

        Raises as `read`.
        """
        self.upgrade()
        with self._database.reading() as connection:
            return read_recent_members(connection, most)

    def commits(self) -> Notices:
        """Waits for appends, and for members to be erased, by any process."""
        return self._database.notices()

    def end(self) -> LogEnd:
        """How far the log goes at the moment. Raises as `read`."""
        self.upgrade()
        with self._database.reading() as connection:
            return read_end(connection)

    def changes(self, after: LogEnd) -> Changes:
        """What has been committed after an end, up to a page of it. Raises as `read`."""
        self.upgrade()
        with self._database.reading() as connection:
            return read_changes(connection, after)

    def conflicts(self, limit: int) -> list[tuple[Event, int]]:
        """Events whose id came again with other content, and how often, most often first.

        Raises as `read`.
        """
        query = select(*COLUMNS, EVENTS.c.conflicts).where(EVENTS.c.conflicts > 0)
        query = query.order_by(EVENTS.c.conflicts.desc(), EVENTS.c.position).limit(limit)
        self.upgrade()
        with self._database.reading() as connection:
            return [(to_event(row), row.conflicts) for row in connection.execute(query)]

    def summary(self, member_id: str) -> MemberSummary:
        """How many events of each type there are of a member. Raises as `read`."""
        columns = EVENTS.c.type, func.count(), func.min(EVENTS.c.time), func.max(EVENTS.c.time)
        query = select(*columns).where(EVENTS.c.member_id == member_id)
        query = query.group_by(EVENTS.c.type).order_by(EVENTS.c.type)
        shown = select(func.count()).where(EXPOSURES.c.member_id == member_id)
        self.upgrade()
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
            exposures = connection.execute(shown).scalar_one()
        return MemberSummary(
            {row[0]: row[1] for row in rows},
            min((row[2] for row in rows), default=None),
            max((row[3] for row in rows), default=None),
            exposures,
        )

    def erase(
        self, member_id: str, now: int, endpoints: Collection[tuple[str, str]] = ()
    ) -> ErasedMember:
        """Remove all events and exposures of a member, and take none from before now any more.

        Args:
            member_id: the member's.
            now: in milliseconds since 1970.
            endpoints: the member's, each by its application and id: events of theirs are removed
                too if they are of no other member.

        Raises:
            DatabaseUnavailableError: the database cannot be written to.
        """
        name = self.member_hash(member_id)
        self.upgrade()
        with self._database.writing() as connection:
            removed = connection.execute(delete(EVENTS).where(EVENTS.c.member_id == member_id))
            shown = connection.execute(delete(EXPOSURES).where(EXPOSURES.c.member_id == member_id))
            count = removed.rowcount
            count += sum(_delete_of_nobody(connection, *endpoint) for endpoint in endpoints)
            connection.execute(
                delete(VIEWING_RECORDS).where(VIEWING_RECORDS.c.member_id == member_id)
            )
            last = connection.execute(select(func.max(ERASED_MEMBERS.c.number))).scalar() or 0
            connection.execute(delete(ERASED_MEMBERS).where(ERASED_MEMBERS.c.member_hash == name))
            row = {"member_hash": name, "erased": now, "number": last + 1}
            connection.execute(insert(ERASED_MEMBERS), row)
            _remember(connection, endpoints, now, self.member_hash)
            notify(connection)
        self._database.remove_traces()
        return ErasedMember(count, shown.rowcount)

    def upgrade(self) -> None:
        """Bring the database's tables up to date, once. Raises as `Database.upgrade`."""
        self._database.upgrade_once()

    def check(self) -> None:
        """See whether events can be recorded.

        Raises:
            DatabaseUnavailableError: the database cannot be reached, or the last append failed.
            InputError: a newer program has changed the tables, so that this one must be replaced.
        """
        self.upgrade()
        self._database.version()
        self.read(limit=1)
        if self.problem:
            raise DatabaseUnavailableError(self.problem)

    def close(self) -> None:
        """Append what waits, then close the database."""
        self._commits.close()
        self._database.close()

    def _append(self, items: Sequence[Event | Exposure]) -> list[Appended]:
        events = [each for each in items if isinstance(each, Event)]
        exposures = [each for each in items if isinstance(each, Exposure)]
        try:
            self.upgrade()
            with self._database.writing() as connection:
                of_events = iter(append(connection, events, self.member_hash))
                of_exposures = iter(append_exposures(connection, exposures, self.member_hash))
                if events:
                    notify(connection)
        except SizzleError as error:
            self.problem = error.what
            raise
        self.problem = ""
        if events and self.committed is not None:
            self.committed()
        return [next(of_events if isinstance(each, Event) else of_exposures) for each in items]

    def member_hash(self, member_id: str) -> bytes:
        """The name under which an erased member is remembered."""
        return hmac.digest(self._member_key, member_id.encode(), "sha256")


def _delete_of_nobody(connection: Connection, app: str, endpoint_id: str) -> int:
    """Delete the events of an endpoint that name no member. Returns how many there were."""
    of_nobody = and_(
        EVENTS.c.app == app,
        EVENTS.c.endpoint_id == endpoint_id,
        EVENTS.c.endpoint_id != "",  # as the index has it
        EVENTS.c.member_id == "",
    )
    return connection.execute(delete(EVENTS).where(of_nobody)).rowcount


def _remember(
    connection: Connection,
    endpoints: Iterable[tuple[str, str]],
    now: int,
    member_hash: Callable[[str], bytes],
) -> None:
    """Take no more of what an erased member's endpoints did before now."""
    for endpoint in endpoints:
        name = member_hash(endpoint_name(*endpoint))
        connection.execute(delete(ERASED_MEMBERS).where(ERASED_MEMBERS.c.member_hash == name))
        connection.execute(insert(ERASED_MEMBERS), {"member_hash": name, "erased": now})
