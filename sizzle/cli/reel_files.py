"""Arguments of commands that take a timecode list and the media that it plays."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sizzle.cli.output import say
from sizzle.errors import InputError

if TYPE_CHECKING:
    from player_stub import ReelMedia
    from sizzle.clips import MegaAsset
    from sizzle.reel import TimecodeList

Timecodes = Annotated[Path, typer.Argument(help="A timecode list, as written by `sizzle compose`.")]
Video = Annotated[
    Path | None, typer.Option(help="The Mega Asset's media, instead of the published one.")
]
Bed = Annotated[Path | None, typer.Option(help="The music bed, instead of the published one.")]


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
        return _published(index.asset, reel, video, bed)
    return ReelMedia(video, bed)


def _published(
    asset: MegaAsset, reel: TimecodeList, video: Path | None, bed: Path | None
) -> ReelMedia:
    """The files of an asset, with their digests; those given instead have none."""
    from player_stub import ReelMedia

    own = asset.bed(reel.bed.bed_id)
    if asset.digest is None and video is None:
        say(
            f"{asset.asset_id} was published without digests of its media: whether the files are "
            "still the same is not checked. Ingest it again to have them checked."
        )
    return ReelMedia(
        video or Path(asset.video),
        bed or Path(own.media),
        video_digest=None if video else asset.digest,
        bed_digest=None if bed else own.digest,
    )
