"""Finds where a sample or a few were inserted into a film's audio, or removed from it (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

SLIP: Final = 0.5
"""Samples by which the offset has to change for good."""

_SURE: Final = 0.05  # samples of uncertainty
_BESIDE: Final = 4  # parts compared on either side, ...
_LEAST: Final = 2  # ... of which so many must be measured


@dataclass(frozen=True, slots=True)
class MeasuredPart:
    """A short part of the audio.

    Attributes:
        start: sample of the reel at which it begins.
        offset: samples by which it is late.
        uncertainty: of that, in samples.
    """

    start: int
    offset: float
    uncertainty: float


@dataclass(frozen=True, slots=True)
class Slip:
    """From `at`, a sample of the reel, the audio is later by so many samples."""

    at: int
    samples: float


def find_slips(parts: Sequence[MeasuredPart], most: float) -> list[Slip]:
    """Changes of the offset that a drift does not explain.

    Args:
        parts: in order.
        most: samples; larger changes are jumps, which are found otherwise.
    """
    sure = [part for part in parts if part.uncertainty < _SURE]
    drift = _drift(sure)
    changes = [(at, _change(sure, at, drift)) for at in range(_LEAST, len(sure) - _LEAST + 1)]
    slips: list[Slip] = []
    run: list[tuple[int, float]] = []
    for at, change in [*changes, (-1, 0.0)]:
        if SLIP < abs(change) < most:
            run.append((at, change))
            continue
        if run:
            # Medians change around it too: where the step itself is largest, it is.
            where, samples = max(run, key=lambda each: abs(_step(sure, each[0])))
            slips.append(Slip(sure[where].start, samples))
        run = []
    return slips


def _drift(parts: Sequence[MeasuredPart]) -> float:
    """Samples by which a sample is later than the one before."""
    steps = [
        (behind.offset - before.offset) / (behind.start - before.start)
        for before, behind in zip(parts, parts[_BESIDE:], strict=False)
        if behind.start > before.start
    ]
    return median(steps) if steps else 0.0


def _step(parts: Sequence[MeasuredPart], at: int) -> float:
    return parts[at].offset - parts[at - 1].offset


def _change(parts: Sequence[MeasuredPart], at: int, drift: float) -> float:
    before, behind = parts[max(0, at - _BESIDE) : at], parts[at : at + _BESIDE]
    offsets = [
        median(part.offset - drift * part.start for part in side) for side in (before, behind)
    ]
    return offsets[1] - offsets[0]
