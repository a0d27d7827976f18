"""Timecode lists and the media that they are played from, as commands are given them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.errors import InputError

if TYPE_CHECKING:
    from player_stub import ReelMedia
    from sizzle.reel import TimecodeList

Timecodes = Annotated[Path, typer.Argument(help="A timecode list, as compose writes it.")]
Video = Annotated[
    Path | None, typer.Option(help="The Mega Asset's media, where not the published one.")
]
Bed = Annotated[Path | None, typer.Option(help="The music bed, where not the published one.")]


def read_reel(path: Path) -> TimecodeList:
    """A timecode list from a file. Raises InputError."""
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


def media_of(reel: TimecodeList, video: Path | None, bed: Path | None, catalog: str) -> ReelMedia:
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
