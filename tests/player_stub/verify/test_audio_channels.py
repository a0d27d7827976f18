"""Channels are compared each with its own, and levels are those of the bed."""

from __future__ import annotations

import numpy as np
import pytest

from player_stub.verify.audio_channels import compare_channels
from player_stub.verify.audio_samples import Sound
from player_stub.verify.audio_slips import MeasuredPart, find_slips
from tests.player_stub import synthetic

RATE = synthetic.SAMPLE_RATE
TUNE = synthetic.music(3)[0]
WIDE: Sound = np.stack([TUNE[:96_000], 0.7 * TUNE[:96_000] + 0.5 * TUNE[40_000:136_000]])


def test_the_same_is_the_same() -> None:
    """To the last bit."""
    found = compare_channels(WIDE, WIDE, RATE)
    assert found.levels == found.worst == (0, 0)
    assert found.sides == pytest.approx(1)
    assert found.silent == []


@pytest.mark.parametrize(
    ("film", "sides"),
    [(WIDE[::-1], -1), (np.stack([WIDE.mean(axis=0)] * 2).astype(np.float32), 0)],
    ids=["swapped", "mono"],
)
def test_other_sides_are_told(film: Sound, sides: float) -> None:
    """Swapped sides are opposite, and equal ones are neither."""
    assert compare_channels(film, WIDE, RATE).sides == pytest.approx(sides, abs=1e-3)


def test_sides_that_are_the_same_cannot_be_swapped() -> None:
    """Nor can a single channel."""
    twice = np.stack([TUNE[:96_000]] * 2)
    assert compare_channels(twice, twice, RATE).sides is None
    assert compare_channels(twice[:1], twice[:1], RATE).sides is None


def test_a_muted_channel_is_silent() -> None:
    """The other one is not."""
    muted = np.stack([WIDE[0], np.zeros_like(WIDE[1])])
    found = compare_channels(muted, WIDE, RATE)
    assert found.silent == [1]
    assert found.levels[0] == 0


def test_half_the_level_is_six_decibels() -> None:
    """All along, and for a tenth of a second."""
    quiet = compare_channels(WIDE * np.float32(0.5), WIDE, RATE)
    assert quiet.levels == pytest.approx([-6.02] * 2, abs=0.01)
    assert quiet.sides == pytest.approx(1)
    briefly = WIDE.copy()
    briefly[0, 48_000:52_800] /= 2
    found = compare_channels(briefly, WIDE, RATE)
    assert found.worst == pytest.approx([-6.02, 0], abs=0.01)
    assert found.levels[0] == pytest.approx(0, abs=0.6)


def parts(offsets: list[float]) -> list[MeasuredPart]:
    """Quarters of a second."""
    return [MeasuredPart(12_000 * at, each, 0.002) for at, each in enumerate(offsets)]


@pytest.mark.parametrize("samples", [-1, 1, 3])
@pytest.mark.parametrize("at", [2, 9, 18])
def test_a_sample_too_many_is_a_slip(samples: int, at: int) -> None:
    """Where it was inserted or removed, once."""
    (slip,) = find_slips(parts([0.0] * at + [samples / 1] * (20 - at)), 48)
    assert slip.at == 12_000 * at
    assert slip.samples == pytest.approx(samples)


def test_a_drift_is_no_slip() -> None:
    """Nor is noise, an outlier, or what is not sure."""
    assert find_slips(parts([0.4 * at for at in range(20)]), 48) == []
    noise = np.random.default_rng(2).normal(0, 0.05, 20)
    assert find_slips(parts(list(noise)), 48) == []
    assert find_slips(parts([0.0] * 9 + [1.0] + [0.0] * 10), 48) == []
    unsure = [MeasuredPart(12_000 * at, float(at > 9), 0.2) for at in range(20)]
    assert find_slips(unsure, 48) == []
