"""Segments of a database: their rules, and the members whom these select."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final
from uuid import uuid4

from sqlalchemy import Connection, RowMapping, func, insert, select, text, tuple_

from sizzle.database import Database
from sizzle.database.member_tables import MEMBERS, SEGMENTS
from sizzle.errors import NotFoundError, SizzleError
from sizzle.outbox.member_facts import read_member_facts
from sizzle.outreach.segments.check import SegmentFinding, check_counts, check_rule
from sizzle.outreach.segments.explain import explained
from sizzle.outreach.segments.rule import Dimensions, InvalidSegmentError, Rule
from sizzle.outreach.segments.sql import Condition, Dialect, Sources, compiled

_DEEPEST: Final = 20  # of segments that name segments
_ALL_MEMBERS: Final = select(func.count()).select_from(MEMBERS)


class SegmentEditedError(SizzleError):
    """A segment that somebody else has changed meanwhile."""

    status: ClassVar[int] = 409
    slug: ClassVar[str] = "segment-edited"
    title: ClassVar[str] = "Changed meanwhile"


@dataclass(frozen=True, slots=True)
class Segment:
    """A version of a segment."""

    segment_id: str
    version: int
    name: str
    rule: Rule
    created: int


@dataclass(frozen=True, slots=True)
class SelectedMember:
    """A member of a segment, and why."""

    member_id: str
    name: str
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom a segment selects now.

    Attributes:
        count: how many members.
        of: how many members there are.
        reachable: how many of them have an endpoint, by its channel.
        members: some, in the order of their ids.
        findings: what its author should know.
    """

    segment_id: str
    version: int
    count: int
    of: int
    reachable: dict[str, int]
    members: Sequence[SelectedMember]
    findings: Sequence[SegmentFinding]


