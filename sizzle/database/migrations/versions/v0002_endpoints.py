"""Endpoints, applications, and an index of events by endpoint."""

import sqlalchemy as sa
from alembic import op

revision = "v0002"
down_revision = "v0001"


def upgrade() -> None:
    """Create the tables and the index."""
    op.create_table(
        "apps",
        sa.Column("app", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "endpoints",
        sa.Column("app", sa.Text, primary_key=True),
        sa.Column("endpoint_id", sa.Text, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("member_id", "channel", "address", "opt_out", "content")
        ),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created", "updated")),
        sa.Column("deleted", sa.BigInteger),
    )
    op.create_index("endpoints_by_member", "endpoints", ["member_id"])
    op.create_index(
        "events_by_endpoint",
        "events",
        ["app", "endpoint_id"],
        sqlite_where=sa.text("endpoint_id <> ''"),
        postgresql_where=sa.text("endpoint_id <> ''"),
    )
