"""What a viewer sees of a picture is named, and what encoding does to it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fixtures.footage import FilmedShot, Planes, film
from player_stub.verify.picture_difference import (
    ROW,
    SMALL,
    Picture,
    SmallPicture,
    measure_difference,
    row_of,
)
from player_stub.verify.picture_faults import PictureFault, find_picture_faults
from tests.player_stub import synthetic

WIDTH, HEIGHT = 320, 192
FRAMES = 12

Spoil = Callable[[list[Planes]], list[Planes]]


@cache
def shot() -> list[Planes]:
    """A camera that pans."""
    return list(film([FilmedShot("pan", 3, FRAMES)], (WIDTH, HEIGHT)))


def scaled(planes: Planes) -> Picture:
    """A picture as it is compared; the small one has means of two by two pixels."""
    luma = planes[:HEIGHT]
    chroma = planes[HEIGHT:].reshape(2, HEIGHT // 2, WIDTH // 2)
    small = np.concatenate([halved(luma), *(halved(each).reshape(-1, SMALL[0]) for each in chroma)])
    return Picture(luma, SmallPicture.of(small))


def halved(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Means of two by two pixels."""
    height, width = plane.shape
    parts = plane.reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))
    return np.asarray(np.rint(parts), np.uint8)


def faults_of(shown: Sequence[Planes], wanted: Sequence[Planes]) -> list[PictureFault]:
    """The faults of a film of one cut."""
    film_pictures, expected = [*map(scaled, shown)], [*map(scaled, wanted)]
    rows = np.full(len(shown), np.nan, ROW)
    for index, picture in enumerate(film_pictures):
        before = (film_pictures[index - 1], expected[index - 1]) if index else None
        after = expected[index + 1] if index + 1 < len(expected) else None
        rows[index] = row_of(measure_difference(picture, expected[index], before, after))
    return find_picture_faults(synthetic.reel_of((0, len(shown))), rows)


def encoded(pictures: Sequence[Planes], noise: float = 1.5) -> list[Planes]:
    """Pictures with noise as fine encoding leaves it."""
    dice = np.random.default_rng(4)
    return [
        np.clip(each + dice.normal(0, noise, each.shape), 0, 255).astype(np.uint8)
        for each in pictures
    ]