class Segments:
    """The segments of a database. Safe to share between threads.

    Args:
        database: that has them.
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    def save(
        self,
        name: str,
        rule: Rule,
        now: int,
        segment_id: str | None = None,
        *,
        based_on: int | None = None,
    ) -> Segment:
        """Keep a rule: as a new segment, or as a new version where it differs from the newest.

        Args:
            name: what people call it.
            rule: whom it selects.
            now: milliseconds since 1970.
            segment_id: of the segment; by default a new one.
            based_on: the version that was changed; None for whichever is the newest.

        Raises:
            SegmentEditedError: there is a newer version than the one that was changed.
            InvalidSegmentError: it names segments that name each other, or too many.
            NotFoundError: it names a segment that does not exist.
            DatabaseUnavailableError: the database cannot be written to.
        """
        self.database.upgrade_once()
        segment_id = segment_id or uuid4().hex[:12]
        with self.database.writing() as connection:
            old = _find(connection, segment_id)
            if old is not None and (old.name, old.rule) == (name, rule):
                return old
            version = old.version + 1 if old else 1
            if based_on is not None and based_on != version - 1:
                raise SegmentEditedError(
                    f"Somebody has saved version {version - 1} meanwhile.",
                    fix="see what it says, and save yours again if it is still wanted.",
                )
            segment = Segment(segment_id, version, name, rule, now)
            connection.execute(insert(SEGMENTS), _row(segment))
            sources_of(connection, rule, (segment_id,))
        return segment

    def find(self, segment_id: str, version: int | None = None) -> Segment:
        """A version of a segment, or its newest. Raises NotFoundError."""
        self.database.upgrade_once()
        with self.database.reading() as connection:
            return found_segment(connection, segment_id, version)

    def newest(
        self, *, after: tuple[str, str] = ("", ""), limit: int | None = None
    ) -> list[Segment]:
        """The newest version of each, by name.

        Args:
            after: name and id of the last of an earlier page.
            limit: at most so many.
        """
        self.database.upgrade_once()
        last = select(SEGMENTS.c.segment_id, func.max(SEGMENTS.c.version).label("version"))
        last_of = last.group_by(SEGMENTS.c.segment_id).subquery()
        query = select(SEGMENTS).join(
            last_of,
            (SEGMENTS.c.segment_id == last_of.c.segment_id)
            & (SEGMENTS.c.version == last_of.c.version),
        )
        key = tuple_(SEGMENTS.c.name, SEGMENTS.c.segment_id)
        query = query.where(key > tuple_(*after)) if any(after) else query
        query = query.order_by(SEGMENTS.c.name, SEGMENTS.c.segment_id).limit(limit)
        with self.database.reading() as connection:
            rows = connection.execute(query)
            return [_segment(row) for row in rows.mappings()]

    def count(self, rule: Rule, now: int) -> tuple[int, int]:
        """How many members a rule selects now, and of how many.

        Raises:
            InvalidSegmentError, NotFoundError: as `save`.
            DatabaseUnavailableError: the database cannot be read.
        """
        self.database.upgrade_once()
        with self.database.reading() as connection:
            sources = sources_of(connection, rule)
            count = count_members(connection, condition_of(connection, rule, sources, now))
            return count, connection.execute(_ALL_MEMBERS).scalar_one()

    def preview(self, segment: Segment, now: int, *, limit: int = 20, after: str = "") -> Preview:
        """Whom a segment selects now, with some of its members.

        Args:
            segment: of which.
            now: milliseconds since 1970.
            limit: of members.
            after: the id of the last member of an earlier page.

        Raises:
            NotFoundError: a segment that it names does not exist.
            DatabaseUnavailableError: the database cannot be read.
        """
        self.database.upgrade_once()
        with self.database.reading() as connection:
            sources = sources_of(connection, segment.rule)
            condition = condition_of(connection, segment.rule, sources, now)
            count = count_members(connection, condition)
            of = connection.execute(_ALL_MEMBERS).scalar_one()
            ids = selected_ids(connection, condition, after=after, limit=limit)
            members = explained_members(connection, segment.rule, sources, list(ids), now)
            alone = {} if count else _alone(connection, segment.rule, sources, now)
            return Preview(
                segment.segment_id,
                segment.version,
                count,
                of,
                _reachable(connection, condition),
                members,
                [*check_rule(segment.rule), *check_counts(count, of, alone)],
            )


def found_segment(connection: Connection, segment_id: str, version: int | None) -> Segment:
    """A version of a segment, or its newest. Raises NotFoundError."""
    segment = _find(connection, segment_id, version)
    if segment is None:
        of = "" if version is None else f" of version {version}"
        raise NotFoundError(
            f"There is no segment {segment_id[:100]!r}{of}.",
            fix="`sizzle outreach segment list` names them.",
        )
    return segment


def sources_of(connection: Connection, rule: Rule, within: tuple[str, ...] = ()) -> Sources:
    """The rules of all segments that a rule names, and that those name.

    Args:
        connection: to the database.
        rule: that names them.
        within: the segments that it is the rule of.

    Raises:
        InvalidSegmentError: they name each other, or too many.
        NotFoundError: one does not exist.
    """
    found: dict[tuple[str, int | None], Rule] = {}
    for reference in rule.references:
        if reference.id in within or len(within) > _DEEPEST:
            raise InvalidSegmentError(
                f"The segment {reference.id!r} is its own source.",
                fix="take it out of its sources.",
            )
        key = (reference.id, reference.version)
        if key not in found:
            found[key] = found_segment(connection, *key).rule
            found |= sources_of(connection, found[key], (*within, reference.id))
    return found


def condition_of(connection: Connection, rule: Rule, sources: Sources, now: int) -> Condition:
    """A rule's condition, for queries in the transaction of a connection."""
    if connection.dialect.name == "postgresql":
        # It takes each condition on facts for met by a third of the rows, and joins by one look-up
        # a member: measured at up to three times the processor time of a hash join. A set that
        # does not fit in `work_mem` it would even read again for every member.
        off = ("enable_nestloop = off", "jit = off", "max_parallel_workers_per_gather = 0")
        for setting in (*off, "work_mem = '512MB'"):
            connection.execute(text(f"SET LOCAL {setting}"))
    return compiled(rule, sources, Dialect(connection.dialect.name), now)


def count_members(connection: Connection, condition: Condition) -> int:
    """How many members meet a condition."""
    query = text(f"SELECT count(*) FROM members AS m WHERE {condition.sql}")  # noqa: S608
    return int(connection.execute(query, condition.parameters).scalar_one())


