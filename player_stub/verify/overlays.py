"""Finds text and cards drawn over a picture, so that the rest of it can be compared."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.thumbnails import SIZE

_BLOCK: Final = 12  # thumbnail pixels, across and down; text fills whole blocks, noise does not
_MIN_DIFFERENCE: Final = 150.0  # mean squared: 12 levels
_TIMES_MEDIAN: Final = 30.0  # how much more than the median block a covered one differs
_MAX_COVERED: Final = 0.4  # of the picture: where more of it differs, it is another picture


def uncovered_pixels(
    thumbnail: NDArray[np.float32], original: NDArray[np.float32]
) -> NDArray[np.bool_] | None:
    """A mask of the pixels that nothing was drawn over; None where nothing or most was covered.

    Args:
        thumbnail: of a frame of the film.
        original: of the source frame that is most similar to it.
    """
    across, down = SIZE[0] // _BLOCK, SIZE[1] // _BLOCK
    squares = np.square(thumbnail - original).reshape(down, _BLOCK, across, _BLOCK)
    blocks = squares.mean(axis=(1, 3))
    covered = blocks > max(_MIN_DIFFERENCE, _TIMES_MEDIAN * float(np.median(blocks)))
    if not covered.any() or covered.mean() > _MAX_COVERED:
        return None
    return np.asarray(~np.kron(covered, np.ones((_BLOCK, _BLOCK), np.bool_)), np.bool_).ravel()
