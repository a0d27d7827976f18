"""Extracts single frames of a film as images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image, ImageOps

from player_stub.media import FrameClock, frame_clock, open_media, video_stream
from sizzle.errors import MediaError


def extract_frames(
    film: Path, frames: Iterable[int], size: tuple[int, int]
) -> Iterator[Image.Image]:
    """Images of some frames, in the order given, scaled to fit a size.

    Args:
        film: any file with video.
        frames: numbers of frames, from 0.
        size: width and height to fit, in pixels.

    Raises:
        MediaError: it cannot be read, has no video, or ends before such a frame.
    """
    with open_media(film) as container:
        stream = video_stream(container)
        clock = frame_clock(stream)
        for frame in frames:
            picture = _extract(container, stream, clock, frame)
            yield ImageOps.contain(picture, size, Image.Resampling.LANCZOS)


def _extract(
    container: InputContainer, stream: VideoStream, clock: FrameClock, number: int
) -> Image.Image:
    container.seek(clock.stamp(number), stream=stream)
    for frame in container.decode(stream):
        if frame.pts is not None and clock.frame(frame.pts) >= number:
            return Image.fromarray(frame.to_ndarray(format="rgb24"))
    raise MediaError(
        f"The film ends before frame {number}.",
        where=container.name,
        fix="render the reel again, and verify it.",
    )
