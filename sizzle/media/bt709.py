"""Converts BT.601 to BT.709 without loss in the shadows.

swscale converts by way of 8-bit RGB, which loses a whole level near black: fades from black would
begin frames late. The conversion itself is one small matrix.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Plane: TypeAlias = npt.NDArray[np.uint8]


def to_bt709(planes: list[Plane]) -> list[Plane]:
    """The planes Y, U and V of a BT.601 picture in 4:2:0, video range, as BT.709."""
    luma, *chroma = (plane.astype(np.float32) for plane in planes)
    blue, red = (plane - 128 for plane in chroma)
    turned = [by_blue * blue + by_red * red for _, by_blue, by_red in _TURN]
    doubled = turned[0].repeat(2, axis=0).repeat(2, axis=1)
    return [_whole(luma + doubled), *(_whole(plane + 128) for plane in turned[1:])]


def _whole(plane: npt.NDArray[np.float32]) -> Plane:
    return plane.round().clip(0, 255).astype(np.uint8)


def _matrix(red: float, blue: float) -> npt.NDArray[np.float64]:
    """The matrix from RGB to YCbCr in video range, from the weights of red and blue in luma."""
    luma = np.array([red, 1 - red - blue, blue])
    cb = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
    cr = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
    return np.stack([219 * luma, 224 * cb, 224 * cr])


# Rows: Y, Cb and Cr of BT.709; columns: those of BT.601. Y contributes to Y alone, unchanged.
_TURN: Final = (_matrix(0.2126, 0.0722) @ np.linalg.inv(_matrix(0.299, 0.114))).astype(np.float32)
