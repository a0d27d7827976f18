"""The `sizzle` command: its subcommands, and how errors become exit codes.

Exit codes: 0 success, 1 findings or a failed check, 2 bad usage or unreadable input.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import cache
from typing import Annotated

import typer

from ranker import RankerError
from sizzle import __version__
from sizzle.cli import (
    batch,
    catalog,
    database,
    demo,
    embedding,
    evaluation,
    events,
    exposures,
    keys,
    mega,
    members,
    metrics,
    outreach,
    package,
    play,
    premiere_panel,
    ranking,
    reels,
    service,
    shards,
    signals,
    similar,
    timelines,
    users,
)
from sizzle.cli.output import print_error
from sizzle.errors import SizzleError

app = typer.Typer(
    name="sizzle",
    help="Personal sizzle reels: timecode lists into one Mega Asset.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for module in (
    timelines,
    mega,
    package,
    reels,
    play,
    ranking,
    batch,
    shards,
    evaluation,
    embedding,
    similar,
    service,
    signals,
    keys,
    users,
    catalog,
    database,
    events,
    exposures,
    members,
    metrics,
    outreach,
    premiere_panel,
    demo,
):
    module.register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"sizzle {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log each step, and each program that is run.")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(name)s %(message)s",
        stream=sys.stderr,
    )


@cache
def command() -> Callable[[], object]:
    """What runs the command line; to read all commands from their functions takes a while."""
    return typer.main.get_command(app)


def main() -> None:
    """Run the command line and exit with its code; expected errors end without a traceback."""
    try:
        command()()
    except SizzleError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except RankerError as error:
        print_error(error)
        sys.exit(SizzleError.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
