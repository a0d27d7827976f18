"""From bt601's colours to bt709's, without loss in the shadows.

swscale goes by way of 8-bit RGB, which takes a whole level off near black: fades from black would
begin frames late. The matrix itself is linear, and small.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

Plane: TypeAlias = npt.NDArray[np.uint8]

_UNSPECIFIED: Final = 2  # the values of ITU-T H.273
_BT601: Final = frozenset({5, 6})
_TALLEST_SD: Final = 576  # lines; untagged pictures up to that are bt601, as players take them


def says_nothing(frame: VideoFrame) -> bool:
    """Whether a frame does not say what its colours mean."""
    return frame.colorspace == _UNSPECIFIED


def is_bt601(frame: VideoFrame) -> bool:
    """Whether a frame's colours are bt601's: it says so, or says nothing and is small."""
    if frame.format.is_rgb:
        return False
    return frame.colorspace in _BT601 or (says_nothing(frame) and frame.height <= _TALLEST_SD)


def to_bt709(planes: list[Plane]) -> list[Plane]:
    """The planes Y, U and V of a bt601 picture in 4:2:0, video range, as bt709."""
    luma, *chroma = (plane.astype(np.float32) for plane in planes)
    blue, red = (plane - 128 for plane in chroma)
    turned = [by_blue * blue + by_red * red for _, by_blue, by_red in _TURN]
    doubled = turned[0].repeat(2, axis=0).repeat(2, axis=1)
    return [_whole(luma + doubled), *(_whole(plane + 128) for plane in turned[1:])]


def _whole(plane: npt.NDArray[np.float32]) -> Plane:
    return plane.round().clip(0, 255).astype(np.uint8)


def _matrix(red: float, blue: float) -> npt.NDArray[np.float64]:
    """RGB to YCbCr in steps of video range, of the weights that red and blue have in luma."""
    luma = np.array([red, 1 - red - blue, blue])
    cb = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    cr = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    return np.stack([219 * luma, 224 * cb, 224 * cr])


# Rows give Y, Cb and Cr of bt709 from columns of bt601's; Y counts for nothing but Y.
_TURN: Final = (_matrix(0.2126, 0.0722) @ np.linalg.inv(_matrix(0.299, 0.114))).astype(np.float32)
