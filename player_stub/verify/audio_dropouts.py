"""Finds dropouts: where a film's audio is silent and the bed is not (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.audio_correlation import SILENCE
from player_stub.verify.audio_samples import Mono

_BLOCK_SECONDS = 0.002
# A dropout has at least this many blocks, at most this loud relative to the bed, ...
_BLOCKS = 2
_QUIET = 0.2
# ... where the bed itself is at least this loud relative to its maximum in the window.
_PRESENT = 0.1


def find_dropouts(film_N: Mono, beds: Sequence[Mono], rate: int) -> list[tuple[int, int]]:  # noqa: N803
    """Ranges of film that are almost silent while the bed is not.

    Args:
        film_N: audio of the film.
        beds: what it should be, of the same length, at each offset that it may have.
        rate: samples per second.

    Returns:
        Half-open ranges of samples that are silent at every offset.
    """
    block = round(_BLOCK_SECONDS * rate)
    film = _levels(film_N, block)
    silent = np.all([_is_silent(film, _levels(bed, block)) for bed in beds], axis=0)
    runs = (list(blocks) for gone, blocks in groupby(range(len(film)), silent.item) if gone)
    return [(run[0] * block, (run[-1] + 1) * block) for run in runs if len(run) >= _BLOCKS]


def _is_silent(film: NDArray[np.float64], bed: NDArray[np.float64]) -> NDArray[np.bool_]:
    floor = max(SILENCE, _PRESENT * float(bed.max(initial=0.0)))
    return (bed > floor) & (film < _QUIET * bed)


def _levels(samples: Mono, block: int) -> NDArray[np.float64]:
    """Root mean square of each whole block."""
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    return np.asarray(np.sqrt(np.mean(np.square(blocks, dtype=np.float64), axis=1)))
