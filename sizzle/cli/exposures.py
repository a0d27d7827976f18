"""Commands on exposures: export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import say

_app = typer.Typer(
    name="exposures", help="Export which reels were shown to whom.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(_app)


@_app.command()
def export(
    out: Annotated[Path, typer.Argument(help="A .jsonl, .jsonl.gz or .parquet file.")],
    database: options.DatabaseUrl = None,
    state: options.StateFolder = None,
) -> None:
    """Write all exposures to a file: what was shown to whom, and with what probability.

    The state folder remembers where to, so that `sizzle members erase` finds the file.

    Example: `sizzle exposures export exposures.jsonl.gz`
    """
    from sizzle.eventlog.exported_files import remember_export
    from sizzle.eventlog.exposure_files import write_exposures
    from sizzle.eventlog.exposures import read_exposures
    from sizzle.state_folder import state_folder

    remember_export(state_folder(state), str(out))
    store = options.open_database(database, state)
    count = write_exposures(out, read_exposures(store))
    store.close()
    say(f"{out}: {count} exposures.")
