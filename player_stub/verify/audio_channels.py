"""Compares the channels of a film's audio with those of the bed: levels, sides, silence (pure).

Shapes: C channels of N samples, B blocks.
"""

# ruff: noqa: N803, N806 - arrays carry their shape as a suffix

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.audio_correlation import SILENCE
from player_stub.verify.audio_samples import Sound

SILENT_DB: Final = -20.0
"""A channel that is this much too quiet is silent."""

SIDES: Final = 0.5
"""Share of the difference between left and right that has to be left."""

_BLOCK_SECONDS: Final = 0.1
_LOUD: Final = 0.05  # of the loudest block: those below are changed by what encoding adds
_SIDES_DIFFER: Final = 0.03  # of the whole: root mean square of what only one side has


@dataclass(frozen=True, slots=True)
class ChannelMatch:
    """The channels of a window of film against those of the bed.

    Attributes:
        levels: by how many dB each channel is too loud; None where the bed is silent.
        worst: the same of the tenth of a second that is furthest off, either way.
        sides: what is left of the difference between the sides: 1 where they are right, 0 where
            both have the same, -1 where they are swapped. None where the bed's are the same.
    """

    levels: tuple[float | None, ...]
    worst: tuple[float | None, ...]
    sides: float | None

    @property
    def silent(self) -> list[int]:
        """The channels that are silent."""
        return [
            channel
            for channel, level in enumerate(self.levels)
            if level is not None and level < SILENT_DB
        ]


def compare_channels(film_CN: Sound, bed_CN: Sound, rate: int) -> ChannelMatch:
    """Compare a window of film with the bed that should be there.

    Args:
        film_CN: the window.
        bed_CN: as long.
        rate: samples per second.
    """
    pairs = list(zip(film_CN, bed_CN, strict=True))
    levels = tuple(_level(float(_rms(film)), float(_rms(bed))) for film, bed in pairs)
    block = round(_BLOCK_SECONDS * rate)
    worst = tuple(_worst_level(film, bed, block) for film, bed in pairs)
    return ChannelMatch(levels, worst, _sides(film_CN, bed_CN))


def _rms(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(np.sqrt(np.mean(np.square(samples, dtype=np.float64), axis=-1)))


def _level(film: float, bed: float) -> float | None:
    return None if bed < SILENCE else 20 * float(np.log10(max(film, 1e-6) / bed))


def _worst_level(
    film_N: NDArray[np.float32], bed_N: NDArray[np.float32], block: int
) -> float | None:
    count = len(film_N) // block
    if count == 0:
        return None
    film_B, bed_B = (_rms(each[: count * block].reshape(count, block)) for each in (film_N, bed_N))
    loud = bed_B > max(3 * SILENCE, _LOUD * float(bed_B.max()))
    if not loud.any():
        return None
    levels = 20 * np.log10(np.maximum(film_B[loud], 1e-6) / bed_B[loud])
    return float(levels[np.abs(levels).argmax()])


def _sides(film_CN: Sound, bed_CN: Sound) -> float | None:
    if len(bed_CN) < 2:
        return None
    film_side, bed_side = film_CN[0] - film_CN[1], bed_CN[0] - bed_CN[1]
    whole, apart = float(_rms(bed_CN.ravel())), float(_rms(bed_side))
    if apart < max(SILENCE, _SIDES_DIFFER * whole):
        return None
    # A film that is quieter all along has all of its sides.
    gain = max(float(_rms(film_CN.ravel())) / whole, SILENCE)
    return float(np.dot(film_side, bed_side)) / (gain * apart * apart * len(bed_side))
