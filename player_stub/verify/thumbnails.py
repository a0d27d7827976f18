"""Small grey thumbnails of pictures, all of one size, to compare frames by.

Shapes: N pictures of P pixels.
"""

# ruff: noqa: N803, N806 - arrays carry their shape as a suffix

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from player_stub.render.video_source import VideoSource
from player_stub.verify.expected_pictures import ExpectedPictures
from player_stub.verify.film_packets import FilmVideo, decode_film
from player_stub.verify.picture_difference import Picture
from sizzle.media.prepare import Preparation
from sizzle.reel.timecode_list import CutEntry
from sizzle.timecode import TimeRange

Thumbnail = NDArray[np.uint8]
"""Luma of `SIZE`, row after row."""

SIZE: Final = (192, 108)
"""Small enough to lose noise and compare fast, large enough to show a slow pan move."""


class Thumbnailer:
    """Makes thumbnails of the pictures of a film, which may have black bars around the media's.

    Args:
        size: width and height of the pictures.
        shape: width and height whose aspect ratio is cropped to, around the centre.
    """

    def __init__(self, size: tuple[int, int], shape: tuple[int, int]) -> None:
        scale = min(size[0] / shape[0], size[1] / shape[1])
        inside = (shape[0] * scale / size[0], shape[1] * scale / size[1])
        self._whole = tuple(round(side / part) for side, part in zip(SIZE, inside, strict=True))
        self._reformatter = VideoReformatter()

    def thumbnail(self, picture: VideoFrame) -> Thumbnail:
        """Scale a picture down, and crop the bars."""
        width, height = self._whole
        small = self._reformatter.reformat(picture, width, height, "gray", interpolation="AREA")
        left, top = (width - SIZE[0]) // 2, (height - SIZE[1]) // 2
        grey = np.asarray(small.to_ndarray(), np.uint8)
        return grey[top : top + SIZE[1], left : left + SIZE[0]].ravel()


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """A decoded frame of a film.

    Attributes:
        index: in display order.
        thumbnail: of it.
        picture: scaled to be measured; None where that is not asked for.
    """

    index: int
    thumbnail: Thumbnail
    picture: Picture | None


def film_frames(
    path: Path,
    film: FilmVideo,
    shape: tuple[int, int],
    wanted: Collection[int],
    scaled: Callable[[VideoFrame], Picture] | None = None,
) -> Iterator[FilmFrame]:
    """Frames of a film, in display order.

    Args:
        path: of the film.
        film: its packets.
        shape: width and height of the media.
        wanted: indexes of frames.
        scaled: makes the pictures to be measured.

    Raises:
        MediaError: it cannot be read.
    """
    thumbnailer = Thumbnailer(film.size, shape)
    for index, picture in decode_film(path, film, wanted):
        yield FilmFrame(index, thumbnailer.thumbnail(picture), scaled(picture) if scaled else None)


class SourceThumbnails:
    """Thumbnails of the media's frames, decoded on request and kept while they are in use.

    Args:
        source: the media.
        length: its frames.
        pictures: what else is made of each frame that is decoded on request.
        film_size: width and height of the film.
    """

    def __init__(
        self,
        source: VideoSource,
        length: int,
        pictures: ExpectedPictures,
        film_size: tuple[int, int],
    ) -> None:
        # With text over it, a picture is compared as the film shows it, bars and all.
        self.shape = film_size if pictures.writes else source.normalised.size
        self._preparation = Preparation(source.normalised)
        self._source = source
        self._pictures = pictures
        self._length = length
        self._thumbnailer = Thumbnailer(self.shape, self.shape)
        self._kept: dict[int, Thumbnail] = {}

    def begin(self, cut: CutEntry) -> None:
        """Go on to a cut."""
        if self._pictures.writes:
            self._kept = {}
        self._pictures.begin(cut)

    def prepare(self, frames: Collection[int]) -> None:
        """Decode these frames, and forget all others. Raises MediaError."""
        wanted = {frame for frame in frames if 0 <= frame < self._length}
        self._kept = {frame: kept for frame, kept in self._kept.items() if frame in wanted}
        self._pictures.keep(wanted)
        lacking = {frame for frame in wanted if self._pictures.lacks(frame)}
        for run in _runs(sorted(lacking | (wanted - self._kept.keys()))):
            for frame, picture in enumerate(self._source.pictures(run), run.start):
                self._take(frame, picture)

    def _take(self, frame: int, picture: VideoFrame) -> None:
        writes, lacks = self._pictures.writes, self._pictures.lacks(frame)
        drawn = self._pictures.draw(frame, picture) if writes or lacks else picture
        if lacks:
            self._pictures.add(frame, drawn)
        self._kept[frame] = self._thumbnail(drawn if writes else picture)

    def all_frames(self) -> Iterator[NDArray[np.float32]]:
        """Thumbnails of all frames, one at a time, as 1 x P; keeps none."""
        for frame, picture in enumerate(self._source.pictures(TimeRange(0, self._length))):
            shown = self._pictures.draw(frame, picture) if self._pictures.writes else picture
            yield self._thumbnail(shown)[None].astype(np.float32)

    def _thumbnail(self, picture: VideoFrame) -> Thumbnail:
        if not self._pictures.writes:  # drawing prepares too
            picture = self._preparation.prepare(picture)
        return self._thumbnailer.thumbnail(picture)

    def existing(self, frames: Collection[int]) -> list[int]:
        """Which of these frames the media has, in order."""
        return [frame for frame in sorted({*frames}) if 0 <= frame < self._length]

    def of(self, frames: Collection[int]) -> NDArray[np.float32]:
        """Thumbnails of prepared frames, as N x P."""
        return np.stack([self._kept[frame] for frame in frames]).astype(np.float32)


def distances(
    thumbnail: NDArray[np.float32], thumbnails_NP: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Mean squared difference of a thumbnail from each of N.

    A matrix product would need fewer operations, but its threads stall where others use the
    machine, and small differences of large squares drown in rounding.
    """
    differences_NP = thumbnails_NP - thumbnail
    squares = np.einsum("np,np->n", differences_NP, differences_NP)
    return np.asarray(squares / thumbnails_NP.shape[1], np.float64)


def correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """Correlation of two thumbnails: 1 where they show the same, 0 where they are unrelated."""
    spread = float(a.std() * b.std())
    if spread < 1:  # one of them is a single shade, which correlates with nothing
        return float(np.abs(a - b).mean() < 4)
    return float(((a - a.mean()) * (b - b.mean())).mean()) / spread


def _runs(frames: list[int]) -> Iterator[TimeRange]:
    """Sorted frames as runs without gaps."""
    start = None
    for index, frame in enumerate(frames):
        start = frame if start is None else start
        if index + 1 == len(frames) or frames[index + 1] != frame + 1:
            yield TimeRange(start, frame + 1)
            start = None
