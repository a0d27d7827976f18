"""A frame's number as a barcode in a strip along the bottom of its picture.

32 cells side by side over the whole width, each about as high as it is wide:

    white black | 20 bits of the number, highest first | 8 bits of CRC | black white

A viewer sees a thin strip; a test reads the number, even after lossy encoding and scaling. Cells
have the levels of limited-range video, and are read by comparing them with the guard cells, so a
change of range or contrast does no harm.

Shapes: H is the picture's height, W its width, S the strip's height.
"""

# ruff: noqa: N803, N806 - arrays carry their shape as a suffix

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sizzle.errors import MediaError

Luma = NDArray[np.uint8]

MAXIMUM = 2**20 - 1
BLACK, WHITE = 16, 235

_CELLS = 32
_NUMBER_BITS, _CRC_BITS = 20, 8
_GUARD = np.array([True, False])
# CRC-8 (x^8 + x^2 + x + 1) finds every error of up to three cells in a code this short.
_POLYNOMIAL = 0x107
# Starting from ones keeps frame 0 from being a strip of black cells with a valid CRC.
_CRC_START = 0xFF
_SMALLEST_CELL = 2
# Guards closer together than this, or cells nearer to the middle, are picture, not a barcode.
_LEAST_CONTRAST = 60
_LEAST_CLARITY = 0.15


def strip_height(height: int, width: int) -> int:
    """Rows at the bottom of a picture of this size that the barcode covers.

    Even, as chroma has half the rows; the picture's own content ends above it.
    """
    square = max(8, width // _CELLS)
    return min(square, height // 4) // 2 * 2


def paint(luma_HW: Luma, number: int) -> None:
    """Write a frame's number into the bottom rows of its luma, in place.

    Args:
        luma_HW: the luma plane, limited range. Set the strip's chroma to 128 where there is any.
        number: the frame, 0 to `MAXIMUM`.

    Raises:
        MediaError: a number that does not fit, or a picture too small to hold the cells.
    """
    if not 0 <= number <= MAXIMUM:
        raise MediaError(
            f"Frame {number} does not fit a barcode of {_NUMBER_BITS} bits.",
            fix=f"make media of at most {MAXIMUM + 1} frames.",
        )
    height, width = luma_HW.shape
    if not _fits(height, width):
        raise MediaError(
            f"A picture of {width}x{height} is too small for a barcode.",
            fix=f"make it at least {_CELLS * _SMALLEST_CELL} wide and 8 high.",
        )
    levels = np.where(_cells_of(number), np.uint8(WHITE), np.uint8(BLACK))
    luma_HW[height - strip_height(height, width) :] = levels[_cell_of_column(width)]


def read(luma_HW: Luma) -> int | None:
    """Read the number that a picture carries; None where it carries no valid code.

    Args:
        luma_HW: the luma plane of the whole picture, of any range and any size.
    """
    height, width = luma_HW.shape
    if not _fits(height, width):
        return None
    return _decode(_cell_means(luma_HW[height - strip_height(height, width) :]))


def _fits(height: int, width: int) -> bool:
    return width >= _CELLS * _SMALLEST_CELL and strip_height(height, width) >= 2


@lru_cache(maxsize=16)
def _cell_of_column(width: int) -> NDArray[np.intp]:
    return np.arange(width) * _CELLS // width


@lru_cache(maxsize=16)
def _heart_columns(width: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The columns in the middle half of each cell, and where each cell's begin."""
    # In units of half a column's share of a cell, so that the centres of columns are integers.
    phase = (2 * np.arange(width) + 1) * _CELLS % (2 * width)
    columns = np.flatnonzero((2 * phase >= width) & (2 * phase <= 3 * width))
    starts = np.searchsorted(_cell_of_column(width)[columns], np.arange(_CELLS))
    return columns, starts


def _cell_means(strip_SW: Luma) -> NDArray[np.float64]:
    rows = len(strip_SW)
    columns, starts = _heart_columns(strip_SW.shape[1])
    # The top quarter may be blurred by the picture above it.
    row_W = strip_SW[rows // 4 :].mean(axis=0)[columns]
    widths = np.diff(np.append(starts, len(columns)))
    means: NDArray[np.float64] = np.add.reduceat(row_W, starts) / widths
    return means


def _decode(means: NDArray[np.float64]) -> int | None:
    white = (means[0] + means[-1]) / 2
    black = (means[1] + means[-2]) / 2
    if white - black < _LEAST_CONTRAST:
        return None
    # 0 is black and 1 is white; near the middle a cell is unclear.
    brightness = (means - black) / (white - black)
    if np.abs(brightness - 0.5).min() < _LEAST_CLARITY:
        return None
    code = _packed(brightness[2:-2] > 0.5)
    number = code >> _CRC_BITS
    return number if code == _code_of(number) and _is_guarded(brightness) else None


def _is_guarded(brightness: NDArray[np.float64]) -> bool:
    left, right = brightness[:2] > 0.5, brightness[:-3:-1] > 0.5
    return bool((left == _GUARD).all() and (right == _GUARD).all())


def _cells_of(number: int) -> NDArray[np.bool_]:
    code = _code_of(number)
    bits = np.unpackbits(np.array([code], dtype=">u4").view(np.uint8)).astype(np.bool_)
    return np.concatenate([_GUARD, bits[-(_NUMBER_BITS + _CRC_BITS) :], _GUARD[::-1]])


def _packed(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(np.concatenate([np.zeros(4, np.bool_), bits])).tobytes())


def _code_of(number: int) -> int:
    """The number followed by its CRC, 28 bits."""
    rest = (number << _CRC_BITS) ^ (_CRC_START << _NUMBER_BITS)
    for bit in range(_NUMBER_BITS + _CRC_BITS - 1, _CRC_BITS - 1, -1):
        if rest >> bit & 1:
            rest ^= _POLYNOMIAL << (bit - _CRC_BITS)
    return number << _CRC_BITS | rest
