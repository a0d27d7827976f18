"""Normalizes audio to an integrated loudness (EBU R128), with true peaks below -1 dBTP."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import log10
from pathlib import Path
from typing import Any, Final

import ffmpeg

from player_stub.render.bed import SAMPLE_RATE
from sizzle.errors import MediaError
from sizzle.process import ffmpeg as ffmpeg_program
from sizzle.process import run

HIGHEST_PEAK: Final = -1.0
"""In dBTP, the limit of EBU R128."""

_TIMEOUT: Final = 1800.0
_OVERSAMPLED: Final = 4 * SAMPLE_RATE  # for peaks between samples, as in BS.1770
_SILENT: Final = -70.0  # LUFS: the absolute gate of the measurement
_ROUNDS: Final = 3  # of correcting for the limiter; what remains is below 0.1 LU
_INTEGRATED = re.compile(rb"lavfi\.r128\.I=(-?[\d.]+|-?inf|nan)")
_PEAK = re.compile(rb"lavfi\.r128\.true_peaks?_ch\d+=([\d.]+|-?inf|nan)")

_Stream = Any  # ffmpeg-python has no types


@dataclass(frozen=True, slots=True)
class Loudness:
    """Integrated loudness in LUFS, and the highest true peak in dBTP."""

    integrated: float
    peak: float


def measure(path: Path) -> Loudness:
    """Measure a file's first audio track. Raises ProcessError, or MediaError: it is silent."""
    return _measured(_input(path), path)


def normalized(path: Path, target: float) -> _Stream:
    """A file's audio at a target in LUFS: one gain, and a limiter if peaks need it.

    Raises:
        MediaError: it is silent.
        ProcessError: ffmpeg could not measure it.
    """
    found = measure(path)
    gain = target - found.integrated
    if found.peak + gain <= HIGHEST_PEAK:
        return _input(path).filter("volume", f"{gain:.3f}dB")
    for _ in range(_ROUNDS):
        gain += target - _measured(_limited(path, gain), path).integrated
    return _limited(path, gain)


def _input(path: Path) -> _Stream:
    return ffmpeg.input(str(path.absolute()))["a:0"]


def _limited(path: Path, gain: float) -> _Stream:
    # Lower than allowed, since encoding changes peaks.
    limit = 10 ** ((HIGHEST_PEAK - 0.5) / 20)
    return (
        _input(path)
        .filter("volume", f"{gain:.3f}dB")
        .filter("aresample", _OVERSAMPLED)
        # `latency` compensates the limiter's delay; `level` would undo the gain.
        .filter("alimiter", limit=limit, level="disabled", latency=1, attack=5, release=50)
        .filter("aresample", SAMPLE_RATE)
    )


def _measured(sound: _Stream, path: Path) -> Loudness:
    printed = (
        sound.filter("ebur128", peak="true", metadata=1)
        .filter("ametadata", "print", file="-")
        .output("-", format="null")
    )
    command: list[str] = printed.global_args("-nostdin", "-loglevel", "error").compile(
        cmd=ffmpeg_program()
    )
    printed_text = run(command, timeout=_TIMEOUT)
    integrated = [float(value) for value in _INTEGRATED.findall(printed_text)]
    peaks = [float(value) for value in _PEAK.findall(printed_text)]
    if not integrated or not integrated[-1] > _SILENT:
        raise MediaError(
            "The audio is silent and cannot be normalized.",
            where=str(path),
            fix="render without --loudness, or give another bed.",
        )
    return Loudness(integrated[-1], 20 * log10(max(peaks, default=0.0) or 1e-9))
