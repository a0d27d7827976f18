"""The command that verifies rendered reels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.cli.reel_files import Bed, Timecodes, Video, media_of
from sizzle.cli.render_options import AudioChoice, LoudnessChoice, read_fade, read_size

if TYPE_CHECKING:
    from player_stub import RenderSettings


_INSTEAD = "that the film was rendered with, instead of what it says itself."


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
    tolerance: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=500,
            help="Milliseconds by which the audio may be early or late. By default 1 for films "
            "rendered here, and half a frame for others.",
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(help=f"Picture size {_INSTEAD}", metavar="WxH"),
    ] = None,
    burn_in: Annotated[
        bool | None,
        typer.Option("--burn-in/--no-burn-in", help=f"Whether text is burnt in {_INSTEAD}"),
    ] = None,
    title_cards: Annotated[
        bool | None,
        typer.Option("--title-cards/--no-title-cards", help=f"Whether titles show {_INSTEAD}"),
    ] = None,
    audio: Annotated[AudioChoice | None, typer.Option(help=f"Audio {_INSTEAD}")] = None,
    fade: Annotated[
        float | None, typer.Option(min=0, max=60, help=f"Length of the fade-out {_INSTEAD}")
    ] = None,
    loudness: Annotated[LoudnessChoice | None, typer.Option(help=f"Loudness {_INSTEAD}")] = None,
    video: Video = None,
    bed: Bed = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """Verify a rendered reel: every frame against its timecode list, the audio against the bed.

    What a film was rendered with is recorded in it. Exits with 1 if a check fails.

    Example: `sizzle verify ada.mp4 ada.json --html ada.html`
    """
    import player_stub
    from player_stub.timecode_list_file import read_timecode_list

    reel = read_timecode_list(timecodes)
    media = media_of(reel, video, bed, catalog)
    settings = _settings(film, size, burn_in, title_cards, audio, fade, loudness)
    verification = player_stub.verify_film(reel, film, media, settings, tolerance)
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


def _settings(
    film: Path,
    size: str | None,
    burn_in: bool | None,
    title_cards: bool | None,
    audio: AudioChoice | None,
    fade: float | None,
    loudness: LoudnessChoice | None,
) -> RenderSettings | None:
    """What a film was rendered with: what it says, but for what is given; None where nothing is."""
    import player_stub

    given: dict[str, Any] = {
        "size": None if size is None else read_size(size),
        "burn_in": burn_in,
        "title_cards": title_cards,
        "audio": audio,
        "fade": read_fade(fade),
        "loudness": None if loudness is None else float(loudness),
    }
    known = {name: value for name, value in given.items() if value is not None}
    if not known:
        return None
    recorded = player_stub.read_settings(film) or player_stub.RenderSettings()
    return replace(recorded, **known)