def selected_ids(
    connection: Connection, condition: Condition, *, after: str = "", limit: int | None = None
) -> Iterator[str]:
    """The ids of the members who meet a condition, in the order of their bytes."""
    order = "m.member_id" if connection.dialect.name == "sqlite" else 'm.member_id COLLATE "C"'
    query = f"SELECT m.member_id FROM members AS m WHERE {condition.sql}"  # noqa: S608
    parameters: dict[str, Any] = dict(condition.parameters)
    if after:
        query += f" AND {order} > :after_id"
        parameters["after_id"] = after
    query += f" ORDER BY {order}"
    if limit is not None:
        query += " LIMIT :at_most"
        parameters["at_most"] = limit
    return (row[0] for row in connection.execute(text(query), parameters))


def explained_members(
    connection: Connection, rule: Rule, sources: Sources, ids: Sequence[str], now: int
) -> list[SelectedMember]:
    """Members whom a rule selects, and why each is in."""
    if connection.dialect.name == "postgresql":
        # `condition_of` forbids look-ups for the rest of the transaction; without them, the last
        # event of twenty members is found by reading all events: 48 ms of 300,000.
        connection.execute(text("SET LOCAL enable_nestloop = on"))
    facts = read_member_facts(connection, ids, snapshots_of(rule, sources))
    found = []
    for member_id in ids:
        if member_id in facts:
            name, member = facts[member_id]
            reasons = explained(rule, sources, member, now).reasons
            found.append(SelectedMember(member_id, name, reasons))
    return found


def snapshots_of(rule: Rule, sources: Sources) -> set[str]:
    """The lists of members that a rule or its sources name."""
    rules = [rule, *sources.values()]
    return {one.snapshot_id for one in rules if one.snapshot_id is not None}


def _reachable(connection: Connection, condition: Condition) -> dict[str, int]:
    # Grouped within, as PostgreSQL sorts all of them for a count of distinct ones.
    reachable = (
        "SELECT r.channel AS channel, r.member_id FROM endpoints AS r JOIN members AS m"  # noqa: S608
        " ON m.member_id = r.member_id WHERE r.deleted IS NULL AND r.status <> 'INACTIVE'"
        f" AND r.channel <> '' AND r.opt_out <> 'ALL' AND {condition.sql}"
        " GROUP BY r.channel, r.member_id"
    )
    query = f"SELECT channel, count(*) FROM ({reachable}) AS one GROUP BY channel"  # noqa: S608
    rows = connection.execute(text(query), condition.parameters)
    return dict(sorted(map(tuple, rows)))


def _alone(connection: Connection, rule: Rule, sources: Sources, now: int) -> dict[str, int]:
    """How many members each set of dimensions selects alone, where all together select nobody."""
    found: dict[str, int] = {}
    for number, group in enumerate(rule.groups.groups, start=1):
        for place, dimensions in enumerate(group.dimensions, start=1):
            for said, one in single_dimensions(dimensions):
                condition = condition_of(connection, Rule(dimensions=one), sources, now)
                name = f"group {number}, dimensions {place}: {said}"
                found[name] = count_members(connection, condition)
    return found


def single_dimensions(dimensions: Dimensions) -> Iterator[tuple[str, Dimensions]]:
    """Each of several dimensions alone, with its name."""
    for name, attribute in dimensions.user_attributes.items():
        yield f"UserAttributes.{name}", Dimensions(user_attributes={name: attribute})
    for name, attribute in dimensions.attributes.items():
        yield f"Attributes.{name}", Dimensions(attributes={name: attribute})
    for name, metric in dimensions.metrics.items():
        yield f"Metrics.{name}", Dimensions(metrics={name: metric})
    if dimensions.demographic is not None:
        yield "Demographic", Dimensions(demographic=dimensions.demographic)
    if dimensions.location is not None:
        yield "Location", Dimensions(location=dimensions.location)
    if dimensions.behavior is not None:
        yield "Behavior", Dimensions(behavior=dimensions.behavior)


def _find(connection: Connection, segment_id: str, version: int | None = None) -> Segment | None:
    query = select(SEGMENTS).where(SEGMENTS.c.segment_id == segment_id)
    if version is not None:
        query = query.where(SEGMENTS.c.version == version)
    query = query.order_by(SEGMENTS.c.version.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return None if row is None else _segment(row)


def _segment(row: RowMapping) -> Segment:
    rule = Rule.read(json.loads(row["rule"]))
    return Segment(row["segment_id"], row["version"], row["name"], rule, row["created"])


def _row(segment: Segment) -> dict[str, Any]:
    return {
        "segment_id": segment.segment_id,
        "version": segment.version,
        "name": segment.name,
        "rule": segment.rule.to_json(),
        "created": segment.created,
    }
