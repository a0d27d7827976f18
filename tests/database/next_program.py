"""The program as a later version would be: with two more migrations.

    python -m tests.database.next_program FOLDER ARGUMENTS-OF-SIZZLE...

The first one expands the tables; the second contracts them, which only that version can live with.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

import sizzle.database.database as database
import sizzle.database.upgrading as upgrading

EXPANDED: Final = "v9998"
CONTRACTED: Final = "v9999"

_MIGRATION: Final = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{down}"
oldest_program = "{oldest}"


def upgrade() -> None:
    {change}
"""


def main() -> None:
    """Be that program, and do what the arguments say."""
    folder = Path(sys.argv[1]) / "migrations"
    if not folder.exists():
        shutil.copytree(upgrading.MIGRATIONS, folder)
    before = database.LATEST
    column = 'op.add_column("events", sa.Column("next", sa.Text))'
    _write(folder, EXPANDED, before, before, column)
    _write(folder, CONTRACTED, EXPANDED, CONTRACTED, 'op.drop_column("events", "next")')
    upgrading.MIGRATIONS = folder  # type: ignore[misc]
    database.LATEST = CONTRACTED  # type: ignore[misc]
    sys.argv = ["sizzle", *sys.argv[2:]]
    from sizzle.cli import main as run

    run()


def _write(folder: Path, revision: str, down: str, oldest: str, change: str) -> None:
    text = _MIGRATION.format(revision=revision, down=down, oldest=oldest, change=change)
    (folder / "versions" / f"{revision}_next.py").write_text(text)


if __name__ == "__main__":
    main()
