"""Fits pictures of any size, aspect ratio and colour space into those of the Mega Asset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from sizzle.errors import InputError
from sizzle.layout import FrameSize
from sizzle.media import colours
from sizzle.media.bt709 import Plane, to_bt709
from sizzle.media.filters import after_preparing
from sizzle.media.gate import normalised
from sizzle.media.prepare import Preparation
from sizzle.mega.source import Source

_BLACK: Final = (16, 128, 128)  # Y, U and V in video range
_SCALING: Final = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INP


def largest(sources: Iterable[Source]) -> FrameSize:
    """The size of the source with the most pixels, made even."""
    widest = max(sources, key=lambda source: source.width * source.height)
    return FrameSize(_even(widest.width), _even(widest.height))


def check_size(picture: FrameSize) -> None:
    """Raises InputError: H.264 in 4:2:0 cannot have this size."""
    for pixels in (picture.width, picture.height):
        if pixels % 2 or not 16 <= pixels <= 8192:
            raise InputError(
                f"A picture of {picture.width}x{picture.height} cannot be encoded.",
                fix="use an even width and height from 16 to 8192, such as 1920x1080.",
            )


def fitted(width: int, height: int, into: FrameSize) -> FrameSize:
    """The largest even size of that aspect ratio inside another: no stretching, no cropping."""
    if width * into.height >= height * into.width:
        return FrameSize(into.width, min(_even_ratio(height * into.width, width), into.height))
    return FrameSize(min(_even_ratio(width * into.height, height), into.width), into.height)


class Fitter:
    """Converts frames of a source to raw 4:2:0 pictures of one size, in BT.709, video range.

    Args:
        source: of the frames.
        picture: the size; where the aspect ratio differs, black fills the rest.
    """

    def __init__(self, source: Source, picture: FrameSize) -> None:
        self._inside = fitted(source.width, source.height, picture)
        self._picture = picture
        normal = normalised(source.facts)
        self._preparation = Preparation(normal)
        self._own = after_preparing(normal)
        self._reformatter = VideoReformatter()

    def raw(self, frame: VideoFrame) -> bytes:
        """The planes Y, U and V of a frame, concatenated."""
        planes = self._upright(frame)
        if self._inside != self._picture:
            planes = [
                self._framed(plane, black) for plane, black in zip(planes, _BLACK, strict=True)
            ]
        return b"".join(plane.tobytes() for plane in planes)

    def _upright(self, frame: VideoFrame) -> list[Plane]:
        """The planes of a frame, turned upright and scaled."""
        own = self._own
        scaled = self._reformatter.reformat(
            self._preparation.prepare(frame),
            self._inside.width,
            self._inside.height,
            "yuv420p",
            # Named alike, luma and chroma stay as they are; bt601 is converted below.
            src_colorspace=None if own.matrix == colours.RGB else Colorspace.ITU709,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=ColorRange.JPEG if own.full_range else ColorRange.MPEG,
            dst_color_range=ColorRange.MPEG,
            interpolation=_SCALING,
        )
        planes = _planes(scaled)
        return to_bt709(planes) if own.matrix in colours.BT601 else planes

    def _framed(self, plane: Plane, black: int) -> Plane:
        """A plane centred in a black one of the full size, at even luma pixels."""
        height, width = plane.shape
        scale = self._inside.height // height
        full = np.full(
            (self._picture.height // scale, self._picture.width // scale), black, np.uint8
        )
        top = (self._picture.height - self._inside.height) // 4 * 2 // scale
        left = (self._picture.width - self._inside.width) // 4 * 2 // scale
        full[top : top + height, left : left + width] = plane
        return full


def _planes(frame: VideoFrame) -> list[Plane]:
    """Y, U and V of a 4:2:0 frame, without the padding of their lines."""
    return [
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[
            :, : plane.width
        ]
        for plane in frame.planes
    ]


def _even(pixels: int) -> int:
    return max(2, pixels // 2 * 2)


def _even_ratio(pixels: int, by: int) -> int:
    """The even number nearest to `pixels / by`."""
    return max(2, (pixels + by) // (2 * by) * 2)
