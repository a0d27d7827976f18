"""Campaigns, their activities and sends, and what sending remembers."""

import sqlalchemy as sa
from alembic import op

revision = "v0005"
down_revision = "v0004"


def _texts(*names: str, default: str | None = None) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default=default) for name in names]


def _times(*names: str, nullable: bool = True) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=nullable) for name in names]


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.Text, primary_key=True),
        *_texts("state"),
        *_texts("reason", default=""),
        *_texts("content"),
        *_times("created", nullable=False),
        *_texts("created_by"),
        *_times("approved"),
        *_texts("approved_by", "approved_digest", default=""),
        *_times("started", "finished", "latest_start"),
        sa.Column("planned", sa.BigInteger, nullable=False, server_default="0"),
        *_times("updated", nullable=False),
    )
    op.create_index("campaigns_by_state", "campaigns", ["state"])
    op.create_table(
        "activities",
        sa.Column("activity_id", sa.Text, primary_key=True),
        *_texts("campaign_id", "treatment"),
    )
    op.create_index("activities_by_campaign", "activities", ["campaign_id"])
    _create_sends()
    op.create_table(
        "transports",
        sa.Column("transport", sa.Text, primary_key=True),
        *_times("next_slot", "paused_until", nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        *_texts("reason"),
    )
    op.create_table(
        "sending_store",
        sa.Column("store_id", sa.Text, primary_key=True),
        *_times("generation", nullable=False),
    )
    op.create_table(
        "webhook_calls",
        sa.Column("signature", sa.LargeBinary, primary_key=True),
        sa.Column("received", sa.Double, nullable=False),
    )
    op.create_index("webhook_calls_by_time", "webhook_calls", ["received"])


def _create_sends() -> None:
    op.create_table(
        "sends",
        sa.Column("send_id", sa.Text, primary_key=True),
        *_texts("campaign_id", "activity_id", "app", "endpoint_id", "member_id"),
        *_texts("channel", "class", "topic", "state"),
        *_texts("reason", default=""),
        *_times("due", nullable=False),
        *_times("expires"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        *_texts("claimed_by", default=""),
        *_times("claimed", "counted"),
        *_texts("line_digest", default=""),
        *_texts("slots", default="{}"),
        *_texts("reel_id", "asset_version", "model_version", default=""),
        *_texts("message_id", "transport_reference", default=""),
        *_times("created", "updated", nullable=False),
        sa.UniqueConstraint("activity_id", "app", "endpoint_id", name="sends_once"),
    )
    unfinished = "state IN ('planned', 'held', 'temporary')"
    _create_partial("sends_by_due", ["campaign_id", "channel", "due"], unfinished)
    _create_partial("sends_claimed", ["claimed_by"], "state = 'claimed'")
    _create_partial("sends_by_member", ["member_id", "counted"], "counted IS NOT NULL")
    op.create_index("sends_by_campaign", "sends", ["campaign_id", "state", "reason"])
    op.create_index("sends_by_reference", "sends", ["transport_reference"])


def _create_partial(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "sends", columns, sqlite_where=where, postgresql_where=where)
