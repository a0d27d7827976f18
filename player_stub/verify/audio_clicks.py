"""Finds clicks: jumps from one sample to the next that the bed does not have."""

from __future__ import annotations

import numpy as np

from player_stub.verify.audio_samples import Mono

_AROUND_SECONDS = 0.004  # within which encoding may shift what the bed does
_MIN_STEP = 0.08  # of full scale, from one sample to the next: less is not audible as a click
_TIMES_BED = 4.0  # times the largest step of the bed nearby; encoding changes steps by less


def find_clicks(film_N: Mono, bed_N: Mono, rate: int) -> list[int]:  # noqa: N803 - N samples
    """The samples of film at which it clicks.

    Args:
        film_N: audio of the film.
        bed_N: what it should be, of the same length.
        rate: samples per second.
    """
    film, bed = np.abs(np.diff(film_N)), np.abs(np.diff(bed_N))
    around = round(_AROUND_SECONDS * rate)
    # Steps from or to exact zero are the ends of the film or gaps, not clicks.
    loud = np.flatnonzero((film > _MIN_STEP) & (film_N[1:] != 0) & (film_N[:-1] != 0))
    found: list[int] = []
    for at in map(int, loud):
        usual = float(bed[max(0, at - around) : at + around + 1].max(initial=0.0))
        if film[at] > _TIMES_BED * usual and (not found or at - found[-1] > around):
            found.append(at)
    return found
