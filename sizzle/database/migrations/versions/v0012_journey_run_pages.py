"""Indexes for the pages of a journey's runs: all of them, and those at one step.

Expands only: what other programs do with the table stays as it is.
"""

import sqlalchemy as sa
from alembic import op

revision = "v0012"
down_revision = "v0011"
oldest_program = "v0007"

_GOES_ON = sa.text("outcome = ''")


def upgrade() -> None:
    """Create the indexes."""
    op.create_index("journey_runs_by_journey", "journey_runs", ["journey_id", "run_id"])
    op.create_index(
        "journey_runs_at_step",
        "journey_runs",
        ["journey_id", "step", "run_id"],
        sqlite_where=_GOES_ON,
        postgresql_where=_GOES_ON,
    )
