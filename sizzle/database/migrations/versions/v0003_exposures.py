"""Exposures with what became of them, events of messages, and how far both are followed."""

import sqlalchemy as sa
from alembic import op

revision = "v0003"
down_revision = "v0002"

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    _create_exposures()
    op.create_table(
        "message_events",
        sa.Column(
            "position",
            _POSITION,
            sa.ForeignKey("events.position", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        *_texts("source", "source_id", "activity_id", "treatment_id", "action"),
        *_texts("app", "endpoint_id"),
        sa.Column("time", sa.BigInteger, nullable=False),
    )
    op.create_index(
        "message_events_by_source",
        "message_events",
        [
            *("source_id", "source", "activity_id", "treatment_id", "action"),
            *("app", "endpoint_id", "time"),
        ],
    )
    op.create_table(
        "unused_events",
        sa.Column("quarter", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("reason", sa.Text, primary_key=True),
        sa.Column("count", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "followers",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )


def _create_exposures() -> None:
    op.create_table(
        "exposures",
        sa.Column("position", _POSITION, primary_key=True, autoincrement=True),
        sa.Column("key", sa.LargeBinary, nullable=False),
        *_texts("member_id", "reel_id", "asset_id", "asset_version", "cadence", "plan", "rate"),
        *_texts("titles"),
        sa.Column("seed", sa.BigInteger, nullable=False),
        *_texts("treatment", "model_version"),
        sa.Column("cold_start", sa.Boolean, nullable=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        *_texts("probabilities"),
        *(sa.Column(name, sa.BigInteger) for name in ("started", "completed", "left")),
        sa.Column("reached", sa.Integer, nullable=False, server_default="0"),
        sa.Column("seen", sa.LargeBinary, nullable=False),
        sa.Column("played", sa.Text, nullable=False, server_default=""),
        sqlite_autoincrement=True,
    )
    for name, column in (("key", "key"), ("member", "member_id"), ("asset", "asset_id")):
        op.create_index(f"exposures_by_{name}", "exposures", [column, "time"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
