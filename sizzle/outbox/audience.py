"""The members of approved snapshots, as campaigns send to them."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, select

from sizzle.database.member_tables import SNAPSHOT_MEMBERS, SNAPSHOTS


class SnapshotMember(NamedTuple):
    """A member of a snapshot.

    Attributes:
        number: in the order of the snapshot, from 1.
    """

    number: int
    member_id: str


def snapshot_size(connection: Connection, snapshot_id: str) -> int:
    """How many members it had when it was taken; 0 where there is none of that id."""
    query = select(SNAPSHOTS.c.count).where(SNAPSHOTS.c.snapshot_id == snapshot_id)
    return int(connection.execute(query).scalar() or 0)


def is_approved(connection: Connection, snapshot_id: str) -> bool:
    """Whether somebody has seen who is in it, and approved that."""
    query = select(SNAPSHOTS.c.approved).where(SNAPSHOTS.c.snapshot_id == snapshot_id)
    return connection.execute(query).scalar() is not None


def snapshot_page(
    connection: Connection, snapshot_id: str, after: int, limit: int
) -> list[SnapshotMember]:
    """Members whose numbers come after one, in their order; without those erased since."""
    query = (
        select(SNAPSHOT_MEMBERS.c.number, SNAPSHOT_MEMBERS.c.member_id)
        .where(SNAPSHOT_MEMBERS.c.snapshot_id == snapshot_id, SNAPSHOT_MEMBERS.c.number > after)
        .order_by(SNAPSHOT_MEMBERS.c.number)
        .limit(limit)
    )
    return [SnapshotMember(*row) for row in connection.execute(query)]
