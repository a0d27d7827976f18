"""Scales pictures, and draws timecodes, clip keys and titles over them.

Planes are yuv420p, stacked: luma of H x W, then both chromas of a quarter of that each.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from player_stub.render.settings import RenderSettings
from player_stub.render.video_source import VideoSource
from sizzle.media.colours import RGB
from sizzle.media.filters import after_preparing
from sizzle.media.gate import Normalised
from sizzle.media.prepare import Preparation
from sizzle.reel.timecode_list import CutEntry, TimecodeList

_Planes = NDArray[np.uint8]

_BLACK, _WHITE, _GREY = 16, 235, 128
_SHADE = 0.35  # brightness that is left of the picture behind text
_BURN_IN, _CARD = 28, 11  # picture height divided by text height
_CARD_SECONDS, _EASE_SECONDS = 1.5, 0.25


class Canvas:
    """The pictures of a film.

    Args:
        reel: what to write over them.
        source: the media.
        settings: what to draw.
    """

    def __init__(self, reel: TimecodeList, source: VideoSource, settings: RenderSettings) -> None:
        normal = source.normalised
        width, height = settings.size or normal.size
        self.size = (width // 2 * 2, height // 2 * 2)
        self._reel = reel
        self._settings = settings
        self._box = _fitted(normal.size, self.size) if settings.size else self.size
        # One for all pictures: each would work out the filter's coefficients anew.
        self._scaler = VideoReformatter()
        self._preparation = Preparation(normal)
        self._conversion = _conversion(normal)
        self._cards = _card_cuts(reel) if settings.title_cards else frozenset()

    def draw(self, picture: VideoFrame, cut: CutEntry, index: int) -> VideoFrame:
        """A picture as the film shows it, `index` frames into a cut."""
        fitted = self._scaler.reformat(
            self._preparation.prepare(picture),
            *self._box,
            "yuv420p",
            interpolation="LANCZOS",
            **self._conversion,
        )
        if self._box == self.size and not self._writes_over(cut):
            return fitted
        planes = self._framed(fitted)
        if self._settings.burn_in:
            self._burn_in(planes, cut, index)
        if cut.record.start.frame in self._cards:
            self._card(planes, cut, index)
        return VideoFrame.from_ndarray(planes, format="yuv420p")

    def _writes_over(self, cut: CutEntry) -> bool:
        return self._settings.burn_in or cut.record.start.frame in self._cards

    def _framed(self, picture: VideoFrame) -> _Planes:
        """The picture centred on black."""
        planes = np.asarray(picture.to_ndarray(), np.uint8)
        if self._box == self.size:
            return planes
        (width, height), (across, down) = self.size, self._box
        framed = np.full((height * 3 // 2, width), _GREY, np.uint8)
        framed[:height] = _BLACK
        left, top = (width - across) // 4 * 2, (height - down) // 4 * 2
        for number, plane in enumerate(_split(planes, self._box)):
            into = _split(framed, self.size)[number]
            x, y = (left, top) if number == 0 else (left // 2, top // 2)
            into[y : y + plane.shape[0], x : x + plane.shape[1]] = plane
        return framed

    def _burn_in(self, planes: _Planes, cut: CutEntry, index: int) -> None:
        rate = self._reel.rate.to_frame_rate()
        # The media's timecode may start anywhere: count from the cut's own timecode.
        source = rate.timecode(rate.parse_timecode(cut.source.start.timecode) + index)
        record = rate.timecode(cut.record.start.frame + index)
        margin, size = self.size[1] // 24, max(10, self.size[1] // _BURN_IN)
        self._write(planes, f"REC {record}   SRC {source}", size, (margin, margin), 1.0)
        below = margin + size * 7 // 4
        self._write(planes, cut.clip_key, size, (margin, below), 1.0)

    def _card(self, planes: _Planes, cut: CutEntry, index: int) -> None:
        rate = float(self._reel.rate.to_frame_rate().fraction)
        shown, ease = _CARD_SECONDS * rate, _EASE_SECONDS * rate
        opacity = min(1.0, (index + 1) / ease, (shown - index) / ease)
        if opacity > 0:
            width, height = self.size
            size = max(14, height // _CARD)
            self._write(planes, cut.title, size, (width // 16, height * 11 // 16), opacity)

    def _write(
        self, planes: _Planes, text: str, size: int, at: tuple[int, int], opacity: float
    ) -> None:
        """White text on a shaded ground, blended by an opacity."""
        letters = _rendered_text(text, size, self.size[0] - at[0])
        left, top = at[0] // 2 * 2, at[1] // 2 * 2
        luma, *chromas = _split(planes, self.size)
        here = luma[top : top + letters.shape[0], left : left + letters.shape[1]]
        mask = letters[: here.shape[0], : here.shape[1]]
        shaded = _BLACK + (here - float(_BLACK)) * _SHADE
        wanted = shaded + (_WHITE - shaded) * mask
        here[:] = np.rint(here + (wanted - here) * opacity)
        for chroma in chromas:
            colour = chroma[
                top // 2 : (top + mask.shape[0]) // 2, left // 2 : (left + mask.shape[1]) // 2
            ]
            colour[:] = np.rint(
                colour + (_GREY - colour.astype(np.float32)) * (1 - _SHADE) * opacity
            )


def _conversion(normal: Normalised) -> dict[str, ColorRange | Colorspace]:
    """What the scaler must know of colours: nothing for plain video range, which stays as it is."""
    own = after_preparing(normal)
    known: dict[str, ColorRange | Colorspace] = {}
    if own.full_range:
        known |= {"src_color_range": ColorRange.JPEG, "dst_color_range": ColorRange.MPEG}
    if own.matrix == RGB:
        known["dst_colorspace"] = Colorspace.ITU709
    return known


def _fitted(own: tuple[int, int], into: tuple[int, int]) -> tuple[int, int]:
    """The largest even size of the same aspect ratio that fits."""
    scale = min(into[0] / own[0], into[1] / own[1])
    across, down = (round(length * scale / 2) * 2 for length in own)
    return min(across, into[0]), min(down, into[1])


def _card_cuts(reel: TimecodeList) -> frozenset[int]:
    """The record frames of cuts whose title differs from the one before."""
    changes = [b for a, b in pairwise(reel.cuts) if a.title_id != b.title_id]
    return frozenset(cut.record.start.frame for cut in (reel.cuts[0], *changes))


def _split(planes: _Planes, size: tuple[int, int]) -> tuple[_Planes, _Planes, _Planes]:
    """Luma and the two chromas, as views."""
    width, height = size
    chromas = planes[height:].reshape(2, height // 2, width // 2)
    return planes[:height], chromas[0], chromas[1]


@lru_cache(maxsize=64)
def _rendered_text(text: str, size: int, width: int) -> NDArray[np.float32]:
    """Rendered text from 0 to 1, with a margin, of an even size."""
    font = ImageFont.load_default(size)
    pad = size // 3
    across = min(width, round(font.getlength(text)) + 2 * pad) // 2 * 2
    image = Image.new("L", (max(2, across), size * 3 // 2 // 2 * 2))
    ImageDraw.Draw(image).text((pad, image.height / 2), text, 255, font, anchor="lm")
    return np.asarray(np.asarray(image, np.float32) / 255, np.float32)
