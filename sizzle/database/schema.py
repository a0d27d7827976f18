"""The tables, as the newest migration leaves them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from sizzle.database.metadata import METADATA, POSITION

EVENTS: Final = Table(
    "events",
    METADATA,
    # Rises with the commits and is never used twice: followers read on after it.
    Column("position", POSITION, primary_key=True, autoincrement=True),
    # Of the application, the endpoint or else the member, and the client's id: once each.
    Column("key", LargeBinary, nullable=False),
    Column("app", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("member_id", Text, nullable=False),
    Column("endpoint_id", Text, nullable=False),
    Column("reel_id", Text, nullable=False),
    # Milliseconds since 1970; `clock_offset` is what was added to the device's own time.
    Column("time", BigInteger, nullable=False),
    Column("clock_offset", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    # Attributes and metrics, as canonical JSON.
    Column("content", Text, nullable=False),
    # Of what the client sent, to know the same id with other content, which `conflicts` counts.
    Column("digest", LargeBinary, nullable=False),
    Column("conflicts", Integer, nullable=False, server_default="0"),
    Index("events_by_key", "key", unique=True),
    Index("events_by_member", "member_id", "time"),
    Index(
        "events_by_endpoint",
        "app",
        "endpoint_id",
        sqlite_where=text("endpoint_id <> ''"),
        postgresql_where=text("endpoint_id <> ''"),
    ),
    sqlite_autoincrement=True,
)

ERASED_MEMBERS: Final = Table(
    "erased_members",
    METADATA,
    # A keyed hash of the member's id, which cannot be turned back into the id.
    Column("member_hash", LargeBinary, primary_key=True),
    # Milliseconds since 1970: events from before then are no longer taken.
    Column("erased", BigInteger, nullable=False),
    # Rises with the commits, for those who follow; without it, from before it was counted.
    Column("number", BigInteger),
    Index("erased_members_by_number", "number"),
)

VIEWING_RECORDS: Final = Table(
    "viewing_records",
    METADATA,
    # As `sizzle.events.viewing_record.ViewingRecord`, and the event's key. SQLite keeps the table
    # in the order of the primary key: a member's records are read from a few pages.
    Column("member_id", Text, primary_key=True),
    Column("time", BigInteger, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, primary_key=True),
    Column("type", Text, nullable=False),
    Column("title_id", Text, nullable=False),
    Column("reel_id", Text, nullable=False),
    Column("amount", Double),
    Column("cut", Double),
    Column("frames", Double),
    Column("context", Text, nullable=False),
    sqlite_with_rowid=False,
)

APPS: Final = Table(
    "apps",
    METADATA,
    # As its clients name it: created with Pinpoint's `CreateApp`, or named by a request first.
    Column("app", Text, primary_key=True),
    Column("name", Text, nullable=False),
    # Text by names, as canonical JSON.
    Column("tags", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
)

# Longer ones are no addresses of mail or telephones, and no index of PostgreSQL takes them.
MAX_INDEXED_ADDRESS: Final = 320
INDEXED_ADDRESS: Final = f"address <> '' AND length(address) <= {MAX_INDEXED_ADDRESS}"
"""Which addresses can be looked up; a query that says so uses the index."""

ENDPOINTS: Final = Table(
    "endpoints",
    METADATA,
    # Events of an endpoint that has no row here are of an unknown endpoint.
    Column("app", Text, primary_key=True),
    Column("endpoint_id", Text, primary_key=True),
    # Empty where nobody said whose it is.
    Column("member_id", Text, nullable=False),
    # Pinpoint's `ChannelType`, `Address` and `OptOut`; empty where they are not known.
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("opt_out", Text, nullable=False),
    # All that is known of it, in Pinpoint's form, as canonical JSON.
    Column("content", Text, nullable=False),
    # Milliseconds since 1970.
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    # When it was deleted: only its ids are kept then, so that its events still have an endpoint.
    Column("deleted", BigInteger),
    # Pinpoint's `EndpointStatus`; empty where it is not known.
    Column("status", Text, nullable=False, server_default=""),
    # What segments ask about, as `sizzle.outreach.segments.facts` writes it.
    Column("facts", Text, nullable=False, server_default="[]"),
    # Where it is, on a sphere of radius 1; None where it is not known.
    Column("x", Double),
    Column("y", Double),
    Column("z", Double),
    Index("endpoints_by_member", "member_id"),
    Index(
        "endpoints_by_address",
        "address",
        sqlite_where=text(INDEXED_ADDRESS),
        postgresql_where=text(INDEXED_ADDRESS),
    ),
)

EXPOSURES: Final = Table(
    "exposures",
    METADATA,
    Column("position", POSITION, primary_key=True, autoincrement=True),
    # Of the member and the reel.
    Column("key", LargeBinary, nullable=False),
    Column("member_id", Text, nullable=False),
    Column("reel_id", Text, nullable=False),
    Column("asset_id", Text, nullable=False),
    Column("asset_version", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    # The cadence written out, and the frames of a second, such as 24000/1001.
    Column("plan", Text, nullable=False),
    Column("rate", Text, nullable=False),
    # By rank, as a JSON array.
    Column("titles", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),
    # Empty without one.
    Column("treatment", Text, nullable=False),
    Column("model_version", Text, nullable=False),
    Column("cold_start", Boolean, nullable=False),
    # Milliseconds since 1970.
    Column("time", BigInteger, nullable=False),
    # As JSON; empty where nothing was drawn.
    Column("probabilities", Text, nullable=False),
    # What became of it, from the events up to those that `followers` names.
    Column("started", BigInteger),
    Column("completed", BigInteger),
    Column("left", BigInteger),
    Column("reached", Integer, nullable=False, server_default="0"),
    # Frames seen of each cut, in four bytes each.
    Column("seen", LargeBinary, nullable=False),
    # When titles of it were first started, as JSON; empty where none was.
    Column("played", Text, nullable=False, server_default=""),
    Index("exposures_by_key", "key", "time"),
    Index("exposures_by_member", "member_id", "time"),
    Index("exposures_by_asset", "asset_id", "time"),
    sqlite_autoincrement=True,
)

MESSAGE_EVENTS: Final = Table(
    "message_events",
    METADATA,
    # That of the event; removed with it.
    Column(
        "position",
        POSITION,
        ForeignKey("events.position", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    # As `sizzle.events.Attribution` has them.
    Column("source", Text, nullable=False),
    Column("source_id", Text, nullable=False),
    Column("activity_id", Text, nullable=False),
    Column("treatment_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("app", Text, nullable=False),
    Column("endpoint_id", Text, nullable=False),
    Column("time", BigInteger, nullable=False),
    # Has all that is counted, in the order in which it is grouped.
    Index(
        "message_events_by_source",
        *("source_id", "source", "activity_id", "treatment_id", "action", "app", "endpoint_id"),
        "time",
    ),
)

UNUSED_EVENTS: Final = Table(
    "unused_events",
    METADATA,
    # Events of reels that no figure counts: how many of each quarter of an hour, and why.
    Column("quarter", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

FOLLOWERS: Final = Table(
    "followers",
    METADATA,
    # How far something has followed a table: up to this position, with it.
    Column("name", Text, primary_key=True),
    Column("position", BigInteger, nullable=False),
)
