"""The frame of a clip that a still shows, decoded from the package and written as JPEG.

The rule: the frame in the middle of the clip. Where that one shows nothing, being black or blank in
a fade, it is the first of those a third, two thirds, a sixth and five sixths into the clip that
does; where none does, the one of them with the most contrast.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import av
import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace, Interpolation
from PIL import Image

from sizzle.clips import Clip
from sizzle.hls import Rendition, SegmentMap
from sizzle.media.colours import BT709, resolved
from sizzle.media.facts import Colours
from sizzle.packager.errors import PackageError

QUALITY: Final = 80
"""Of the JPEG, as libjpeg counts."""

_PLACES: Final = (Fraction(1, 2), Fraction(1, 3), Fraction(2, 3), Fraction(1, 6), Fraction(5, 6))
_LEAST_CONTRAST: Final = 10.0  # standard deviation of luma, of 255
# By the numbers of ITU-T H.273, which are the decoder's.
_MATRICES: Final = {
    1: Colorspace.ITU709,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
}
_CACHED: Final = 2  # fragments: the candidates of a clip are in a few


class StillFrames:
    """Decodes frames of a package.

    Args:
        folder: of the package.
        segment_map: of the package.
        widths: of the pictures, in pixels, smallest first.

    Attributes:
        width: of the widest picture.
        height: of the widest picture.

    Raises:
        PackageError: the video cannot be read.
    """

    def __init__(self, folder: Path, segment_map: SegmentMap, widths: Sequence[int]) -> None:
        self._map, self._track = segment_map, _rendition(segment_map, widths[-1])
        self.width = min(self._track.width, widths[-1])
        self._widths = [*(width for width in widths if width < self.width), self.width]
        self.height = self._height(self.width)
        self._path = folder / self._track.file
        self._file = self._path.open("rb")
        self._init = self._file.read(self._track.init_size)
        self._fragment = lru_cache(_CACHED)(self._decoded)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()

    def of(self, clip: Clip) -> tuple[int, Mapping[int, bytes]]:
        """The frame that stills of a clip show, and its pictures by width. Raises PackageError."""
        number = chosen_frame(clip, lambda number: _contrast(self._frame(number)))
        frame = self._frame(number)
        return number, {width: self._jpeg(frame, width) for width in self._widths}

    def _frame(self, number: int) -> VideoFrame:
        """A frame of the asset's media."""
        starts = self._map.starts
        fragment = int(np.searchsorted(starts, number, side="right")) - 1
        frames = self._fragment(fragment)
        offset = number - starts[fragment]
        if offset >= len(frames) or frames[offset].is_corrupt:
            raise PackageError(
                f"Frame {number} cannot be decoded.",
                where=str(self._path),
                fix="package the asset again, into another folder.",
            )
        return frames[offset]

    def _decoded(self, fragment: int) -> Sequence[VideoFrame]:
        offset, size = self._track.offsets[fragment], self._track.sizes[fragment]
        self._file.seek(offset)
        data = io.BytesIO(self._init + self._file.read(size))
        try:
            with av.open(data, "r", format="mp4") as container:
                return list(container.decode(video=0))
        except FFmpegError as error:
            raise PackageError(
                f"Fragment {fragment} cannot be decoded: {error.strerror}.",
                where=str(self._path),
                fix="package the asset again, into another folder.",
            ) from error

    def _jpeg(self, frame: VideoFrame, width: int) -> bytes:
        matrix = resolved(Colours(), (self._track.width, self._track.height)).matrix
        assumed = Colorspace.ITU709 if matrix == BT709 else Colorspace.ITU601
        return to_jpeg(frame, width, self._height(width), assumed)

    def _height(self, width: int) -> int:
        return max(2, round(self._track.height * width / self._track.width / 2) * 2)


def to_jpeg(frame: VideoFrame, width: int, height: int, assumed: Colorspace) -> bytes:
    """A frame as JPEG.

    Args:
        frame: as it was decoded.
        width: of the picture, in pixels.
        height: of the picture, in pixels.
        assumed: how its colours are coded, where the video does not say so.
    """
    matrix = _MATRICES.get(int(frame.colorspace), assumed)
    resized = frame.reformat(
        width, height, "rgb24", src_colorspace=matrix, interpolation=Interpolation.LANCZOS
    )
    output = io.BytesIO()
    picture = Image.fromarray(resized.to_ndarray())
    picture.save(output, "JPEG", quality=QUALITY, progressive=True)
    return output.getvalue()


def _rendition(segment_map: SegmentMap, width: int) -> Rendition:
    """The smallest rendition that is wide enough, or the largest."""
    wide = [rendition for rendition in segment_map.renditions if rendition.width >= width]
    return min(wide or segment_map.renditions[:1], key=lambda each: each.width)


def chosen_frame(clip: Clip, contrast: Callable[[int], float]) -> int:
    """The frame of the asset's media that stills of a clip show.

    Args:
        clip: the clip.
        contrast: of a frame: the standard deviation of its luma, of 255.
    """
    found = {}
    for place in _PLACES:
        number = clip.source.start + int(clip.length * place)
        found[number] = contrast(number)
        if found[number] >= _LEAST_CONTRAST:
            return number
    return max(found, key=found.__getitem__)


def _contrast(frame: VideoFrame) -> float:
    luma = np.asarray(frame.reformat(format="gray").to_ndarray(), np.uint8)
    return float(luma[::4, ::4].std())
