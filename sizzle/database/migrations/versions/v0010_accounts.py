"""Users, their sessions, and failed attempts to sign in.

Expands only.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0010"
down_revision = "v0009"
oldest_program = "v0007"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "users",
        sa.Column("address", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "password_hash", "scopes")),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("disabled", sa.BigInteger),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("method", "subject", "address", "name", "scopes")
        ),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("created", "used")),
    )
    op.create_index("sessions_by_subject", "sessions", ["method", "subject"])
    op.create_index("sessions_by_address", "sessions", ["address"])
    op.create_index("sessions_by_created", "sessions", ["created"])
    op.create_table(
        "sign_in_attempts",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    op.create_index("sign_in_attempts_by_time", "sign_in_attempts", ["last"])
