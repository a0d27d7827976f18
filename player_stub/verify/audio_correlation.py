"""Measures how late one piece of audio is against another, by cross-correlation (pure).

Shapes: N is the window's length, L the number of lags: the search range on both sides, and zero.
"""

# ruff: noqa: N803, N806 - arrays carry their shape as a suffix

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from player_stub.verify.audio_samples import Mono

# Root mean square below which a window is silent: -60 dB of full scale.
SILENCE = 1e-3
# Below the first it is other music; below the second, only parts of it are the same.
_ALIKE, _CLEAR = 0.5, 0.9
# With another lag this close to the best, either could be the right one.
_RIVAL = 0.99
# The peak's own flanks do not count as rivals.
_FLANK_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class WindowMatch:
    """The offset of a window of film from the bed.

    Attributes:
        samples: how late the film is, to a fraction of a sample; None where that is unclear.
        lag: the whole samples by which it is late at the best correlation; None where there is no
            match at all.
        correlation: normalised, at that offset, 0 to 1.
        wrong: whether it is clear that the film is not the bed.
        note: why there is no offset.
    """

    samples: float | None
    lag: int | None
    correlation: float = 0.0
    wrong: bool = False
    note: str = ""


def match_window(film_N: Mono, bed_NL: Mono, rate: int) -> WindowMatch:
    """Measure a window of film against the bed around its expected position.

    Args:
        film_N: the window.
        bed_NL: the bed's samples, with the search range before and after the window.
        rate: samples per second.
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
    return WindowMatch(lag - _peak_offset(correlation_L, peak), lag, correlation)


def _rms(samples: Mono) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def _normalised_correlation(film_N: Mono, bed_NL: Mono) -> NDArray[np.float64]:
    """Correlation at each lag, as a share of that of identical audio."""
    lags = len(bed_NL) - len(film_N) + 1
    size = _fast_size(len(bed_NL))
    spectrum = np.fft.rfft(bed_NL, size) * np.conj(np.fft.rfft(film_N - film_N.mean(), size))
    product_L = np.fft.irfft(spectrum, size)[:lags]
    energy_L = _windowed_energy(bed_NL, len(film_N))
    scale_L = np.sqrt(energy_L * np.sum(np.square(film_N, dtype=np.float64)))
    # Where either is silent, the correlation is 0.
    return np.asarray(product_L / np.maximum(scale_L, SILENCE**2 * len(film_N)), np.float64)


def _windowed_energy(bed_NL: Mono, length: int) -> NDArray[np.float64]:
    total = np.concatenate([[0.0], np.cumsum(np.square(bed_NL, dtype=np.float64))])
    return np.asarray(total[length:] - total[:-length], np.float64)


def _fast_size(least: int) -> int:
    """The next larger size for which the FFT is fast."""
    powers = [odd << two for odd in (1, 3, 5, 9) for two in range(least.bit_length() + 1)]
    return min(size for size in powers if size >= least)


def _has_rival(correlation_L: NDArray[np.float64], peak: int, flank: int) -> bool:
    others = np.concatenate(
        [correlation_L[: max(0, peak - flank)], correlation_L[peak + flank + 1 :]]
    )
    return bool(len(others) and others.max() > _RIVAL * correlation_L[peak])


def _peak_offset(correlation_L: NDArray[np.float64], peak: int) -> float:
    """The offset from the peak of the maximum of a parabola through it and its neighbours."""
    if not 0 < peak < len(correlation_L) - 1:
        return 0.0
    before, here, behind = correlation_L[peak - 1 : peak + 2]
    bend = before - 2 * here + behind
    return float((before - behind) / (2 * bend)) if bend < 0 else 0.0
