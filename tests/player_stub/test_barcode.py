"""A barcode gives back its number through all that media goes through, or gives nothing."""

from __future__ import annotations

import time
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub import barcode
from sizzle.errors import MediaError
from tests.player_stub import synthetic

NUMBERS = st.integers(0, barcode.MAXIMUM)


def painted(number: int, width: int = 256, height: int = 144) -> barcode.Luma:
    """A picture of noise that carries a number."""
    luma = np.random.default_rng(number).integers(0, 256, (height, width), np.uint8)
    barcode.paint(luma, number)
    return luma


@settings(deadline=None)
@given(NUMBERS, st.integers(64, 2000), st.integers(8, 1200))
def test_reads_back_what_was_painted_at_any_size(number: int, width: int, height: int) -> None:
    """Every number survives in every picture that has room for it."""
    assert barcode.read(painted(number, width, height)) == number


@settings(deadline=None)
@given(NUMBERS, st.floats(0.4, 1.1), st.floats(0, 20))
def test_reads_at_any_contrast(number: int, contrast: float, brightness: float) -> None:
    """Cells are read against the guards, so a change of range or levels does no harm."""
    changed = np.clip(painted(number) * contrast + brightness, 0, 255).astype(np.uint8)
    assert barcode.read(changed) == number


@settings(deadline=None)
@given(NUMBERS, st.sets(st.integers(0, 31), min_size=1, max_size=3))
def test_never_reads_a_wrong_number(number: int, cells: set[int]) -> None:
    """Up to three damaged cells make it unreadable and never another number."""
    luma = painted(number)
    for cell in cells:
        columns = slice(8 * cell, 8 * cell + 8)
        luma[-8:, columns] = barcode.BLACK + barcode.WHITE - luma[-8:, columns]
    assert barcode.read(luma) is None


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_finds_no_number_in_a_picture_without_one(seed: int) -> None:
    """Noise, flat grey and black carry no number."""
    noise = np.random.default_rng(seed).integers(0, 256, (144, 256), np.uint8)
    assert barcode.read(noise) is None
    assert barcode.read(np.full((144, 256), seed % 256, np.uint8)) is None


def test_reads_nothing_where_there_is_no_room() -> None:
    """A picture narrower than the cells is no error to read."""
    assert barcode.read(np.zeros((144, 32), np.uint8)) is None


@pytest.mark.parametrize("size", [(256, 144), (480, 270), (160, 90)])
def test_survives_encoding_and_scaling(tmp_path: Path, size: tuple[int, int]) -> None:
    """x264 at crf 28, 256x144, then scaled up or down: every number is read."""
    numbers = [int(n) for n in np.random.default_rng(1).integers(0, barcode.MAXIMUM, 60)]
    path = synthetic.write_video(tmp_path / "film.mp4", numbers)
    with av.open(str(path)) as film:
        scaled = [
            frame.reformat(width=size[0], height=size[1], format="gray").to_ndarray()
            for frame in film.decode(video=0)
        ]
    assert [barcode.read(luma.astype(np.uint8)) for luma in scaled] == numbers


def test_covers_only_its_strip() -> None:
    """The picture above `strip_height` rows is left as it was, and the strip is thin and even."""
    luma = np.full((144, 256), 90, np.uint8)
    barcode.paint(luma, 12345)
    height = barcode.strip_height(144, 256)
    assert (luma[:-height] == 90).all()
    assert set(np.unique(luma[-height:])) == {barcode.BLACK, barcode.WHITE}
    assert height % 2 == 0
    assert height <= 144 / 10


@pytest.mark.parametrize("number", [-1, barcode.MAXIMUM + 1])
def test_refuses_a_number_that_does_not_fit(number: int) -> None:
    """The error says how many frames fit."""
    with pytest.raises(MediaError, match="at most 1048576 frames"):
        barcode.paint(np.zeros((144, 256), np.uint8), number)


def test_refuses_a_picture_that_is_too_small() -> None:
    """The error says how large it has to be."""
    with pytest.raises(MediaError, match="at least 64 wide"):
        barcode.paint(np.zeros((144, 63), np.uint8), 1)


def test_is_quick_enough_for_an_asset() -> None:
    """8,000 frames of 640x360 are painted in well under two seconds."""
    luma = np.zeros((360, 640), np.uint8)
    start = time.perf_counter()
    for number in range(8000):
        barcode.paint(luma, number)
    assert time.perf_counter() - start < 2
