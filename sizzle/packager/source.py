"""Whether media is that which the index describes."""

from __future__ import annotations

from pathlib import Path

from sizzle.clips import Bed, MegaAsset
from sizzle.errors import MediaError
from sizzle.media.checked import checked_length
from sizzle.media.facts import VideoFacts
from sizzle.timecode import FrameRate


def check_source(
    source: VideoFacts, asset: MegaAsset, path: Path, size: tuple[int, int] | None = None
) -> None:
    """Check media against the index.

    Args:
        source: the media.
        asset: of the index.
        path: named in the error.
        size: width and height that it must have; None where they are not known.

    Raises:
        MediaError: its rate, length or size differs.
    """
    if source.rate.fraction != asset.rate.fraction:
        raise _mismatch(
            path, f"{source.rate.fraction} frames per second", f"{asset.rate.fraction}", asset
        )
    if source.frames != asset.duration:
        raise _mismatch(path, f"{source.frames} frames", f"{asset.duration}", asset)
    if size is not None and source.size != size:
        width, height = source.size
        raise _mismatch(path, f"a picture of {width}x{height}", f"{size[0]}x{size[1]}", asset)


def check_bed(path: Path, bed: Bed, rate: FrameRate) -> None:
    """Check that a bed is as long as the index says.

    Raises:
        MediaError: it is missing, has no audio that can be used, or is shorter.
    """
    seconds = checked_length(path)
    # The length was rounded to whole frames, so it may be up to half a frame shorter.
    if seconds < rate.seconds(bed.duration) - rate.seconds(1) / 2:
        raise MediaError(
            f"Bed {bed.bed_id} lasts {float(seconds):.3f} s; the index says "
            f"{float(rate.seconds(bed.duration)):.3f} s.",
            where=str(path),
            fix="package with the bed that the asset was ingested with.",
        )


def _mismatch(path: Path, has: str, wanted: str, asset: MegaAsset) -> MediaError:
    return MediaError(
        f"It has {has}; the index of {asset.asset_id} says {wanted}.",
        where=str(path),
        fix="package the media that the asset was ingested with, whole.",
    )
