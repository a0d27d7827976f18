"""A click is not confused with loud music, encoding artefacts, or the film's end."""

from __future__ import annotations

import numpy as np
import pytest

from player_stub.verify.audio_clicks import find_clicks
from tests.player_stub import synthetic

RATE = synthetic.SAMPLE_RATE


@pytest.mark.parametrize("at", [1000, 24_000, 47_000])
@pytest.mark.parametrize("height", [-0.5, 0.5])
def test_finds_a_click(at: int, height: float) -> None:
    """Wherever it is, within a sample, and once."""
    bed = synthetic.music(1)[0] * 0.5
    film = bed.copy()
    film[at : at + 2] += np.float32(height)
    (found,) = find_clicks(film, bed, RATE)
    assert abs(found - at) <= 2


def test_music_does_not_click() -> None:
    """Loud, with noise over it and a little late, it is still the bed."""
    bed = synthetic.music(2)[0]
    noise = np.random.default_rng(3).normal(0, 0.003, len(bed)).astype(np.float32)
    assert find_clicks(bed, bed, RATE) == []
    assert find_clicks(np.roll(bed, 20) + noise, bed, RATE) == []


def test_the_end_of_a_film_does_not_click() -> None:
    """Behind its last sample there is none to jump to."""
    bed = synthetic.music(1)[0]
    film = bed.copy()
    film[int(np.abs(bed[20_000:30_000]).argmax()) + 20_000 :] = 0
    assert find_clicks(film, bed, RATE) == []
