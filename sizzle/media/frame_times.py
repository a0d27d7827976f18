"""Whether frames come at a constant rate, by their times (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sizzle.timecode import FrameRate

_JITTER: Final = 0.1  # of a frame, which nobody sees
_MOST: Final = 1 / 3  # of a frame, where a container rounds times to long ticks


def first_irregular(times: NDArray[np.int64], tick: Fraction, rate: Fraction) -> int | None:
    """The number of the first frame that is not shown at its time; None where each is.

    Args:
        times: of the frames, ascending, in ticks.
        tick: seconds of a tick.
        rate: frames a second.
    """
    if not len(times):
        return None
    frames_a_tick = tick * rate
    # Doubles are exact to a ten-thousandth of a frame over a day.
    exact = (times - times[0]) * float(frames_a_tick)
    allowed = min(_MOST, _JITTER + float(frames_a_tick))
    off = np.flatnonzero(np.abs(exact - np.arange(len(times))) > allowed)
    return int(off[0]) if len(off) else None


def rate_of(
    times: NDArray[np.int64], tick: Fraction, stated: Iterable[FrameRate]
) -> tuple[FrameRate, int | None]:
    """The rate that frames come at, of those that headers state, and the first irregular frame.

    A mean rate is wrong where the last frame is shown longer, and a nominal one where the rate
    varies; the times decide.

    Args:
        times: as for `first_irregular`.
        tick: likewise.
        stated: at least one rate, the likeliest first.
    """
    found = [(rate, first_irregular(times, tick, rate.fraction)) for rate in stated]
    return max(found, key=lambda each: len(times) if each[1] is None else each[1])
