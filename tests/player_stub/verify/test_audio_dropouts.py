"""Silence is found where there should be music, and only there."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub.verify.audio_dropouts import find_dropouts
from tests.player_stub import synthetic

RATE = synthetic.SAMPLE_RATE
TUNE = synthetic.music(2)[0]
NOISE = np.random.default_rng(1).uniform(-0.5, 0.5, 2 * RATE).astype(np.float32)


def test_music_has_no_dropouts() -> None:
    """Nor has music that is quieter all along."""
    assert find_dropouts(TUNE, [TUNE], RATE) == []
    assert find_dropouts(TUNE / 3, [TUNE], RATE) == []


@settings(deadline=None)
@given(st.integers(0, len(NOISE) - 576))
def test_ten_silent_milliseconds_are_one(at: int) -> None:
    """Wherever it is, it is found to within a block of 2 ms."""
    gapped = NOISE.copy()
    gapped[at : at + 480] = 0
    ((start, end),) = find_dropouts(gapped, [NOISE], RATE)
    assert abs(start - at) <= 96
    assert abs(end - (at + 480)) <= 96


def test_a_rest_is_not_a_dropout() -> None:
    """Where the bed is silent, the film may be."""
    rest = TUNE.copy()
    rest[20_000:40_000] = 0
    assert find_dropouts(rest, [rest], RATE) == []


def test_has_to_be_silent_at_every_offset() -> None:
    """Music that moved by some samples is no dropout."""
    late = np.roll(TUNE, 480)
    assert find_dropouts(late, [TUNE, late], RATE) == []
