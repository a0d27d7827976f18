"""The command that verifies rendered reels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.reel_files import Bed, Timecodes, Video, media_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(verify)


def verify(
    film: Annotated[Path, typer.Argument(help="The rendered reel.")],
    timecodes: Timecodes,
    html: Annotated[
        Path | None,
        typer.Option(help="Also write an HTML report with charts and the frames at each cut."),
    ] = None,
    audio: Annotated[
        Literal["bed", "clips", "mix"],
        typer.Option(help="The audio that the film was rendered with."),
    ] = "bed",
    video: Video = None,
    bed: Bed = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """Verify a rendered reel: every frame against its timecode list, the audio against the bed.

    Exits with 1 if a check fails.

    Example: `sizzle verify ada.mp4 ada.json --html ada.html`
    """
    import player_stub
    from player_stub.timecode_list_file import read_timecode_list

    reel = read_timecode_list(timecodes)
    media = media_of(reel, video, bed, catalog)
    verification = player_stub.verify_film(reel, film, media, audio)
    if html is not None:
        player_stub.write_html_report(reel, film, media, verification, html)
        say(f"Wrote {html}.")
    if as_json:
        print_json(verification.to_json())
    else:
        rows = [
            (check.name, "passed" if check.passed else "FAILED", check.measured, check.required)
            for check in verification.checks
        ]
        print_table(f"Verification of {film}", ("check", "result", "measured", "required"), rows)
        for check in verification.checks:
            if not check.passed and check.detail:
                say(f"{check.name}: {check.detail}")
    raise typer.Exit(0 if verification.passed else 1)
