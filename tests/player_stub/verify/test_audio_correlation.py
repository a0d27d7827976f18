"""Offsets are measured to a fraction of a sample, and never guessed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub.verify.audio_correlation import match_window
from player_stub.verify.audio_samples import Mono
from tests.player_stub import synthetic

RATE, SEARCH, LENGTH = 8_000, 4_000, 8_000
TUNE = synthetic.music(10, RATE)[0]
BED = TUNE[20_000 : 20_000 + LENGTH + 2 * SEARCH]


def late_by(samples: float) -> Mono:
    """The window as it sounds when it comes late by so many samples."""
    at = 20_000 + SEARCH - samples + np.arange(LENGTH)
    whole = np.floor(at).astype(int)
    part = at - whole
    return np.asarray((1 - part) * TUNE[whole] + part * TUNE[whole + 1], np.float32)


@settings(deadline=None)
@given(st.integers(-SEARCH + 1, SEARCH - 1), st.floats(0.01, 20))
def test_measures_whole_samples_at_any_loudness(delay: int, gain: float) -> None:
    """Late is positive, early negative, over the whole search."""
    found = match_window(late_by(delay) * np.float32(gain), BED, RATE)
    assert found.samples == pytest.approx(delay, abs=0.02)
    assert found.correlation == pytest.approx(1, abs=1e-3)


@settings(deadline=None)
@given(st.floats(-100, 100))
def test_measures_parts_of_a_sample(delay: float) -> None:
    """The parabola through the peak tells the fraction."""
    assert match_window(late_by(delay), BED, RATE).samples == pytest.approx(delay, abs=0.1)


def test_other_music_is_wrong() -> None:
    """Nowhere alike is a fault, and no offset."""
    found = match_window(np.ascontiguousarray(TUNE[: -LENGTH - 1 : -1]), BED, RATE)
    assert (found.samples, found.lag, found.wrong) == (None, None, True)


def test_silence_instead_of_music_is_wrong() -> None:
    """So is silence where there is music, and noise where there is silence."""
    nothing = np.zeros(LENGTH, np.float32)
    assert match_window(nothing, BED, RATE).wrong
    assert match_window(late_by(0), np.zeros_like(BED), RATE).wrong


def test_silence_on_both_sides_is_right_but_tells_nothing() -> None:
    """A rest of the music has no offset."""
    found = match_window(np.zeros(LENGTH, np.float32), np.zeros_like(BED), RATE)
    assert (found.samples, found.wrong, found.note) == (None, False, "the film is silent")


def test_a_loop_tells_nothing() -> None:
    """Music that repeats itself within the search has more than one offset."""
    loop = np.resize(TUNE[:2000], LENGTH + 2 * SEARCH)
    found = match_window(loop[SEARCH : SEARCH + LENGTH], loop, RATE)
    assert (found.samples, found.wrong, found.note) == (None, False, "the bed repeats itself")
