"""Tables of what outreach brought: who was assigned to what, and what became of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Double, Index, Integer, Table, Text

from sizzle.database.metadata import METADATA

EXPERIMENTS: Final = Table(
    "experiments",
    METADATA,
    # As `sizzle.outreach.results.experiment.Experiment`.
    Column("experiment_id", Text, primary_key=True),
    # The ids of titles that count, as a JSON array; empty for all titles.
    Column("titles", Text, nullable=False),
    # Seconds of a member above which no more count.
    Column("most_seconds", BigInteger, nullable=False),
    # Milliseconds since 1970, here and below; without an end, it goes on.
    Column("started", BigInteger, nullable=False),
    Column("ends", BigInteger),
)

ASSIGNMENTS: Final = Table(
    "assignments",
    METADATA,
    Column("experiment_id", Text, primary_key=True),
    Column("member_id", Text, primary_key=True),
    # Empty for those who are held out of it, `*` for those who are held out of everything.
    Column("treatment", Text, nullable=False),
    Column("entered", BigInteger, nullable=False),
    # Seconds watched since then: of the titles that count, and of all.
    Column("seconds", BigInteger, nullable=False, server_default="0"),
    Column("all_seconds", BigInteger, nullable=False, server_default="0"),
    Index("assignments_by_member", "member_id"),
    sqlite_with_rowid=False,
)

EXPERIMENT_DAYS: Final = Table(
    "experiment_days",
    METADATA,
    # What each day added to the sums over `assignments`, so that no report has to read these.
    Column("experiment_id", Text, primary_key=True),
    Column("treatment", Text, primary_key=True),
    # Days since 1970, in UTC.
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("members", BigInteger, nullable=False),
    Column("players", BigInteger, nullable=False),
    # Seconds, and the squares of each member's, none above the experiment's most.
    Column("seconds", BigInteger, nullable=False),
    Column("squares", BigInteger, nullable=False),
    Column("all_seconds", BigInteger, nullable=False),
    Column("all_squares", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

SEND_OUTCOMES: Final = Table(
    "send_outcomes",
    METADATA,
    # Of sends that anything became of, as `sizzle.outreach.results.outcome.SendOutcome`.
    Column("send_id", Text, primary_key=True),
    Column("member_id", Text, nullable=False),
    Column("activity_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("line_reason", Text, nullable=False),
    Column("bits", Integer, nullable=False),
    Column("reel_seconds", Double, nullable=False),
    # When a person clicked, or opened it, as JSON arrays.
    Column("clicks", Text, nullable=False),
    Column("opens", Text, nullable=False),
    # Seconds of what it promotes that were watched since, when they became a play, and whether the
    # player named this send.
    Column("watched", BigInteger, nullable=False),
    Column("played", BigInteger),
    Column("named", Integer, nullable=False),
    Index("send_outcomes_by_member", "member_id"),
    sqlite_with_rowid=False,
)

SEND_TOTALS: Final = Table(
    "send_totals",
    METADATA,
    # How many rows of `send_outcomes` have these in common.
    Column("activity_id", Text, primary_key=True),
    Column("channel", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("line_reason", Text, primary_key=True),
    Column("bits", Integer, primary_key=True, autoincrement=False),
    Column("sends", BigInteger, nullable=False),
    Column("reel_seconds", Double, nullable=False),
    sqlite_with_rowid=False,
)
