"""Migrations: which of them to run, so that the former program can go on beside the new one.

A migration *expands* where programs that know an earlier version can live with what it leaves, and
*contracts* where they cannot. Each states `oldest_program`, the version that a program must know; a
migration that states none contracts. `alembic_version.oldest_program` has what the tables permit.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

MIGRATIONS: Final = Path(__file__).parent / "migrations"


def upgrade(
    connection: Connection, found: str, oldest: str, latest: str, *, contract: bool
) -> bool:
    """Run the migrations that are due. Returns whether there were any.

    Args:
        connection: in a transaction that writes.
        found: the version of the tables.
        oldest: the oldest version that this program can live with.
        latest: the newest that it knows.
        contract: whether to run those that the former program could not live with.
    """
    config = config_of(connection)
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    permitted = {
        each.revision: getattr(each.module, "oldest_program", each.revision) for each in scripts
    }
    target = latest if contract or not found else target_of(permitted, found, oldest)
    if target <= found:
        return False
    command.upgrade(config, target)
    needed = max(needs for version, needs in permitted.items() if version <= target)
    connection.execute(text("UPDATE alembic_version SET oldest_program = :it"), {"it": needed})
    return True


def target_of(permitted: Mapping[str, str], found: str, oldest: str) -> str:
    """How far to go while a program that knows `found` may still run.

    Args:
        permitted: the oldest programs that the tables of each version permit.
        found: the version of the tables.
        oldest: that has to be reached in any case.
    """
    target = found
    for version, needs in sorted(permitted.items()):
        if version > target and (version <= oldest or needs <= found):
            target = version
        elif version > target:
            break
    return target


def config_of(connection: Connection) -> Config:
    """Alembic's configuration, over a connection."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
