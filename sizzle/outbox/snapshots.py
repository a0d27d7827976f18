"""Snapshots: the members whom a segment selected at one moment, frozen; and lists of members."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, ClassVar, Final, NamedTuple
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from sizzle.database import Database
from sizzle.database.member_tables import MEMBERS, SNAPSHOT_MEMBERS, SNAPSHOTS
from sizzle.errors import NotFoundError, SizzleError
from sizzle.eventlog.append import found_in
from sizzle.outbox.segments import (
    Segment,
    condition_of,
    count_members,
    explained_members,
    selected_ids,
    sources_of,
)
from sizzle.outreach.segments.explain import fixed_reasons

_PAGE: Final = 2000


class SegmentChangedError(SizzleError):
    """A segment that does not select whom somebody saw."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "segment-changed"
    title: ClassVar[str] = "The segment has changed"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Members who were selected at one moment.

    Attributes:
        promoted: what it is about, such as `title:t-1`; empty where nothing is.
        count: how many there were.
        digest: SHA-256 of their ids in their order, each on a line.
        approved: when, in milliseconds since 1970; None where it is not.
    """

    snapshot_id: str
    segment_id: str
    segment_version: int
    promoted: str
    count: int
    digest: str
    created: int
    approved: int | None
    approved_by: str


class SnapshotMember(NamedTuple):
    """A member of a snapshot, with the place in it from 1 and why."""

    number: int
    member_id: str
    reasons: Sequence[str]


class ListedMembers(NamedTuple):
    """A list of members that was kept: those who are known, and how many are not."""

    snapshot: Snapshot
    unknown: int
    some_unknown: Sequence[str]


class Snapshots:
    """The snapshots of a database. Safe to share between threads.

    Args:
        database: that has them.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def take(
        self,
        segment: Segment,
        now: int,
        *,
        expected: int | None = None,
        promoted: str = "",
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Snapshot:
        """Freeze whom a segment selects now.

        Args:
            segment: of which.
            now: milliseconds since 1970.
            expected: how many members its preview had; None for any number.
            promoted: what it is about.
            progress: called with how many members were kept, and of how many.

        Raises:
            SegmentChangedError: it selects another number of members, or none.
            NotFoundError: a segment that it names does not exist.
            DatabaseUnavailableError: the database cannot be written to.
        """
        self.database.upgrade_once()
        with self.database.reading() as connection:
            sources = sources_of(connection, segment.rule)
            condition = condition_of(connection, segment.rule, sources, now)
            count = count_members(connection, condition)
            _check_count(segment, count, expected)
            ids = list(selected_ids(connection, condition))
        fixed = fixed_reasons(segment.rule)

        def reasons(connection: Connection, page: Sequence[str]) -> dict[str, Sequence[str]]:
            if fixed is not None:
                return dict.fromkeys(page, fixed)
            members = explained_members(connection, segment.rule, sources, page, now)
            return {one.member_id: one.reasons for one in members}

        of = (segment.segment_id, segment.version)
        writer = _Writer(self.database, of, promoted, now)
        for page in _pages(ids):
            writer.add(page, reasons)
            progress(writer.count, count)
        return writer.finish()

    def keep_list(
        self,
        segment_id: str,
        members: Iterable[tuple[str, Sequence[str]]],
        now: int,
        *,
        promoted: str = "",
    ) -> ListedMembers:
        """Keep a list of members, which a segment may name by its id. Those unknown are left out.

        Args:
            segment_id: of the segment that it is for.
            members: each with the reasons, in their order; one that comes again counts once.
            now: milliseconds since 1970.
            promoted: what it is about.

        Raises:
            DatabaseUnavailableError: the database cannot be written to.
        """
        self.database.upgrade_once()
        writer = _Writer(self.database, (segment_id, 0), promoted, now)
        rest = iter(members)
        while page := list(islice(rest, _PAGE)):
            why = dict(reversed(page))  # of one that comes again, the first reasons stay

            def reasons(
                _: Connection, ids: Sequence[str], why: Mapping[str, Sequence[str]] = why
            ) -> dict[str, Sequence[str]]:
                return {one: why[one] for one in ids}

            writer.add([one for one, _ in page], reasons)
        return ListedMembers(writer.finish(), writer.unknown, writer.some_unknown)

    def find(self, snapshot_id: str) -> Snapshot:
        """A snapshot. Raises NotFoundError."""
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return self.found(connection, snapshot_id)

    def found(self, connection: Connection, snapshot_id: str) -> Snapshot:
        """A snapshot, in a transaction. Raises NotFoundError."""
        query = select(SNAPSHOTS).where(
            SNAPSHOTS.c.snapshot_id == snapshot_id, SNAPSHOTS.c.digest != ""
        )
        row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFoundError(
                f"There is no snapshot {snapshot_id[:100]!r}.",
                fix="take one: sizzle outreach segment snapshot SEGMENT.",
            )
        return _snapshot(row)

    def of_segment(self, segment_id: str) -> list[Snapshot]:
        """Those of a segment, the newest first."""
        query = select(SNAPSHOTS).where(
            SNAPSHOTS.c.segment_id == segment_id,
            SNAPSHOTS.c.segment_version > 0,
            SNAPSHOTS.c.digest != "",
        )
        self.database.upgrade_once()
        with self.database.reading() as connection:
            rows = connection.execute(query.order_by(SNAPSHOTS.c.created.desc())).mappings()
            return [_snapshot(row) for row in rows]

    def newest(self, limit: int) -> list[Snapshot]:
        """Those that were taken last, of all segments."""
        query = select(SNAPSHOTS).where(SNAPSHOTS.c.digest != "")
        query = query.order_by(SNAPSHOTS.c.created.desc()).limit(limit)
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return [_snapshot(row) for row in connection.execute(query).mappings()]

    def members(
        self, connection: Connection, snapshot_id: str, *, after: int = 0, limit: int = 1000
    ) -> list[SnapshotMember]:
        """Some members of a snapshot who are still there, in their order.

        Args:
            connection: to the database.
            snapshot_id: of which.
            after: the number of the last member of an earlier page.
            limit: at most so many.
        """
        columns = (SNAPSHOT_MEMBERS.c.number, SNAPSHOT_MEMBERS.c.member_id)
        query = (
            select(*columns, SNAPSHOT_MEMBERS.c.reasons)
            .where(SNAPSHOT_MEMBERS.c.snapshot_id == snapshot_id)
            .where(SNAPSHOT_MEMBERS.c.number > after)
            .order_by(SNAPSHOT_MEMBERS.c.number)
            .limit(limit)
        )
        rows = connection.execute(query)
        return [SnapshotMember(number, one, json.loads(why)) for number, one, why in rows]

    def left(self, connection: Connection, snapshot_id: str) -> int:
        """How many members were erased since a snapshot was taken."""
        query = select(func.count()).select_from(SNAPSHOT_MEMBERS)
        where = SNAPSHOT_MEMBERS.c.snapshot_id == snapshot_id
        there = connection.execute(query.where(where)).scalar_one()
        return self.found(connection, snapshot_id).count - there

    def approve(self, snapshot_id: str, by: str, now: int) -> Snapshot:
        """Say that what was seen may be sent to; of two approvals the first one stays.

        Raises:
            NotFoundError: there is no such snapshot.
            SegmentChangedError: it is a list of members, and no snapshot of a segment.
            DatabaseUnavailableError: the database cannot be written to.
        """
        self.database.upgrade_once()
        with self.database.writing() as connection:
            snapshot = self.found(connection, snapshot_id)
            if snapshot.segment_version == 0:
                raise SegmentChangedError(
                    "This is a list of members, and no snapshot of a segment.",
                    fix="take a snapshot of its segment, and approve that.",
                )
            if snapshot.approved is None:
                of = SNAPSHOTS.c.snapshot_id == snapshot_id
                values = {"approved": now, "approved_by": by}
                connection.execute(update(SNAPSHOTS).where(of).values(values))
            return self.found(connection, snapshot_id)


def _check_count(segment: Segment, count: int, expected: int | None) -> None:
    """Raises SegmentChangedError."""
    if count == 0:
        raise SegmentChangedError(
            f"The segment {segment.segment_id} selects nobody.", fix="preview it: that says why."
        )
    if expected is not None and expected != count:
        raise SegmentChangedError(
            f"The segment {segment.segment_id} selects {count} members now, and the preview had "
            f"{expected}.",
            fix="preview it again.",
        )


class _Writer:
    """Writes a snapshot page by page, so that nobody waits long; unfinished ones are not found.

    Members who are not known, or were erased meanwhile, are left out.
    """

    def __init__(
        self, database: Database, segment: tuple[str, int], promoted: str, now: int
    ) -> None:
        self._database, self._seen, self._digest = database, set[str](), hashlib.sha256()
        self.count, self.unknown, self.some_unknown = 0, 0, list[str]()
        self._snapshot = Snapshot(uuid4().hex[:16], *segment, promoted, 0, "", now, None, "")
        with database.writing() as connection:
            connection.execute(insert(SNAPSHOTS), _row(self._snapshot))

    def add(
        self,
        ids: Sequence[str],
        reasons: Callable[[Connection, Sequence[str]], Mapping[str, Sequence[str]]],
    ) -> None:
        """Add members, but for those who are there, with the reasons of those who are known."""
        new = [one for one in dict.fromkeys(ids) if one not in self._seen]
        with self._database.writing() as connection:
            known = {one for (one,) in found_in(connection, _KNOWN, new)}
            why = reasons(connection, [one for one in new if one in known])
            there = [one for one in new if one in why]
            rows = [
                {
                    "snapshot_id": self._snapshot.snapshot_id,
                    "number": number,
                    "member_id": one,
                    "reasons": msgspec.json.encode(list(why[one])).decode(),
                }
                for number, one in enumerate(there, start=self.count + 1)
            ]
            if rows:
                connection.execute(insert(SNAPSHOT_MEMBERS), rows)
        self._seen.update(there)
        self._digest.update("".join(f"{one}\n" for one in there).encode())
        self.count += len(there)
        missing = [one for one in new if one not in known]
        self.unknown += len(missing)
        self.some_unknown += missing[: 10 - len(self.some_unknown)]

    def finish(self) -> Snapshot:
        """Say that all members were added."""
        snapshot = replace(self._snapshot, count=self.count, digest=self._digest.hexdigest())
        with self._database.writing() as connection:
            of = SNAPSHOTS.c.snapshot_id == snapshot.snapshot_id
            values = {"count": snapshot.count, "digest": snapshot.digest}
            connection.execute(update(SNAPSHOTS).where(of).values(values))
        return snapshot


def _pages(ids: Sequence[str]) -> Iterator[list[str]]:
    return (list(ids[start : start + _PAGE]) for start in range(0, len(ids), _PAGE))


_KNOWN: Final = select(MEMBERS.c.member_id).where(
    MEMBERS.c.member_id.in_(bindparam("values", expanding=True))
)
_COLUMNS: Final = (
    "snapshot_id",
    "segment_id",
    "segment_version",
    "promoted",
    "count",
    "digest",
    "created",
    "approved",
    "approved_by",
)


def _row(snapshot: Snapshot) -> dict[str, Any]:
    return {name: getattr(snapshot, name) for name in _COLUMNS}


def _snapshot(row: RowMapping) -> Snapshot:
    return Snapshot(**{name: row[name] for name in _COLUMNS})
