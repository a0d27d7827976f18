"""Takes single pictures out of a film."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image, ImageOps

from player_stub.media import FrameClock, clock_of, opened, video_of
from sizzle.errors import MediaError


def pictures_at(film: Path, frames: Iterable[int], size: tuple[int, int]) -> Iterator[Image.Image]:
    """The pictures of some frames, one after the other, as large as fits into a size.

    Args:
        film: any file with video.
        frames: numbers of frames, counted from the film's first.
        size: the most pixels across and down.

    Raises:
        MediaError: it cannot be read, has no video, or ends before such a frame.
    """
    with opened(film) as container:
        stream = video_of(container)
        clock = clock_of(stream)
        for frame in frames:
            picture = _picture_at(container, stream, clock, frame)
            yield ImageOps.contain(picture, size, Image.Resampling.LANCZOS)


def _picture_at(
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
