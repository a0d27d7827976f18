"""Commands on reels: compose, render, verify."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli import options
from sizzle.cli.output import Json, print_json, print_table, say
from sizzle.errors import InputError

if TYPE_CHECKING:
    from player_stub import ReelMedia
    from sizzle.reel import TimecodeList

_Timecodes = Annotated[Path, typer.Argument(help="A timecode list, as compose writes it.")]
_Video = Annotated[
    Path | None, typer.Option(help="The Mega Asset's media, where not the published one.")
]
_Bed = Annotated[Path | None, typer.Option(help="The music bed, where not the published one.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(compose)
    app.command()(render)
    app.command()(verify)


def compose(
    member: Annotated[str, typer.Argument(help="The member's id.")],
    asset: options.AssetId,
    cadence: Annotated[
        str, typer.Option(help="A cadence's name, or its plan: 'A:160 B:80 | A:80 B:40'.")
    ] = options.DEFAULT_CADENCE,
    seed: Annotated[int, typer.Option(min=0, help="Which of equally long clips comes first.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the timecode list here.")] = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    model: options.ModelFile = options.DEFAULT_MODEL,
    histories: options.HistoriesFile = options.DEFAULT_HISTORIES,
    as_json: Json = False,
) -> None:
    """Compose a member's reel: the list of timecodes into the Mega Asset.

    Example: `sizzle compose member-ada --asset demo --out ada.json`
    """
    from ranker import Ranker, read_histories
    from sizzle.api.compose import compose as compose_reel
    from sizzle.cadence import read
    from sizzle.catalog import Catalog
    from sizzle.files import write_text

    plan = read(cadence)
    index = Catalog.open(catalog).index(asset)
    ranker = Ranker.load(model, read_histories(histories))
    reel = compose_reel(ranker, index, member, plan, seed=seed)
    if out is not None:
        write_text(out, reel.model_dump_json(indent=2) + "\n")
        say(f"Wrote {out}.")
    if as_json:
        print_json(reel.model_dump(mode="json"))
    elif out is None:
        _print_reel(reel)


def render(
    timecodes: _Timecodes,
    out: Annotated[Path, typer.Option(help="The MP4 to write.")],
    contact_sheet: Annotated[
        Path | None, typer.Option(help="Write a PNG with a thumbnail of each cut here.")
    ] = None,
    video: _Video = None,
    bed: _Bed = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """Render a reel as an MP4: the cuts stream-copied, over the continuous bed.

    Example: `sizzle render ada.json --out ada.mp4 --contact-sheet ada.png`
    """
    import player_stub
    from sizzle.cli.progress import progress_bar

    reel = _read_reel(timecodes)
    media = _media(reel, video, bed, catalog)
    with progress_bar("Rendering") as advance:
        rendered = player_stub.render(reel, media, out, on_progress=advance)
    written = {"film": str(out), "frames": rendered.frames, "cuts": rendered.cuts}
    if contact_sheet is not None:
        player_stub.contact_sheet(reel, out, contact_sheet)
        written["contact_sheet"] = str(contact_sheet)
    if as_json:
        print_json(written)
    else:
        print_table("Rendered", ("what", "value"), written.items())


def verify(
    film: Annotated[Path, typer.Argument(help="The rendered reel.")],
    timecodes: _Timecodes,
    bed: _Bed = None,
    catalog: options.CatalogLocation = options.DEFAULT_LOCATION,
    as_json: Json = False,
) -> None:
    """Prove a rendered reel: every frame the one its timecode list names, the audio in sync.

    Exits with 1 where a check fails.

    Example: `sizzle verify ada.mp4 ada.json`
    """
    import player_stub

    reel = _read_reel(timecodes)
    bed = bed or _media(reel, None, None, catalog).bed
    verification = player_stub.verify(reel, film, bed)
    if as_json:
        print_json(verification.to_json())
    else:
        rows = [
            (check.name, "passed" if check.passed else "FAILED", check.measured, check.bar)
            for check in verification.checks
        ]
        print_table(f"Verification of {film}", ("check", "result", "measured", "bar"), rows)
        for check in verification.checks:
            if not check.passed and check.detail:
                say(f"{check.name}: {check.detail}")
    raise typer.Exit(0 if verification.passed else 1)


def _read_reel(path: Path) -> TimecodeList:
    from pydantic import ValidationError

    from sizzle.reel import TimecodeList

    try:
        return TimecodeList.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"The timecode list cannot be read: {error.strerror}.",
            where=str(path),
            fix="check the path.",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"]))
        raise InputError(
            f"It is no timecode list: {field or 'the text'}: {first['msg']}.",
            where=str(path),
            fix="write one with `sizzle compose MEMBER --asset ID --out FILE`.",
        ) from error


def _media(reel: TimecodeList, video: Path | None, bed: Path | None, catalog: str) -> ReelMedia:
    """The named files, or those that the asset was published with."""
    from player_stub import ReelMedia
    from sizzle.catalog import Catalog

    if video is None or bed is None:
        index = Catalog.open(catalog).index(reel.asset_id)
        if index.version != reel.asset_version:
            raise InputError(
                f"The reel is of version {reel.asset_version[:16]} of {reel.asset_id}, the "
                f"catalog has {index.version[:16]}.",
                fix="compose the reel anew, or name its media with --video and --bed.",
            )
        video = video or Path(index.asset.video)
        bed = bed or Path(index.asset.bed(reel.bed.bed_id).media)
    return ReelMedia(video, bed)


def _print_reel(reel: TimecodeList) -> None:
    columns = ("segment", "rank", "title", "clip", "source", "at", "frames")
    rows = (
        (
            cut.segment,
            cut.rank,
            cut.title,
            cut.clip_key,
            f"{cut.source.start.timecode} - {cut.source.stop.timecode}",
            cut.record.start.timecode,
            cut.source.stop.frame - cut.source.start.frame,
        )
        for cut in reel.cuts
    )
    print_table(f"Reel {reel.reel_id} for {reel.member_id}", columns, rows)
