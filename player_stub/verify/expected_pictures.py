"""Makes pictures to compare: those of a film, and those that it should show."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, VideoReformatter

from player_stub.render.canvas import Canvas
from player_stub.render.settings import RenderSettings
from player_stub.render.video_source import VideoSource
from player_stub.verify.picture_difference import LONGEST_SIDE, SMALL, Picture, SmallPicture
from sizzle.reel.timecode_list import CutEntry, TimecodeList

_SMALLEST: Final = 16  # pixels across or down, of a picture that can be drawn


class PictureScaler:
    """Scales pictures to the two sizes that are compared.

    Args:
        size: width and height of the pictures, as they are looked at.
        full_range: whether their black is 0, which is made 16.
    """

    def __init__(self, size: tuple[int, int], *, full_range: bool = False) -> None:
        scale = min(1.0, LONGEST_SIDE / max(size))
        self._width, self._height = (max(_SMALLEST, round(side * scale) // 2 * 2) for side in size)
        self._ranges = (ColorRange.JPEG, ColorRange.MPEG) if full_range else (None, None)
        self._to_large, self._to_small = VideoReformatter(), VideoReformatter()

    def scaled(self, picture: VideoFrame) -> Picture:
        """A decoded picture at both sizes."""
        own, wanted = self._ranges
        large = self._to_large.reformat(
            picture,
            self._width,
            self._height,
            "yuv420p",
            interpolation="AREA",
            src_color_range=own,
            dst_color_range=wanted,
        )
        small = self._to_small.reformat(large, *SMALL, "yuv420p", interpolation="AREA")
        plane = large.planes[0]
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        luma = rows[: plane.height, : plane.width].copy()
        return Picture(luma, SmallPicture.of(np.asarray(small.to_ndarray(), np.uint8)))


class ExpectedPictures:
    """The media's frames as a film should show them in one cut, kept while they are in use.

    Args:
        reel: what the film should be.
        source: the media.
        settings: what it was rendered with.
        size: width and height of the film.

    Attributes:
        writes: whether text is written over the frames.
    """

    def __init__(
        self,
        reel: TimecodeList,
        source: VideoSource,
        settings: RenderSettings,
        size: tuple[int, int],
    ) -> None:
        self.writes = settings.burn_in or settings.title_cards
        canvas = Canvas(reel, source, settings)
        if canvas.size != size:  # another program scaled it
            width, height = (max(_SMALLEST, side) for side in size)
            canvas = Canvas(reel, source, replace(settings, size=(width, height)))
        self._canvas = canvas
        self._scaler = PictureScaler(size)
        self._kept: dict[int, Picture] = {}
        self._cut = reel.cuts[0]
        self._frames = range(0)
        self.begin(self._cut)

    def begin(self, cut: CutEntry) -> None:
        """Go on to a cut: text that is written over its frames differs from that of others."""
        if self.writes and cut is not self._cut:
            self._kept = {}
        self._cut = cut
        self._frames = range(cut.source.start.frame, cut.source.stop.frame)

    def draw(self, frame: int, picture: VideoFrame) -> VideoFrame:
        """A frame as the cut would show it; beside the cut with the text of its first or last."""
        first, last = self._frames[0], self._frames[-1]
        index = min(max(frame, first), last) - first
        return self._canvas.draw(picture, self._cut, index)

    def lacks(self, frame: int) -> bool:
        """Whether a frame of the cut has to be added."""
        return frame in self._frames and frame not in self._kept

    def keep(self, frames: Collection[int]) -> None:
        """Forget all others."""
        self._kept = {frame: kept for frame, kept in self._kept.items() if frame in frames}

    def add(self, frame: int, drawn: VideoFrame) -> None:
        """Take a frame that was drawn."""
        self._kept[frame] = self._scaler.scaled(drawn)

    def get(self, frame: int) -> Picture | None:
        """A frame that was added."""
        return self._kept.get(frame)