def chroma_times(factor: complex) -> Spoil:
    """Chroma turned and stretched, as a wrong matrix or a grade does."""

    def spoil(pictures: list[Planes]) -> list[Planes]:
        made = []
        for planes in pictures:
            blue, red = planes[HEIGHT:].reshape(2, -1).astype(float) - 128
            turned = (blue + 1j * red) * factor
            chroma = np.stack([turned.real, turned.imag]).reshape(HEIGHT // 2, WIDTH) + 128
            made.append(np.concatenate([planes[:HEIGHT], np.rint(chroma).astype(np.uint8)]))
        return made

    return spoil


def brighter(pictures: list[Planes]) -> list[Planes]:
    """By a tenth."""
    return [
        np.concatenate([(each[:HEIGHT] * 1.1).clip(16, 235).astype(np.uint8), each[HEIGHT:]])
        for each in pictures
    ]


def blurred(pictures: list[Planes]) -> list[Planes]:
    """All of them, slightly."""
    return [np.concatenate([soft(each[:HEIGHT], 1.2), each[HEIGHT:]]) for each in pictures]


def soft(luma: NDArray[np.uint8], radius: float) -> NDArray[np.uint8]:
    """A plane, blurred."""
    return np.asarray(Image.fromarray(luma).filter(ImageFilter.GaussianBlur(radius)))


def smeared(pictures: list[Planes]) -> list[Planes]:
    """A quarter of six frames repeats one column."""
    made = [each.copy() for each in pictures]
    for each in made[3:9]:
        each[: HEIGHT // 2, : WIDTH // 2] = each[: HEIGHT // 2, :1]
    return made


def smoothed(pictures: list[Planes]) -> list[Planes]:
    """A quarter of six frames has lost its texture, but not its colours."""
    made = [each.copy() for each in pictures]
    for each in made[3:9]:
        each[: HEIGHT // 2, : WIDTH // 2] = soft(each[: HEIGHT // 2, : WIDTH // 2], 4)
    return made


def blended(pictures: list[Planes]) -> list[Planes]:
    """One frame is half the next one."""
    half = (pictures[5].astype(np.uint16) + pictures[6]) // 2
    return [*pictures[:5], half.astype(np.uint8), *pictures[6:]]


def green(pictures: list[Planes]) -> list[Planes]:
    """One frame of zeros, as of a decoder that had nothing to show."""
    return [*pictures[:5], np.zeros_like(pictures[5]), *pictures[6:]]


@pytest.mark.parametrize(
    ("spoil", "kind", "start", "frames"),
    [
        pytest.param(chroma_times(np.exp(0.2j)), "colour", 0, FRAMES, id="hue"),
        pytest.param(chroma_times(1.3 + 0j), "colour", 0, FRAMES, id="saturation"),
        pytest.param(chroma_times(0j), "colour", 0, FRAMES, id="black and white"),
        pytest.param(green, "colour", 5, 1, id="green"),
        pytest.param(brighter, "brightness", 0, FRAMES, id="brightness"),
        pytest.param(blurred, "blurred", 0, FRAMES, id="blur"),
        pytest.param(smeared, "damaged", 3, 6, id="smear"),
        pytest.param(smoothed, "damaged", 3, 6, id="smoothed"),
        pytest.param(blended, "blended", 5, 1, id="blend"),
    ],
)
def test_names_what_a_viewer_sees(spoil: Spoil, kind: str, start: int, frames: int) -> None:
    """Each is one fault, of its kind, at its frames."""
    (fault,) = faults_of(encoded(spoil(shot())), shot())
    assert (fault.kind, fault.record_frame, fault.frames) == (kind, start, frames)
    assert str(fault).startswith(f"{kind} at record frame {start} (00:00:00:")


@pytest.mark.parametrize("noise", [0, 1, 3])
def test_noise_is_no_fault(noise: float) -> None:
    """Nor is a picture that is the same."""
    assert faults_of(encoded(shot(), noise), shot()) == []


def test_less_than_a_viewer_sees_is_no_fault() -> None:
    """A gain of half a percent and a hue of one degree are below the bars."""
    faint = chroma_times(1.005 * np.exp(0.0175j))(shot())
    assert faults_of(faint, shot()) == []


def test_a_still_in_place_of_grain_is_frozen() -> None:
    """Grain that the film shows in part, as encoding leaves it, is not."""
    grain = list(film([FilmedShot("grain", 1, 40)], (WIDTH, HEIGHT)))
    still = encoded([grain[7]] * 40)
    (fault,) = faults_of(still, grain)
    assert (fault.kind, fault.record_frame, fault.frames) == ("frozen", 1, 39)
    dice = np.random.default_rng(4)
    parts = [
        np.rint(0.97 * grain[7] + 0.03 * each + dice.normal(0, 1.5, each.shape)) for each in grain
    ]
    assert faults_of([each.clip(0, 255).astype(np.uint8) for each in parts], grain) == []


def test_a_grey_frame_in_black_is_seen() -> None:
    """Though it is dark, and neither has any edges."""
    black = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    black[:HEIGHT] = 16
    grey = black.copy()
    grey[:HEIGHT] = 24
    shown = [black] * 10
    shown[4] = grey
    (fault,) = faults_of(shown, [black] * 10)
    assert (fault.kind, fault.record_frame, fault.frames) == ("brightness", 4, 1)


def test_frames_that_were_not_measured_are_no_faults() -> None:
    """Copied ones, and those that resemble nothing, are judged otherwise."""
    assert find_picture_faults(synthetic.reel_of((0, 20)), np.full(20, np.nan, ROW)) == []
