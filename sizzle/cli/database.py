"""Commands on the database: bring its tables up to date, back it up and restore it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]

_app = typer.Typer(
    name="database",
    help="Upgrade, check, back up and restore the database.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


@_app.command()
def upgrade(database: options.DatabaseUrl = None, state: options.StateFolder = None) -> None:
    """Bring the tables of the database up to date, or create them.

    The service does the same when it starts, except for what machines that still run the former
    version could not live with: run this command once all machines run the new one.

    Example: `sizzle database upgrade`
    """
    store = options.open_database(database, state, upgrade=False)
    changed = store.upgrade(contract=True)
    say(f"{store}: {'upgraded to' if changed else 'already at'} {store.version()}.")


@_app.command()
def check(
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Check that the database can be written to, and that its tables are up to date.

    Example: `sizzle database check --database postgresql://sizzle@db/sizzle`
    """
    from sizzle.database.database import LATEST

    store = options.open_database(database, state, upgrade=False)
    found = store.version()
    with store.writing():
        pass
    if as_json:
        print_json({"database": str(store), "version": found, "latest": LATEST})
    elif found >= LATEST:
        say(f"{store}: version {found}, up to date.")
    else:
        say(f"{store}: version {found or 'none'}, of {LATEST}; run `sizzle database upgrade`.")
    if found < LATEST:
        raise typer.Exit(1)


@_app.command()
def backup(
    file: BackupFile,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Write all rows, as they are at one moment, to a new file, while the service runs.

    Example: `sizzle database backup /backup/sizzle-2026-11-30.db`
    """
    from sizzle.database.backup import back_up

    store = options.open_database(database, state)
    _say_rows("Backed up", back_up(store, file), as_json)


@_app.command()
def restore(
    file: BackupFile,
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
    as_json: Json = False,
) -> None:
    """Fill an empty database from a backup; it may be of another kind than the one backed up.

    Example: `sizzle database restore sizzle-2026-11-30.db --database postgresql://sizzle@db/sizzle`
    """
    from sizzle.database.backup import restore as restore_from

    store = options.open_database(database, state)
    _say_rows("Restored", restore_from(store, file), as_json)


def _say_rows(done: str, counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        print_json({"rows": counts})
    else:
        say(f"{done} {sum(counts.values())} rows of {len(counts)} tables.")
