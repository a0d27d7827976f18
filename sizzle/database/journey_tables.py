"""The tables of journeys: their versions, the runs of members, and who is inside a segment."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sizzle.database.metadata import METADATA

JOURNEYS: Final = Table(
    "journeys",
    METADATA,
    Column("journey_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    # Why it is in this state, where it did not go there by a person's command.
    Column("reason", Text, nullable=False, server_default=""),
    # Of those who enter: the newest that is approved; 0 as long as none is.
    Column("version", Integer, nullable=False, server_default="0"),
    # The newest there is.
    Column("newest", Integer, nullable=False),
    # Milliseconds since 1970, here and below.
    Column("created", BigInteger, nullable=False),
    Column("started", BigInteger),
    # When it was started or resumed last: nothing from before lets anybody enter.
    Column("enters_from", BigInteger, nullable=False, server_default="0"),
    # Up to when the segment or the schedule was looked at.
    Column("looked", BigInteger, nullable=False, server_default="0"),
    # Whether those who were in the segment from the first on are known.
    Column("primed", Boolean, nullable=False, server_default=text("false")),
    Column("closed", BigInteger),
    Column("updated", BigInteger, nullable=False),
)

JOURNEY_VERSIONS: Final = Table(
    "journey_versions",
    METADATA,
    Column("journey_id", Text, primary_key=True),
    # From 1; a changed journey is a new version.
    Column("version", Integer, primary_key=True, autoincrement=False),
    # `sizzle.outreach.journeys.model.Journey` as canonical JSON: what an approval is of.
    Column("content", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approved", BigInteger),
    Column("approved_by", Text, nullable=False, server_default=""),
    # SHA-256 of the approved content, in hexadecimal.
    Column("approved_digest", Text, nullable=False, server_default=""),
)

_GOES_ON: Final = text("outcome = ''")

JOURNEY_RUNS: Final = Table(
    "journey_runs",
    METADATA,
    Column("run_id", Text, primary_key=True),
    Column("journey_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("member_id", Text, nullable=False),
    # Names the entry: of one event, moment or time.
    Column("entry", Text, nullable=False),
    Column("entered", BigInteger, nullable=False),
    # Where it stands, since when, and when it is looked at next.
    Column("step", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("due", BigInteger, nullable=False),
    # The branches that splits gave, as canonical JSON.
    Column("branches", Text, nullable=False, server_default="{}"),
    # As `sizzle.outreach.journeys.run.Outcome`; empty as long as it goes on.
    Column("outcome", Text, nullable=False, server_default=""),
    Column("updated", BigInteger, nullable=False),
    UniqueConstraint("member_id", "journey_id", "entry", name="journey_runs_once"),
    Index(
        "journey_runs_by_due",
        *("journey_id", "due"),
        sqlite_where=_GOES_ON,
        postgresql_where=_GOES_ON,
    ),
    Index("journey_runs_by_step", "journey_id", "version", "outcome", "step"),
    # Pages list runs by their ids, also those of a journey that has few among many.
    Index("journey_runs_by_journey", "journey_id", "run_id"),
    Index(
        "journey_runs_at_step",
        *("journey_id", "step", "run_id"),
        sqlite_where=_GOES_ON,
        postgresql_where=_GOES_ON,
    ),
)

JOURNEY_SEGMENT_MEMBERS: Final = Table(
    "journey_segment_members",
    METADATA,
    # Members who have entered the segment that starts a journey, and have not left it.
    Column("journey_id", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    Index("journey_segment_members_by_member", "member_id"),
    sqlite_with_rowid=False,
)
