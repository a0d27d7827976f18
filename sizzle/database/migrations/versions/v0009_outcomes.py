"""What outreach brought: assignments, and what became of sends, with the sums of both.

Expands only.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "v0009"
down_revision = "v0008"
oldest_program = "v0007"


def _texts(*names: str, key: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, primary_key=key) for name in names]


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables; sends name their line's language and reason from now on."""
    op.create_table(
        "experiments",
        *_texts("experiment_id", key=True),
        *_texts("titles"),
        *_numbers("most_seconds", "started"),
        sa.Column("ends", sa.BigInteger),
    )
    op.create_table(
        "assignments",
        *_texts("experiment_id", "member_id", key=True),
        *_texts("treatment"),
        *_numbers("entered"),
        sa.Column("seconds", sa.BigInteger, nullable=False, server_default="0"),
        sa.Column("all_seconds", sa.BigInteger, nullable=False, server_default="0"),
        sqlite_with_rowid=False,
    )
    op.create_index("assignments_by_member", "assignments", ["member_id"])
    op.create_table(
        "experiment_days",
        *_texts("experiment_id", "treatment", key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        *_numbers("members", "players", "seconds", "squares", "all_seconds", "all_squares"),
        sqlite_with_rowid=False,
    )
    _create_send_tables()
    op.add_column(
        "activities", sa.Column("source", sa.Text, nullable=False, server_default="campaign")
    )
    op.add_column("activities", sa.Column("titles", sa.Text, nullable=False, server_default="[]"))
    _fill_titles()


def _fill_titles() -> None:
    """Say of the activities of campaigns that promote a title which one it is."""
    campaigns = sa.table("campaigns", sa.column("campaign_id"), sa.column("content"))
    activities = sa.table("activities", sa.column("campaign_id"), sa.column("titles"))
    connection = op.get_bind()
    for campaign_id, content in connection.execute(sa.select(campaigns)).all():
        try:
            campaign = json.loads(content)
        except ValueError:  # somebody has changed it in the database
            continue
        if campaign.get("kind") == "title":
            of_it = activities.c.campaign_id == campaign_id
            titles = json.dumps([campaign["promoted_id"]])
            connection.execute(activities.update().where(of_it).values(titles=titles))


def _create_send_tables() -> None:
    op.create_table(
        "send_outcomes",
        *_texts("send_id", key=True),
        *_texts("member_id", "activity_id", "channel", "language", "line_reason"),
        sa.Column("bits", sa.Integer, nullable=False),
        sa.Column("reel_seconds", sa.Double, nullable=False),
        *_texts("clicks", "opens"),
        *_numbers("watched"),
        sa.Column("played", sa.BigInteger),
        sa.Column("named", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("send_outcomes_by_member", "send_outcomes", ["member_id"])
    op.create_table(
        "send_totals",
        *_texts("activity_id", "channel", "language", "line_reason", key=True),
        sa.Column("bits", sa.Integer, primary_key=True, autoincrement=False),
        *_numbers("sends"),
        sa.Column("reel_seconds", sa.Double, nullable=False),
        sqlite_with_rowid=False,
    )
    for name in ("language", "line_reason"):
        op.add_column("sends", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.drop_index("sends_by_campaign", "sends")
    columns = ["campaign_id", "state", "reason", "activity_id", "channel", "language"]
    op.create_index("sends_by_campaign", "sends", [*columns, "line_reason"])
