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
    folder: Annotated[
        Path, typer.Argument(help="The folder to create; an earlier panel in it is replaced.")
    ],
) -> None:
    """Write the Premiere panel: it numbers clips, shows findings and exports the timeline.

    Load it with Adobe's UXP Developer Tool: Add Plugin, and choose its manifest.json.

    Example: `sizzle premiere-panel premiere-panel`
    """
    from sizzle.premiere_panel import write_panel

    manifest = write_panel(folder)
    say(f"Wrote the panel. In the UXP Developer Tool: Add Plugin > {manifest}, then Load.")
    say("It needs Premiere 26.3 or newer, with developer mode on in Settings > Plugins.")
