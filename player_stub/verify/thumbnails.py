"""What pictures look like: small, grey, and all of one size, so that they can be compared.

Shapes: N pictures of P pixels.
"""

# ruff: noqa: N803, N806 - arrays carry their shape as a suffix

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from player_stub.render.source import VideoSource
from player_stub.verify.film_packets import FilmPicture, decode_film
from sizzle.timecode import TimeRange

Look = NDArray[np.uint8]
"""Luma of `SIZE`, row after row."""

SIZE: Final = (192, 108)
"""Small enough to lose noise and compare fast, large enough to see a slow pan move."""


class Glass:
    """Makes looks of pictures, of a film that may have black around the media's.

    Args:
        size: of the pictures.
        shape: width and height of what is to be looked at, in its middle.
    """

    def __init__(self, size: tuple[int, int], shape: tuple[int, int]) -> None:
        scale = min(size[0] / shape[0], size[1] / shape[1])
        inside = (shape[0] * scale / size[0], shape[1] * scale / size[1])
        self._whole = tuple(round(side / part) for side, part in zip(SIZE, inside, strict=True))
        self._shrink = VideoReformatter()

    def look(self, picture: VideoFrame) -> Look:
        """What a picture looks like."""
        width, height = self._whole
        small = self._shrink.reformat(picture, width, height, "gray", interpolation="AREA")
        left, top = (width - SIZE[0]) // 2, (height - SIZE[1]) // 2
        grey = np.asarray(small.to_ndarray(), np.uint8)
        return grey[top : top + SIZE[1], left : left + SIZE[0]].ravel()


def film_looks(
    path: Path, film: FilmPicture, shape: tuple[int, int], wanted: Collection[int]
) -> Iterator[tuple[int, Look]]:
    """Looks of a film's frames, in the order of showing. Raises MediaError."""
    glass = Glass(film.size, shape)
    for place, picture in decode_film(path, film, wanted):
        yield place, glass.look(picture)


class SourceLooks:
    """Looks of the media's frames, read when they are asked for and kept while they are near.

    Args:
        source: the media.
        length: its frames.
    """

    def __init__(self, source: VideoSource, length: int) -> None:
        context = source.stream.codec_context
        self.shape = (context.width, context.height)
        self._source = source
        self._length = length
        self._glass = Glass(self.shape, self.shape)
        self._kept: dict[int, Look] = {}

    def prepare(self, frames: Collection[int]) -> None:
        """Read these frames, and forget all others. Raises MediaError."""
        wanted = {frame for frame in frames if 0 <= frame < self._length}
        self._kept = {frame: look for frame, look in self._kept.items() if frame in wanted}
        for run in _runs(sorted(wanted - self._kept.keys())):
            for place, picture in enumerate(self._source.pictures(run), run.start):
                self._kept[place] = self._glass.look(picture)

    def whole(self) -> Iterator[NDArray[np.float32]]:
        """Looks of all frames, one at a time, as 1 x P; keeps none."""
        for picture in self._source.pictures(TimeRange(0, self._length)):
            yield self._glass.look(picture)[None].astype(np.float32)

    def there(self, frames: Collection[int]) -> list[int]:
        """Which of these frames the media has, in order."""
        return [frame for frame in sorted({*frames}) if 0 <= frame < self._length]

    def of(self, frames: Collection[int]) -> NDArray[np.float32]:
        """Looks as N x P."""
        return np.stack([self._kept[frame] for frame in frames]).astype(np.float32)


def distances(look: NDArray[np.float32], looks_NP: NDArray[np.float32]) -> NDArray[np.float64]:
    """Mean squared difference of a picture from each of N.

    Not by a matrix product, though that counts less: its threads stall where others use the
    machine, and small differences of large squares drown in rounding.
    """
    apart_NP = looks_NP - look
    squares = np.einsum("np,np->n", apart_NP, apart_NP)
    return np.asarray(squares / looks_NP.shape[1], np.float64)


def _runs(frames: list[int]) -> Iterator[TimeRange]:
    """Frames in order as runs without gaps."""
    start = None
    for place, frame in enumerate(frames):
        start = frame if start is None else start
        if place + 1 == len(frames) or frames[place + 1] != frame + 1:
            yield TimeRange(start, frame + 1)
            start = None


def likeness(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Correlation of two looks; 1 where they are the same thing, 0 where nothing alike."""
    spread = float(a.std() * b.std())
    if spread < 1:  # one of them is of one shade: then only that counts
        return float(np.abs(a - b).mean() < 4)
    return float(((a - a.mean()) * (b - b.mean())).mean()) / spread
