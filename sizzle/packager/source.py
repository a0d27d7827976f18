"""Facts about the asset's media, and whether it is the media that the index describes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from sizzle.clips import Bed, MegaAsset
from sizzle.errors import MediaError
from sizzle.media_input import opened
from sizzle.timecode import FrameRate

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_UNSPECIFIED = 2  # the colour space of untagged video in ISO/IEC 23091-2
_HIGH_DEFINITION = 720  # lines from which untagged video is taken as BT.709, below as BT.601


@dataclass(frozen=True, slots=True)
class SourceVideo:
    """A video file.

    Attributes:
        rate: frames per second, constant.
        frames: how many are shown.
        width: of the picture as it is shown, in square pixels.
        height: of the picture, in pixels.
        colours: the colour space to tag it with; empty where it has a tag.
    """

    rate: FrameRate
    frames: int
    width: int
    height: int
    colours: str


def read_source(path: Path) -> SourceVideo:
    """Read the facts from a video's headers and the times of its packets; decodes nothing.

    Raises:
        MediaError: it is missing, has no video track, or its rate varies or is not given.
    """
    with _opened(path) as container:
        if not container.streams.video:
            raise _unusable(path, "It has no video track.", "give the asset's video.")
        stream = container.streams.video[0]
        if not stream.average_rate or not stream.time_base:
            raise _unusable(
                path, "Its header gives no frame rate.", "export it at a constant rate."
            )
        rate = FrameRate.snapped(stream.average_rate)
        frames = _count_frames(path, container, stream, rate)
        aspect = stream.sample_aspect_ratio or Fraction(1)
        width, height = round(stream.width * aspect), stream.height
        return SourceVideo(rate, frames, width, height, _missing_colours(stream))


def check_source(
    source: SourceVideo, asset: MegaAsset, path: Path, size: tuple[int, int] | None = None
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
    if size is not None and (source.width, source.height) != size:
        raise _mismatch(
            path, f"a picture of {source.width}x{source.height}", f"{size[0]}x{size[1]}", asset
        )


def check_bed(path: Path, bed: Bed, rate: FrameRate) -> None:
    """Check that a bed is as long as the index says.

    Raises:
        MediaError: it is missing, has no audio track, or is shorter.
    """
    seconds = _audio_seconds(path)
    # The length was rounded to whole frames, so it may be up to half a frame shorter.
    if seconds < rate.seconds(bed.duration) - rate.seconds(1) / 2:
        raise MediaError(
            f"Bed {bed.bed_id} lasts {float(seconds):.3f} s; the index says "
            f"{float(rate.seconds(bed.duration)):.3f} s.",
            where=str(path),
            fix="package with the bed that the asset was ingested with.",
        )


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    with opened(path) as container:
        yield container


def _count_frames(
    path: Path, container: InputContainer, stream: VideoStream, rate: FrameRate
) -> int:
    """How many frames are shown. Raises MediaError: one does not come at its time."""
    stamps = sorted(
        packet.pts
        for packet in container.demux(stream)
        if packet.pts is not None and not packet.is_discard
    )
    a_frame = (stream.time_base or 0) * rate.fraction
    for number, stamp in enumerate(stamps):
        if round((stamp - stamps[0]) * a_frame) != number:
            raise _unusable(
                path,
                f"Frame {number} does not come at its time: the rate varies, or one is missing.",
                "export it at a constant rate.",
            )
    return len(stamps)


def _missing_colours(stream: VideoStream) -> str:
    """The tag for untagged video: players would guess one by each rendition's size."""
    if stream.codec_context.colorspace != _UNSPECIFIED:
        return ""
    return "bt709" if stream.height >= _HIGH_DEFINITION else "smpte170m"


def _audio_seconds(path: Path) -> Fraction:
    with _opened(path) as container:
        if not container.streams.audio:
            raise _unusable(path, "It has no audio track.", "give the music bed's file.")
        stream = container.streams.audio[0]
        samples = sum(frame.samples for frame in container.decode(stream))
        return Fraction(samples, stream.rate)


def _unusable(path: Path, what: str, fix: str) -> MediaError:
    return MediaError(what, where=str(path), fix=fix)


def _mismatch(path: Path, has: str, wanted: str, asset: MegaAsset) -> MediaError:
    return MediaError(
        f"It has {has}; the index of {asset.asset_id} says {wanted}.",
        where=str(path),
        fix="package the media that the asset was ingested with, whole.",
    )
