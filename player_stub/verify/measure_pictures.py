"""Measures the pictures of a film against the frames that they show, batch by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from player_stub.verify.alignment import SourceFrame
from player_stub.verify.expected_pictures import ExpectedPictures, PictureScaler
from player_stub.verify.picture_difference import ROW, Picture, measure_difference, row_of

_NOT_MEASURED: Final = -1


class PictureMeter:
    """Compares frames of a film, in threads, with the source frames that they seem to show.

    Args:
        expected: the media's frames, as the film should show them.
        scaler: for the film's pictures.
        frames: of the film.
    """

    def __init__(self, expected: ExpectedPictures, scaler: PictureScaler, frames: int) -> None:
        self.expected = expected
        self._scaler = scaler
        self._rows = np.full(frames, np.nan, ROW)
        self._sources = np.full(frames, _NOT_MEASURED, np.int32)
        self._threads = ThreadPoolExecutor(1)
        self._running: list[Future[None]] = []

    def scaled(self, picture: VideoFrame) -> Picture:
        """A decoded picture of the film, to be measured later."""
        return self._scaler.scaled(picture)

    def measure(self, pictures: Mapping[int, Picture], sources: Mapping[int, int]) -> None:
        """Measure frames of one cut that follow one another, while the caller goes on.

        Args:
            pictures: of the film, by index.
            sources: the frame of the media that each seems to show.
        """
        self._wait()
        beside = {frame + step for frame in sources.values() for step in (-1, 0, 1)}
        wanted = {frame: kept for frame in beside if (kept := self.expected.get(frame))}
        self._running = [self._threads.submit(self._measure, pictures, sources, wanted)]

    def found(self, shown: Sequence[SourceFrame]) -> NDArray[np.void]:
        """What was measured, a row for each frame; NaN where a frame shows another one after all.

        Args:
            shown: the source frame of each frame of the film.
        """
        self._wait()
        self._threads.shutdown()
        frames = [_NOT_MEASURED - 1 if frame is None else frame for frame in shown]
        self._rows[self._sources != np.array(frames, np.int32)] = np.nan
        return self._rows

    def _wait(self) -> None:
        """Until all is measured; errors are raised here."""
        for each in self._running:
            each.result()
        self._running = []

    def _measure(
        self,
        pictures: Mapping[int, Picture],
        sources: Mapping[int, int],
        wanted: Mapping[int, Picture],
    ) -> None:
        for index, picture in pictures.items():
            frame = sources[index]
            if (own := wanted.get(frame)) is None:
                continue
            before = pictures.get(index - 1), wanted.get(frame - 1)
            pair = (before[0], before[1]) if before[0] and before[1] else None
            difference = measure_difference(picture, own, pair, wanted.get(frame + 1))
            self._rows[index], self._sources[index] = row_of(difference), frame
