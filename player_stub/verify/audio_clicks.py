"""Finds clicks: where a film's sound jumps from one sample to the next, and the bed does not."""

from __future__ import annotations

import numpy as np

from player_stub.verify.audio_samples import Mono

_AROUND_SECONDS = 0.004  # in which encoding may smear what the bed does
_LEAST = 0.08  # of full scale, from one sample to the next: less is not heard as a click
_TIMES = 4.0  # as large as any step of the bed around; encoding changes steps by less


def find_clicks(film_N: Mono, bed_N: Mono, rate: int) -> list[int]:  # noqa: N803 - N samples
    """The samples of film at which it clicks.

    Args:
        film_N: audio of the film.
        bed_N: what it should be, of the same length.
        rate: samples a second.
    """
    film, bed = np.abs(np.diff(film_N)), np.abs(np.diff(bed_N))
    around = round(_AROUND_SECONDS * rate)
    # Where there are no samples, before and behind a film, nothing is heard: that is no click.
    loud = np.flatnonzero((film > _LEAST) & (film_N[1:] != 0) & (film_N[:-1] != 0))
    found: list[int] = []
    for at in map(int, loud):
        usual = float(bed[max(0, at - around) : at + around + 1].max(initial=0.0))
        if film[at] > _TIMES * usual and (not found or at - found[-1] > around):
            found.append(at)
    return found
