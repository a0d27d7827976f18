"""A segment or a snapshot gone through one member at a time, forwards and back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from sizzle.database.member_tables import SNAPSHOT_MEMBERS
from sizzle.errors import NotFoundError
from sizzle.outbox.segments import (
    Segment,
    Segments,
    SelectedMember,
    condition_of,
    explained_members,
    sources_of,
)
from sizzle.outbox.snapshots import Snapshot, Snapshots
from sizzle.outreach.segments.sql import Condition


@dataclass(frozen=True, slots=True)
class Walk:
    """Where somebody stands in a segment or a snapshot.

    Attributes:
        member: who is looked at, and why they are in it.
        previous: the id of the member before; empty at the first.
        next: the id of the member after; empty at the last.
        coming: the ids of the members from this one on, in their order.
    """

    member: SelectedMember
    previous: str
    next: str
    coming: Sequence[str]


def walk(
    segments: Segments, segment: Segment, now: int, member_id: str = "", ahead: int = 12
) -> Walk | None:
    """Stand at a member of a segment, or at the next one where they are not in it any more.

    Args:
        segments: of the database.
        segment: that is gone through.
        now: milliseconds since 1970.
        member_id: where to stand; empty for the first member.
        ahead: members to name from there on.

    Returns:
        None where the segment has no member from there on.

    Raises:
        NotFoundError: a segment that it names does not exist.
        DatabaseUnavailableError: the database cannot be read.
    """
    segments.database.upgrade_once()
    with segments.database.reading() as connection:
        sources = sources_of(connection, segment.rule)
        condition = condition_of(connection, segment.rule, sources, now)
        ids = _ids(connection, condition, ">=", member_id, ahead)
        if not ids:
            return None
        before = _ids(connection, condition, "<", ids[0], 1)
        found = explained_members(connection, segment.rule, sources, ids[:1], now)
        if not found:  # erased meanwhile
            return None
        following = ids[1] if len(ids) > 1 else ""
        return Walk(found[0], before[0] if before else "", following, ids)


def walk_snapshot(
    snapshots: Snapshots, snapshot_id: str, member_id: str = "", ahead: int = 12
) -> Walk | None:
    """Stand at a member of a snapshot, or at the first one where they are not in it any more.

    Args:
        snapshots: of the database.
        snapshot_id: of the one that is gone through; it exists.
        member_id: where to stand; empty for the first member.
        ahead: members to name from there on.

    Returns:
        None where all of its members were erased.

    Raises:
        DatabaseUnavailableError: the database cannot be read.
    """
    rows = SNAPSHOT_MEMBERS.c
    of_it = rows.snapshot_id == snapshot_id
    at = select(rows.number).where(of_it, rows.member_id == member_id)
    before = select(rows.member_id).where(of_it).order_by(rows.number.desc()).limit(1)
    with snapshots.database.reading() as connection:
        number = connection.execute(at).scalar_one_or_none() or 1
        found = snapshots.members(connection, snapshot_id, after=number - 1, limit=ahead)
        previous = connection.execute(before.where(rows.number < number)).scalar_one_or_none()
    if not found:
        return None
    member = SelectedMember(found[0].member_id, "", found[0].reasons)
    ids = [member.member_id for member in found]
    return Walk(member, previous or "", ids[1] if len(ids) > 1 else "", ids)


def segment_of_snapshot(segments: Segments, snapshot: Snapshot) -> Segment | None:
    """The segment that was frozen, as it then was; None where it is gone, or it was a list."""
    with suppress(NotFoundError):
        return segments.find(snapshot.segment_id, snapshot.segment_version)
    return None


def selected_members(
    segments: Segments, segment: Segment, now: int, after: str = "", limit: int = 20
) -> list[SelectedMember]:
    """Some members whom a segment selects, and why each is in.

    Args:
        segments: of the database.
        segment: of which.
        now: milliseconds since 1970.
        after: the id of the last member of an earlier page.
        limit: at most so many.

    Raises:
        NotFoundError: a segment that it names does not exist.
        DatabaseUnavailableError: the database cannot be read.
    """
    segments.database.upgrade_once()
    with segments.database.reading() as connection:
        sources = sources_of(connection, segment.rule)
        condition = condition_of(connection, segment.rule, sources, now)
        ids = _ids(connection, condition, ">", after, limit)
        return explained_members(connection, segment.rule, sources, ids, now)


def addresses_by_channel(segments: Segments, segment: Segment, now: int) -> dict[str, int]:
    """How many addresses of the members whom a segment selects may be written to, by channel.

    A member may have several. Raises as `selected_members`.
    """
    segments.database.upgrade_once()
    with segments.database.reading() as connection:
        sources = sources_of(connection, segment.rule)
        condition = condition_of(connection, segment.rule, sources, now)
        query = (
            "SELECT r.channel, count(*) FROM endpoints AS r JOIN members AS m"  # noqa: S608
            " ON m.member_id = r.member_id WHERE r.deleted IS NULL AND r.status <> 'INACTIVE'"
            f" AND r.channel <> '' AND r.opt_out <> 'ALL' AND {condition.sql} GROUP BY r.channel"
        )
        rows = connection.execute(text(query), condition.parameters)
        return dict(sorted(map(tuple, rows)))


def _ids(
    connection: Connection, condition: Condition, comparison: str, bound: str, limit: int
) -> list[str]:
    """Ids on one side of a bound, the nearest first.

    In the database's own order of texts, which its index has: another one would sort all members.
    """
    direction = "DESC" if comparison == "<" else "ASC"
    query = (
        f"SELECT m.member_id FROM members AS m WHERE {condition.sql}"  # noqa: S608
        f" AND m.member_id {comparison} :bound ORDER BY m.member_id {direction} LIMIT :at_most"
    )
    parameters = {**condition.parameters, "bound": bound, "at_most": limit}
    return list(connection.execute(text(query), parameters).scalars())
