"""Arguments of commands that take a timecode list and the media that it plays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.errors import InputError

if TYPE_CHECKING:
    from player_stub import ReelMedia
    from sizzle.reel import TimecodeList

Timecodes = Annotated[Path, typer.Argument(help="A timecode list, as written by `sizzle compose`.")]
Video = Annotated[
    Path | None, typer.Option(help="The Mega Asset's media, instead of the published one.")
]
Bed = Annotated[Path | None, typer.Option(help="The music bed, instead of the published one.")]


def read_reel(path: Path) -> TimecodeList:
    """Read a timecode list. Raises InputError: it cannot be read, or is not a timecode list."""
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
            f"Not a timecode list: {field or 'the text'}: {first['msg']}.",
            where=str(path),
            fix="write one with `sizzle compose MEMBER --asset ID --out FILE`.",
        ) from error


def media_of(reel: TimecodeList, video: Path | None, bed: Path | None, catalog: str) -> ReelMedia:
    """The given files, or those that the asset was published with.

    Raises:
        InputError: the catalog has another version of the asset than the reel.
        NotFoundError: the catalog has no such asset.
    """
    from player_stub import ReelMedia
    from sizzle.catalog import Catalog

    if video is None or bed is None:
        index = Catalog.open(catalog).index(reel.asset_id)
        if index.version != reel.asset_version:
            raise InputError(
                f"The reel is of version {reel.asset_version[:16]} of {reel.asset_id}, the "
                f"catalog has {index.version[:16]}.",
                fix="compose the reel again, or name its media with --video and --bed.",
            )
        video = video or Path(index.asset.video)
        bed = bed or Path(index.asset.bed(reel.bed.bed_id).media)
    return ReelMedia(video, bed)
