"""The tables of sending: campaigns, their activities, and the sends."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from sizzle.database.metadata import METADATA

CAMPAIGNS: Final = Table(
    "campaigns",
    METADATA,
    Column("campaign_id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    # Why it is in this state, where it did not go there by a person's command.
    Column("reason", Text, nullable=False, server_default=""),
    # `sizzle.outreach.campaign.Campaign` as canonical JSON: what an approval is of.
    Column("content", Text, nullable=False),
    # Milliseconds since 1970, here and below.
    Column("created", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("approved", BigInteger),
    Column("approved_by", Text, nullable=False, server_default=""),
    # SHA-256 of the approved content, in hexadecimal.
    Column("approved_digest", Text, nullable=False, server_default=""),
    Column("started", BigInteger),
    Column("finished", BigInteger),
    # After this, a person is asked before anything more is sent.
    Column("latest_start", BigInteger),
    # Members of the snapshot, in its order, who have their sends: all before this number.
    Column("planned", BigInteger, nullable=False, server_default="0"),
    Column("updated", BigInteger, nullable=False),
    Index("campaigns_by_state", "state"),
)

ACTIVITIES: Final = Table(
    "activities",
    METADATA,
    Column("activity_id", Text, primary_key=True),
    # Of the campaign or journey.
    Column("campaign_id", Text, nullable=False),
    Column("treatment", Text, nullable=False),
    # "campaign" or "journey".
    Column("source", Text, nullable=False, server_default="campaign"),
    # The ids of titles whose plays are put down to its sends, as JSON; empty for all.
    Column("titles", Text, nullable=False, server_default="[]"),
    Index("activities_by_campaign", "campaign_id"),
)

_UNFINISHED: Final = text("state IN ('planned', 'held', 'temporary')")
_CLAIMED: Final = text("state = 'claimed'")
_CAPPED: Final = text("counted IS NOT NULL")

SENDS: Final = Table(
    "sends",
    METADATA,
    Column("send_id", Text, primary_key=True),
    # Of the campaign or journey; empty for transactional messages, whose activity is their own.
    Column("campaign_id", Text, nullable=False),
    Column("activity_id", Text, nullable=False),
    Column("app", Text, nullable=False),
    Column("endpoint_id", Text, nullable=False),
    Column("member_id", Text, nullable=False),
    # Of a journey: the run, and the version of the journey; empty and 0 for others.
    Column("run_id", Text, nullable=False, server_default=""),
    Column("journey_version", Integer, nullable=False, server_default="0"),
    Column("channel", Text, nullable=False),
    Column("class", Text, nullable=False),
    Column("topic", Text, nullable=False),
    # As `sizzle.outreach.vocabulary.SendState`; the reason says why it is skipped or held, or what
    # the transport said.
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    # When it may be looked at next; after `expires` it is skipped.
    Column("due", BigInteger, nullable=False),
    Column("expires", BigInteger),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("claimed_by", Text, nullable=False, server_default=""),
    Column("claimed", BigInteger),
    # When it was claimed, as frequency caps count it; none where it certainly did not go out.
    Column("counted", BigInteger),
    # What was composed, durable before it is handed over: it can be shown again from this.
    Column("line_digest", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default=""),
    Column("line_reason", Text, nullable=False, server_default=""),
    Column("slots", Text, nullable=False, server_default="{}"),
    Column("reel_id", Text, nullable=False, server_default=""),
    Column("asset_version", Text, nullable=False, server_default=""),
    Column("model_version", Text, nullable=False, server_default=""),
    # Empty as long as it cannot have been handed over.
    Column("message_id", Text, nullable=False, server_default=""),
    Column("transport_reference", Text, nullable=False, server_default=""),
    Column("created", BigInteger, nullable=False),
    Column("updated", BigInteger, nullable=False),
    UniqueConstraint("activity_id", "run_id", "app", "endpoint_id", name="sends_once"),
    Index(
        "sends_by_due",
        *("campaign_id", "channel", "due"),
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    ),
    Index("sends_claimed", "claimed_by", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
    # Has all that reports group by.
    Index(
        "sends_by_campaign",
        *("campaign_id", "state", "reason", "activity_id", "channel", "language", "line_reason"),
    ),
    Index(
        "sends_by_member",
        "member_id",
        "counted",
        sqlite_where=_CAPPED,
        postgresql_where=_CAPPED,
    ),
    Index("sends_by_reference", "transport_reference"),
)

TRANSPORTS: Final = Table(
    "transports",
    METADATA,
    Column("transport", Text, primary_key=True),
    # When the next message may be handed over, by its rate: microseconds since 1970.
    Column("next_slot", BigInteger, nullable=False),
    # Until when nothing is handed over, since it does not work: milliseconds since 1970.
    Column("paused_until", BigInteger, nullable=False),
    # How often in a row it did not work.
    Column("failures", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

SENDING_STORE: Final = Table(
    "sending_store",
    METADATA,
    # One row: which store this is, and a number that rises whenever sends are claimed. State
    # folders remember both, so that a database from a backup is noticed.
    Column("store_id", Text, primary_key=True),
    Column("generation", BigInteger, nullable=False),
)

WEBHOOK_CALLS: Final = Table(
    "webhook_calls",
    METADATA,
    # Signatures of calls that were taken, so that none is taken again.
    Column("signature", LargeBinary, primary_key=True),
    Column("received", Double, nullable=False),
    Index("webhook_calls_by_time", "received"),
)
