"""`sizzle outreach`: from a title to the members who want it."""

from __future__ import annotations

import typer

outreach_app = typer.Typer(
    name="outreach",
    help="Invite members: import, segments, lines, campaigns, journeys.",
    no_args_is_help=True,
)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    from sizzle.cli.outreach import (  # noqa: F401 - each registers its commands
        affinity,
        approve,
        campaign,
        demo,
        draft,
        importing,
        journey,
        previewing,
        promoted,
        prompt,
        push_key,
        report,
        segment,
        send,
        showing,
    )

    app.add_typer(outreach_app)
