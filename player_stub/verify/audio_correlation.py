"""Finds by how much one piece of audio is late against another (pure).

Shapes: N is the window's length, L its lags: twice the search on either side, plus none.
"""

# ruff: noqa: N803, N806 - arrays carry their shape as a suffix

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.audio_samples import Mono

# Root mean square under which a window is silence: -60 dB of full scale.
SILENCE = 1e-3
# Under the first it is other music; under the second, the same music in pieces.
_ALIKE, _CLEAR = 0.5, 0.9
# Another lag this nearly as good leaves open which of the two it is.
_RIVAL = 0.99
# The peak's own flanks are no rivals.
_FLANK_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class WindowMatch:
    """Where a window of film lies on the bed.

    Attributes:
        samples: by how many the film is late, to a fraction of one; None where it cannot be told.
        lag: the whole samples by which it is late where the two are most alike; None where they
            are nowhere alike.
        correlation: normalised, at that offset, 0 to 1.
        wrong: whether there was enough to go by, and the film is not the bed.
        note: why it cannot be told.
    """

    samples: float | None
    lag: int | None
    correlation: float = 0.0
    wrong: bool = False
    note: str = ""


def match_window(film_N: Mono, bed_NL: Mono, rate: int) -> WindowMatch:
    """Measure a window of film against the bed around the place where it should be.

    Args:
        film_N: the window.
        bed_NL: the bed's samples from `search` before the window to `search` behind it.
        rate: samples a second.
    """
    search = (len(bed_NL) - len(film_N)) // 2
    silent_bed = _rms(bed_NL[search : search + len(film_N)]) < SILENCE
    if _rms(film_N) < SILENCE:
        return WindowMatch(None, 0, wrong=not silent_bed, note="the film is silent")
    correlation_L = _normalised_correlation(film_N, bed_NL)
    peak = int(correlation_L.argmax())
    lag, correlation = search - peak, float(correlation_L[peak])
    if silent_bed or correlation < _ALIKE:
        note = f"no match with the bed within {search / rate:g} s"
        return WindowMatch(None, None, correlation, wrong=True, note=note)
    if correlation < _CLEAR:
        return WindowMatch(None, lag, correlation, note="only a part of it matches the bed")
    if _has_rival(correlation_L, peak, round(_FLANK_SECONDS * rate)):
        return WindowMatch(None, lag, correlation, note="the bed repeats itself")
    return WindowMatch(lag - _summit(correlation_L, peak), lag, correlation)


def _rms(samples: Mono) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def _normalised_correlation(film_N: Mono, bed_NL: Mono) -> NDArray[np.float64]:
    """Correlation at each lag over what it is where film and bed are the same."""
    lags = len(bed_NL) - len(film_N) + 1
    size = _fast_size(len(bed_NL))
    spectrum = np.fft.rfft(bed_NL, size) * np.conj(np.fft.rfft(film_N - film_N.mean(), size))
    product_L = np.fft.irfft(spectrum, size)[:lags]
    energy_L = _windowed_energy(bed_NL, len(film_N))
    scale_L = np.sqrt(energy_L * np.sum(np.square(film_N, dtype=np.float64)))
    # Where either is silent there is nothing alike.
    return np.asarray(product_L / np.maximum(scale_L, SILENCE**2 * len(film_N)), np.float64)


def _windowed_energy(bed_NL: Mono, length: int) -> NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(np.square(bed_NL, dtype=np.float64))])
    return np.asarray(total[length:] - total[:-length], np.float64)


def _fast_size(least: int) -> int:
    """The next size that a transform is fast at."""
    powers = [odd << two for odd in (1, 3, 5, 9) for two in range(least.bit_length() + 1)]
    return min(size for size in powers if size >= least)


def _has_rival(correlation_L: NDArray[np.float64], peak: int, flank: int) -> bool:
    others = np.concatenate(
        [correlation_L[: max(0, peak - flank)], correlation_L[peak + flank + 1 :]]
    )
    return bool(len(others) and others.max() > _RIVAL * correlation_L[peak])


def _summit(correlation_L: NDArray[np.float64], peak: int) -> float:
    """How far the summit of the parabola through the peak and its neighbours is off the peak."""
    if not 0 < peak < len(correlation_L) - 1:
        return 0.0
    before, here, behind = correlation_L[peak - 1 : peak + 2]
    bend = before - 2 * here + behind
    return float((before - behind) / (2 * bend)) if bend < 0 else 0.0
