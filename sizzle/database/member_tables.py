"""Tables of members, of what they consented to, and of segments."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from sizzle.database.metadata import METADATA, POSITION

MEMBERS: Final = Table(
    "members",
    METADATA,
    Column("member_id", Text, primary_key=True),
    # As `sizzle.outreach.vocabulary.MemberProfile`; empty where nothing is known.
    Column("name", Text, nullable=False),
    # A date, or a year where no more is known.
    Column("birth_date", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("maturity", Text, nullable=False),
    # Lists of texts by names, as canonical JSON.
    Column("attributes", Text, nullable=False),
    # What segments ask about, as `sizzle.outreach.segments.facts` writes it.
    Column("facts", Text, nullable=False),
    # Milliseconds since 1970.
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
)

CONSENTS: Final = Table(
    "consents",
    METADATA,
    # Rises with the commits; no row is ever changed.
    Column("id", POSITION, primary_key=True, autoincrement=True),
    # A keyed hash of the channel and the address, which cannot be turned back into either.
    Column("address_hash", LargeBinary, nullable=False),
    Column("channel", Text, nullable=False),
    # Empty for all topics.
    Column("topic", Text, nullable=False),
    # As `sizzle.outreach.members.consent.Verdict`.
    Column("verdict", Text, nullable=False),
    # Where it was given, such as `import members.csv` or `unsubscribe link`.
    Column("source", Text, nullable=False),
    # When it was given: milliseconds since 1970.
    Column("at", BigInteger, nullable=False),
    Index("consents_by_address", "address_hash", "topic", "at", "verdict", unique=True),
    sqlite_autoincrement=True,
)

SUPPRESSIONS: Final = Table(
    "suppressions",
    METADATA,
    # That of `CONSENTS`. A row outlives the member, whose address it does not tell.
    Column("address_hash", LargeBinary, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)

SEGMENTS: Final = Table(
    "segments",
    METADATA,
    Column("segment_id", Text, primary_key=True),
    # From 1; a changed rule is a new version.
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    # Pinpoint's `SegmentGroups` or `Dimensions`, or `{"SnapshotId": ...}`, as JSON.
    Column("rule", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)

SNAPSHOTS: Final = Table(
    "snapshots",
    METADATA,
    Column("snapshot_id", Text, primary_key=True),
    Column("segment_id", Text, nullable=False),
    Column("segment_version", Integer, nullable=False),
    # What it is about, such as `title:t-1`; empty where nothing is.
    Column("promoted", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    # SHA-256 of the members' ids, in their order.
    Column("digest", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    # None until somebody has approved it.
    Column("approved", BigInteger),
    Column("approved_by", Text, nullable=False),
    Index("snapshots_by_segment", "segment_id", "created"),
)

SNAPSHOT_MEMBERS: Final = Table(
    "snapshot_members",
    METADATA,
    Column("snapshot_id", Text, primary_key=True),
    # From 1, in the order of the snapshot.
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("member_id", Text, nullable=False),
    # Why the member is in: texts, as JSON.
    Column("reasons", Text, nullable=False),
    Index("snapshot_members_by_member", "member_id", "snapshot_id", unique=True),
    sqlite_with_rowid=False,
)
