"""Journeys and their runs; sends once for each run.

Expands only: programs without journeys send nothing of them.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "v0011"
down_revision = "v0010"
oldest_program = "v0007"

_UNFINISHED = "state IN ('planned', 'held', 'temporary')"
_INDEXES = {
    "sends_by_due": (["campaign_id", "channel", "due"], _UNFINISHED),
    "sends_claimed": (["claimed_by"], "state = 'claimed'"),
    "sends_by_member": (["member_id", "counted"], "counted IS NOT NULL"),
    "sends_by_campaign": (
        ["campaign_id", "state", "reason", "activity_id", "channel", "language", "line_reason"],
        "",
    ),
    "sends_by_reference": (["transport_reference"], ""),
}


def _texts(*names: str, default: str | None = None) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False, server_default=default) for name in names]


def _times(*names: str, default: str | None = None) -> list[sa.Column[int]]:
    return [
        sa.Column(name, sa.BigInteger, nullable=False, server_default=default) for name in names
    ]


def _optional_times(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger) for name in names]


def upgrade() -> None:
    """Create the tables, and let an activity send again in another run."""
    _create_journeys()
    _create_runs()
    if op.get_bind().dialect.name == "sqlite":
        _rebuild_sends()
        return
    op.add_column("sends", *_texts("run_id", default=""))
    op.add_column(
        "sends", sa.Column("journey_version", sa.Integer, nullable=False, server_default="0")
    )
    op.drop_constraint("sends_once", "sends")
    op.create_unique_constraint(
        "sends_once", "sends", ["activity_id", "run_id", "app", "endpoint_id"]
    )


def _create_journeys() -> None:
    op.create_table(
        "journeys",
        sa.Column("journey_id", sa.Text, primary_key=True),
        *_texts("state"),
        *_texts("reason", default=""),
        sa.Column("version", sa.Integer, nullable=False, server_default="0"),
        sa.Column("newest", sa.Integer, nullable=False),
        *_times("created"),
        *_optional_times("started"),
        *_times("enters_from", "looked", default="0"),
        sa.Column("primed", sa.Boolean, nullable=False, server_default=sa.text("false")),
        *_optional_times("closed"),
        *_times("updated"),
    )
    op.create_table(
        "journey_versions",
        sa.Column("journey_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_texts("content"),
        *_times("created"),
        *_texts("created_by"),
        *_optional_times("approved"),
        *_texts("approved_by", "approved_digest", default=""),
    )


def _create_runs() -> None:
    op.create_table(
        "journey_runs",
        sa.Column("run_id", sa.Text, primary_key=True),
        *_texts("journey_id"),
        sa.Column("version", sa.Integer, nullable=False),
        *_texts("member_id", "entry"),
        *_times("entered"),
        *_texts("step"),
        *_times("since", "due"),
        *_texts("branches", default="{}"),
        *_texts("outcome", default=""),
        *_times("updated"),
        sa.UniqueConstraint("member_id", "journey_id", "entry", name="journey_runs_once"),
    )
    _create_index("journey_runs_by_due", "journey_runs", ["journey_id", "due"], "outcome = ''")
    op.create_index(
        "journey_runs_by_step", "journey_runs", ["journey_id", "version", "outcome", "step"]
    )
    op.create_table(
        "journey_segment_members",
        sa.Column("journey_id", sa.Text, primary_key=True),
        sa.Column("member_id", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("journey_segment_members_by_member", "journey_segment_members", ["member_id"])


def _rebuild_sends() -> None:
    """SQLite cannot change what is unique in a table that is there."""
    for name in _INDEXES:
        op.drop_index(name, "sends")
    op.rename_table("sends", "old_sends")
    old: list[sa.Column[Any]] = [
        sa.Column("send_id", sa.Text, primary_key=True),
        *_texts("campaign_id", "activity_id", "app", "endpoint_id", "member_id"),
        *_texts("channel", "class", "topic", "state"),
        *_texts("reason", default=""),
        *_times("due"),
        *_optional_times("expires"),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        *_texts("claimed_by", default=""),
        *_optional_times("claimed", "counted"),
        *_texts("line_digest", default=""),
        *_texts("slots", default="{}"),
        *_texts("reel_id", "asset_version", "model_version", default=""),
        *_texts("message_id", "transport_reference", default=""),
        *_times("created", "updated"),
        *_texts("language", "line_reason", default=""),
    ]
    op.create_table(
        "sends",
        *old,
        *_texts("run_id", default=""),
        sa.Column("journey_version", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("activity_id", "run_id", "app", "endpoint_id", name="sends_once"),
    )
    names = ", ".join(f'"{column.name}"' for column in old)
    op.execute(f"INSERT INTO sends ({names}) SELECT {names} FROM old_sends")  # noqa: S608
    op.drop_table("old_sends")
    for name, (columns, where) in _INDEXES.items():
        _create_index(name, "sends", columns, where)


def _create_index(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition) if condition else None
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
