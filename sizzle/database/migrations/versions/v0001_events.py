"""Events, and the members that were erased."""

import sqlalchemy as sa
from alembic import op

revision = "v0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "events",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("key", sa.LargeBinary, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("app", "event_id", "type")),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("member_id", "endpoint_id", "reel_id")
        ),
        *(
            sa.Column(name, sa.BigInteger, nullable=False)
            for name in ("time", "clock_offset", "received")
        ),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("conflicts", sa.Integer, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_index("events_by_key", "events", ["key"], unique=True)
    op.create_index("events_by_member", "events", ["member_id", "time"])
    op.create_table(
        "erased_members",
        sa.Column("member_hash", sa.LargeBinary, primary_key=True),
        sa.Column("erased", sa.BigInteger, nullable=False),
    )
