"""The command that renders reels as films or sequences."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_error, print_json, print_table
from sizzle.cli.reel_files import Bed, Video, media_of
from sizzle.cli.render_options import AudioChoice, LoudnessChoice, read_size
from sizzle.errors import InputError, SizzleError

if TYPE_CHECKING:
    from player_stub.render.batch import RenderJob, RenderOutcome

_Format = Literal["mp4", "mov", "otio", "xml"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(render)


def render(
    timecodes: Annotated[
        list[Path], typer.Argument(help="Timecode lists, as written by `sizzle compose`.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            help="Output file (.mp4, .mov, .otio or .xml), or a folder for several reels."
        ),
    ],
    as_format: Annotated[
        _Format, typer.Option("--format", help="File format where --out is a folder.")
    ] = "mp4",
    size: Annotated[
        str | None, typer.Option(help="Picture size in pixels, such as 640x360.", metavar="WxH")
    ] = None,
    burn_in: Annotated[
        bool, typer.Option("--burn-in", help="Burn timecodes and clip keys into the picture.")
    ] = False,
    title_cards: Annotated[
        bool, typer.Option("--title-cards", help="Show each title's name where it begins.")
    ] = False,
    reencode: Annotated[
        bool, typer.Option("--reencode", help="Encode every frame instead of copying.")
    ] = False,
    audio: Annotated[
        AudioChoice, typer.Option(help="Audio: the bed, the clips' own, or the clips over the bed.")
    ] = "bed",
    fade: Annotated[
        float, typer.Option(min=0, max=60, help="Length of the fade-out, in seconds.")
    ] = 0,
    loudness: Annotated[
        LoudnessChoice | None, typer.Option(help="Normalize to this loudness in LUFS (EBU R128).")
    ] = None,
    jobs: Annotated[int, typer.Option(min=1, help="Reels to render in parallel.")] = (
        os.cpu_count() or 1
    ),
    contact_sheet: Annotated[
        Path | None, typer.Option(help="Also write a PNG with a thumbnail of each cut.")
    ] = None,
    video: Video = None,
    bed: Bed = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """Render reels: cuts are copied wherever that is exact, over one continuous bed.

    Example: `sizzle render ada.json --out ada.mp4 --contact-sheet ada.png`

    Example: `sizzle render reels/*.json --out films --burn-in --size 640x360`
    """
    from player_stub import RenderSettings
    from player_stub.render.batch import RenderJob
    from player_stub.timecode_list_file import read_timecode_list

    settings = RenderSettings(
        reencode=reencode,
        size=None if size is None else read_size(size),
        burn_in=burn_in,
        title_cards=title_cards,
        audio=audio,
        fade=Fraction(fade),
        loudness=None if loudness is None else float(loudness),
    )
    outputs = _outputs(timecodes, out, as_format)
    if contact_sheet is not None:
        _check_contact_sheet(outputs)
    reels = [read_timecode_list(path) for path in timecodes]
    work = [
        RenderJob(reel, media_of(reel, video, bed, catalog), output, settings)
        for reel, output in zip(reels, outputs, strict=True)
    ]
    with _exit_on_sigterm():
        outcomes = _run(work, jobs)
    written = [_facts(job, outcome) for job, outcome in zip(work, outcomes, strict=True)]
    if contact_sheet is not None:
        written[0]["contact_sheet"] = _draw_contact_sheet(work[0], contact_sheet)
    _print(written, as_json=as_json)
    _exit(work, outcomes)


def _outputs(timecodes: Sequence[Path], out: Path, as_format: _Format) -> list[Path]:
    """The output of each reel: `out` itself, or a file in it where it is a folder."""
    if len(timecodes) == 1 and out.suffix and not out.is_dir():
        return [out]
    if not out.is_dir():
        raise InputError(
            "Several reels need an output folder, and this one does not exist."
            if len(timecodes) > 1
            else "The output has no suffix and is not a folder.",
            where=str(out),
            fix="create the folder, or name a file such as film.mp4.",
        )
    outputs = [out / f"{path.stem}.{as_format}" for path in timecodes]
    if len({*outputs}) < len(outputs):
        raise InputError(
            "Two timecode lists have the same name and would overwrite each other.",
            where=str(out),
            fix="rename one, or render them into two folders.",
        )
    return outputs


def _check_contact_sheet(outputs: Sequence[Path]) -> None:
    if len(outputs) > 1 or outputs[0].suffix.lower() in (".otio", ".xml"):
        raise InputError(
            "A contact sheet shows one film.", fix="render that reel alone, as .mp4 or .mov."
        )


@contextmanager
def _exit_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM into an exception in the main thread, so that it cleans up as Ctrl+C does."""

    def stop(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(work: Sequence[RenderJob], jobs: int) -> Sequence[RenderOutcome]:
    from player_stub.render.batch import render_batch
    from sizzle.cli.progress import progress_bar

    if len(work) == 1:
        with progress_bar("Rendering frames") as advance:
            return [work[0].run(advance)]
    with progress_bar("Rendering reels", len(work)) as advance:
        return render_batch(work, jobs, advance)


def _facts(job: RenderJob, outcome: RenderOutcome) -> dict[str, object]:
    if isinstance(outcome, SizzleError):
        return {"file": str(job.output), "error": str(outcome)}
    kind = "sequence" if outcome is None else "film"
    facts: dict[str, object] = {kind: str(job.output), "cuts": len(job.reel.cuts)}
    if outcome is not None:
        facts |= {"frames": outcome.frames, "encoded": outcome.encoded, "bytes": outcome.size}
    return facts


def _draw_contact_sheet(job: RenderJob, sheet: Path) -> str:
    import player_stub

    player_stub.draw_contact_sheet(job.reel, job.output, sheet)
    return str(sheet)


def _print(written: Sequence[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        print_json(written[0] if len(written) == 1 else written)
    elif len(written) == 1:
        print_table("RenderedFilm", ("what", "value"), written[0].items())
    else:
        columns = ("film", "cuts", "frames", "encoded", "bytes")
        rows = [
            [
                row.get("film") or row.get("sequence") or row["file"],
                *(row.get(name, "-") for name in columns[1:]),
            ]
            for row in written
        ]
        print_table(f"RenderedFilm {len(rows)} reels", columns, rows)


def _exit(work: Sequence[RenderJob], outcomes: Sequence[RenderOutcome]) -> None:
    failed = [outcome for outcome in outcomes if isinstance(outcome, SizzleError)]
    for error in failed:
        print_error(error)
    if failed:
        raise typer.Exit(max(error.exit_code for error in failed))
