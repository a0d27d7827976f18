"""Finds dropouts: where a channel of a film's audio is silent and the bed is not (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.audio_samples import Mono

_BLOCK_SECONDS: Final = 0.001
_TOGETHER: Final = 3  # blocks, of which a dropout of 5 ms holds at least two runs
_RUNS: Final = 2
_AROUND: Final = 50  # blocks around one, to which it is compared
_QUIET: Final = 0.14  # energy that is left, of what the bed has there
_PRESENT: Final = 0.03  # energy that the bed must have there, of what it has around
_FLOOR: Final = 1.5e-3  # root mean square of a bed that is heard for a moment: -56 dB, ...
_LONG: Final = 15  # ... or for so many blocks:
_LONG_FLOOR: Final = 2.5e-4  # -72 dB, eight steps of 16 bits


def find_dropouts(film_N: Mono, beds: Sequence[Mono], rate: int) -> list[tuple[int, int]]:  # noqa: N803
    """Ranges of film that are almost silent while the bed is not.

    Args:
        film_N: a channel of the film.
        beds: what it should be, of the same length, at each offset that it may have.
        rate: samples per second.

    Returns:
        Half-open ranges of samples that are silent at every offset.
    """
    block = round(_BLOCK_SECONDS * rate)
    film = _energies(film_N, block)
    both = [(_energies(bed, block), bed) for bed in beds]
    silent = np.all([_is_silent(film, bed, _FLOOR) for bed, _ in both], axis=0)
    faint = np.all([_is_silent(film, bed, _LONG_FLOOR) for bed, _ in both], axis=0)
    found = [*_runs(silent, _RUNS), *_runs(faint, _LONG)]
    return [(first * block, (last + _TOGETHER) * block) for first, last in _merged(found)]


def _is_silent(
    film: NDArray[np.float64], bed: NDArray[np.float64], floor: float
) -> NDArray[np.bool_]:
    # A film that is quieter all along is none that drops out.
    level = min(1.0, float(film.sum()) / max(float(bed.sum()), 1e-12))
    present = bed > np.maximum(floor**2, _PRESENT * _around(bed))
    return np.asarray(present & (film < _QUIET * level * bed))


def _energies(samples: Mono, block: int) -> NDArray[np.float64]:
    """Mean squares of so many blocks together, from each block on."""
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    single = np.mean(np.square(blocks, dtype=np.float64), axis=1)
    if len(single) < _TOGETHER:
        return np.zeros(0)
    return np.convolve(single, np.full(_TOGETHER, 1 / _TOGETHER), "valid")


def _around(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    if len(energies) == 0:
        return energies
    size = min(len(energies), 2 * _AROUND + 1)
    return np.convolve(energies, np.full(size, 1 / size), "same")[: len(energies)]


def _runs(flags: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """First and last of each run of at least so many flags."""
    found, at = [], 0
    for value, run in groupby(flags.tolist()):
        length = len(list(run))
        if value and length >= least:
            found.append((at, at + length - 1))
        at += length
    return found


def _merged(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if merged and first <= merged[-1][1] + _TOGETHER:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
