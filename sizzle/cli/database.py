"""Commands on the database: bring its tables up to date, and see whether they are."""

from __future__ import annotations

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, say

_app = typer.Typer(
    name="database",
    help="Upgrade and check the database of events.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


@_app.command()
def upgrade(database: options.DatabaseUrl = None, state: options.StateFolder = None) -> None:
    """Bring the tables of the database up to date, or create them.

    The service does the same when it starts; this command does it beforehand, without a service.

    Example: `sizzle database upgrade`
    """
    store = options.open_database(database, state, upgrade=False)
    changed = store.upgrade()
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
    elif found == LATEST:
        say(f"{store}: version {found}, up to date.")
    else:
        say(f"{store}: version {found or 'none'}, of {LATEST}; run `sizzle database upgrade`.")
    if found != LATEST:
        raise typer.Exit(1)
