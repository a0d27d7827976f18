"""Finds letters and cards over a picture, so that it can be judged by what they leave free."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.thumbnails import SIZE

_BLOCK: Final = 12  # pixels of a look across and down; letters fill whole blocks, noise does not
_LEAST: Final = 150.0  # mean squared difference, 12 levels
_TIMES: Final = 30.0  # as often as that of the block in the middle of all
_MOST: Final = 0.4  # of the picture: where more of it differs, it is another picture


def free_of_letters(
    look: NDArray[np.float32], original: NDArray[np.float32]
) -> NDArray[np.bool_] | None:
    """The pixels of a look that nothing was drawn over, or None where that is all or next to none.

    Args:
        look: of a frame of the film.
        original: of the source frame that it is most like.
    """
    across, down = SIZE[0] // _BLOCK, SIZE[1] // _BLOCK
    squares = np.square(look - original).reshape(down, _BLOCK, across, _BLOCK)
    blocks = squares.mean(axis=(1, 3))
    drawn = blocks > max(_LEAST, _TIMES * float(np.median(blocks)))
    if not drawn.any() or drawn.mean() > _MOST:
        return None
    return np.asarray(~np.kron(drawn, np.ones((_BLOCK, _BLOCK), np.bool_)), np.bool_).ravel()
