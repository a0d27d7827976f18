"""The command that writes out the Premiere panel."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sizzle.cli.output import say


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(premiere_panel)


def premiere_panel(
    target: Annotated[
        Path,
        typer.Argument(
            help="The .ccx file or the folder to create; an earlier panel there is replaced."
        ),
    ],
    service: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="The service that the panel checks sequences with, such as"
            " https://sizzles.example.com; without it the panel uses no network.",
        ),
    ] = None,
) -> None:
    """Write the Premiere panel: it numbers clips, checks sequences and exports timelines.

    A .ccx file installs with a double click. A folder is loaded with Adobe's UXP Developer Tool:
    Add Plugin, and choose its manifest.json.

    Example: `sizzle premiere-panel dynamic-sizzles.ccx --service https://sizzles.example.com`
    """
    from sizzle.premiere_panel import write_panel

    written = write_panel(target, service)
    if written.suffix == ".ccx":
        say(f"Wrote the panel. Open {written}: Creative Cloud installs it.")
        say("It needs Premiere 26.3 or newer.")
        return
    say(f"Wrote the panel. In the UXP Developer Tool: Add Plugin > {written}, then Load.")
    say("It needs Premiere 26.3 or newer, with developer mode on in Settings > Plugins.")
