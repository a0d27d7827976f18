"""Audio is decoded as it plays, and windows of it are what slices of the whole would be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub import ReelMedia
from player_stub.verify.audio_samples import SampleWindows, bed_audio, film_audio
from tests.player_stub import synthetic


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 50), max_size=20),
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 200)), max_size=12),
)
def test_windows_are_slices(lengths: list[int], wanted: list[tuple[int, int]]) -> None:
    """However blocks and windows lie, with silence on both sides of what there is."""
    one = np.arange(1, 1 + sum(lengths), dtype=np.float32)
    whole = np.stack([one, -one])
    blocks = np.split(whole, np.cumsum(lengths)[:-1], axis=1) if lengths else []
    windows = SampleWindows(iter(blocks), 2)
    padded = np.pad(whole, ((0, 0), (50, 3000)))
    start = -50
    for step, length in wanted:
        start += step
        expected = padded[:, start + 50 : start + 50 + length]
        assert np.array_equal(windows.window(start, start + length), expected)


def test_film_audio_is_the_bed_s(media: ReelMedia, film: Path) -> None:
    """Sample for sample, but for what AAC does to it; priming is gone."""
    start, length = 50 * 2002, 240 * 2002
    with film_audio(film, 1) as (track, played), bed_audio(media.bed, track.rate, 1) as bed:
        heard, wanted = played.window(0, length), bed.window(start, start + length)
        played.drain()
    assert np.sqrt(np.mean((heard - wanted) ** 2)) < 0.02 * np.sqrt(np.mean(wanted**2))
    assert track.rate == 48_000
    assert track.start == 0
    assert track.breaks == []
    assert track.end == Fraction(length, 48_000)


def test_a_bed_is_brought_to_the_film_s_rate(tmp_path: Path) -> None:
    """44.1 kHz is read as 48 kHz without a shift."""
    tone = np.array([np.sin(2 * np.pi * 100 * np.arange(44_100) / 44_100) / 2], np.float32)
    bed = synthetic.write_wav(tmp_path / "bed.wav", tone, 44_100)
    with bed_audio(bed, 48_000, 1) as windows:
        (heard,) = windows.window(1000, 40_000)
    wanted = np.sin(2 * np.pi * 100 * np.arange(1000, 40_000) / 48_000) / 2
    assert heard == pytest.approx(wanted, abs=1e-3)


def test_one_channel_is_heard_on_both_sides(tmp_path: Path) -> None:
    """At full level, so that mono and stereo can be compared; two channels stay two."""
    left, right = synthetic.music(1)[0], synthetic.music(2)[0, :48_000][::-1]
    mono = synthetic.write_wav(tmp_path / "mono.wav", left[None])
    both = synthetic.write_wav(tmp_path / "both.wav", np.stack([left, right]))
    with bed_audio(mono, 48_000, 2) as one, bed_audio(both, 48_000, 2) as two:
        assert one.window(0, 40_000) == pytest.approx(np.stack([left, left])[:, :40_000], abs=1e-4)
        assert two.window(0, 40_000) == pytest.approx(np.stack([left, right])[:, :40_000], abs=1e-4)
