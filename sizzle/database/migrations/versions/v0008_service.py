"""API keys, repeated requests and jobs, for services of several machines.

Expands only: whoever knows the tables of v0007 can live with these. From here on, the row of
`alembic_version` says which program the tables permit.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0008"
down_revision = "v0007"
oldest_program = "v0007"


def upgrade() -> None:
    """Create the tables."""
    op.add_column("alembic_version", sa.Column("oldest_program", sa.String(32)))
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Text, primary_key=True),
        *_texts("name", "sha256", "scopes"),
        sa.Column("rate", sa.Double),
        sa.Column("created", sa.Double, nullable=False),
        sa.Column("revoked", sa.Double),
        sa.Column("aws", sa.Boolean, nullable=False),
    )
    op.create_table(
        "api_access",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("changes", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "workers",
        sa.Column("worker", sa.Text, primary_key=True),
        sa.Column("lease", sa.BigInteger, nullable=False),
    )
    _create_requests()
    _create_jobs()


def _create_requests() -> None:
    op.create_table(
        "requests",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("started", sa.BigInteger, nullable=False),
        *_texts("worker"),
        sa.Column("body_sha256", sa.Text),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_index("requests_by_start", "requests", ["started"])


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("queue", "job_id")),
        sa.Column("created", sa.Double, nullable=False),
        *_texts("folder", "request", "events"),
        sa.Column("result", sa.Text),
        sa.Column("publication", sa.Text),
        *_texts("worker"),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("jobs_by_age", "jobs", ["queue", "created"])


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]
