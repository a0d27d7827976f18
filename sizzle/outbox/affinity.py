"""Audiences of titles: as lines of JSON, and kept as segments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from sizzle.database import Database
from sizzle.database.member_tables import MEMBERS
from sizzle.outbox.segments import Segment, Segments
from sizzle.outbox.snapshots import Snapshots
from sizzle.outreach.segments.rule import Rule

if TYPE_CHECKING:
    from ranker import Reason
    from ranker.audience import Audience, LikelyMember


def affinity_line(audience: Audience) -> dict[str, Any]:
    """An audience in the shape of Personalize's batch segments, with chances and reasons."""
    return {
        "input": {"itemId": audience.title_id},
        "output": {"recommendedUsers": [member.member_id for member in audience.members]},
        "error": None,
        "chance": [round(member.chance, 6) for member in audience.members],
        "why": [[_why(reason) for reason in member.why] for member in audience.members],
        "watched": audience.watched,
        "ranked": audience.ranked,
    }


def keep_audience(database: Database, audience: Audience, now: int) -> Segment | None:
    """Keep an audience as a segment, in its order; None where nobody is in it.

    Raises:
        DatabaseUnavailableError: the database cannot be written to.
    """
    if not audience.members:
        return None
    name = f"Affinity: {audience.title_id}"
    members = ((one.member_id, reasons(audience.title_id, one)) for one in audience.members)
    promoted = f"title:{audience.title_id}"
    listed = Snapshots(database).keep_list(name, members, now, promoted=promoted)
    rule = Rule.read({"SnapshotId": listed.snapshot.snapshot_id})
    return Segments(database).save(name, rule, now)


def reasons(title_id: str, member: LikelyMember) -> list[str]:
    """Why a member is in an audience, in words."""
    chance = f"{title_id} is next with a chance of {member.chance:.2%}"
    return [chance, *(f"{one.intent}: {one.likely}, {one.chance:.0%}" for one in member.why)]


def member_ids(database: Database) -> Iterator[str]:
    """The ids of all members. Raises DatabaseUnavailableError."""
    database.upgrade_once()
    with database.reading() as connection:
        yield from connection.execute(select(MEMBERS.c.member_id)).scalars()


def _why(reason: Reason) -> dict[str, Any]:
    return {
        "intent": reason.intent,
        "likely": reason.likely,
        "chance": round(reason.chance, 4),
        "weight": round(reason.weight, 4),
    }
