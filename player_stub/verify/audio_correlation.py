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
# Encoding leaves more than this of music; another lag would have to be as good by chance.
_SAME = 0.98
_STEPS, _STEP = 6, 16  # times that an offset is corrected, and samples at most by each
# With another lag this close to the best, either could be the right one.
_RIVAL = 0.99
_RELATED = 10.0  # samples that err alike
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
        uncertainty: of the offset, in samples.
    """

    samples: float | None
    lag: int | None
    correlation: float = 0.0
    wrong: bool = False
    note: str = ""
    uncertainty: float = 0.0


def match_at(film_N: Mono, bed_NL: Mono, lag: int) -> WindowMatch | None:
    """Measure a window of film that is where it was expected to be, or a few samples beside.

    It takes a tenth of the time of a search. The offset follows from how the difference of both
    depends on the bed's slope.

    Args:
        film_N: the window.
        bed_NL: the bed's samples, with the search range before and after the window.
        lag: whole samples by which it should be late.

    Returns:
        None where the two are not the same there, so that a search has to tell.
    """
    search = (len(bed_NL) - len(film_N)) // 2
    for _ in range(_STEPS):
        if abs(lag) >= search:
            return None
        around = bed_NL[search - lag - 1 : search - lag + len(film_N) + 1]
        offset, correlation, uncertainty = _offset_at(film_N, around)
        if correlation < _SAME:
            return None
        if abs(offset) <= 0.5:
            return WindowMatch(lag + offset, lag, correlation, uncertainty=uncertainty)
        lag += round(max(-_STEP, min(_STEP, offset)))
    return None


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
    offset = lag - _peak_offset(correlation_L, peak)
    return WindowMatch(offset, lag, correlation, uncertainty=_uncertainty(film_N, bed_NL, lag))


def _uncertainty(film_N: Mono, bed_NL: Mono, lag: int) -> float:
    search = (len(bed_NL) - len(film_N)) // 2
    around = bed_NL[max(0, search - lag - 1) :][: len(film_N) + 2]
    return _offset_at(film_N, around)[2] if len(around) == len(film_N) + 2 else 1.0


def _offset_at(film_N: Mono, around: Mono) -> tuple[float, float, float]:
    """The offset near zero, the correlation at zero, and the uncertainty of the offset.

    Args:
        film_N: the window.
        around: the bed there, and one sample more on either side.
    """
    here = around[1:-1]
    slope = (around[2:] - around[:-2]) / 2
    film_bed, film_slope, film_film = (
        float(np.dot(film_N, each)) for each in (here, slope, film_N)
    )
    bed_bed, slope_slope = float(np.dot(here, here)), float(np.dot(slope, slope))
    if min(film_film, bed_bed, slope_slope) <= SILENCE**2:
        return 0.0, 0.0, 1.0
    gain = film_bed / bed_bed
    rest = max(film_film - gain * film_bed, 0.0)
    steep = gain * gain * slope_slope
    # Neighbouring samples do not err independently.
    uncertainty = (rest / steep / (len(film_N) / _RELATED)) ** 0.5 if steep else 1.0
    offset = -film_slope / (gain * slope_slope) if gain else 0.0
    return offset, film_bed / (film_film * bed_bed) ** 0.5, uncertainty


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
