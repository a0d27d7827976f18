"""The reader that judges films finds what is wrong with pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fixtures.media_kinds import SIZE, WIDER, Picture, in_primaries, pictures_of
from tests.media.reader import GOOD, WEIGHTS, Light, blocks, psnr

PICTURE, NEXT = list(pictures_of(SIZE))[:2]


def coded(picture: Picture, matrix: int) -> tuple[Light, Light, Light]:
    """Luma from 0 to 1, and both chromas around 0."""
    r, g, b = (picture[..., channel] / 255 for channel in range(3))
    red, blue = WEIGHTS[matrix]
    luma = red * r + (1 - red - blue) * g + blue * b
    return luma, (b - luma) / (2 - 2 * blue), (r - luma) / (2 - 2 * red)


def shown(luma: Light, blue_chroma: Light, red_chroma: Light, matrix: int) -> Picture:
    """The picture that a player shows."""
    red, blue = WEIGHTS[matrix]
    r, b = luma + 2 * (1 - red) * red_chroma, luma + 2 * (1 - blue) * blue_chroma
    g = (luma - red * r - blue * b) / (1 - red - blue)
    rounded: Picture = (np.stack([r, g, b], 2) * 255).round().clip(0, 255).astype(np.uint8)
    return rounded


def stretched(picture: Picture) -> Picture:
    """Full range taken for video range."""
    luma, blue, red = coded(picture, 1)
    return shown((luma * 255 - 16) / 219, blue * 255 / 224, red * 255 / 224, 1)


def squeezed(picture: Picture) -> Picture:
    """Video range taken for full range."""
    luma, blue, red = coded(picture, 1)
    return shown((luma * 219 + 16) / 255, blue * 224 / 255, red * 224 / 255, 1)


FAULTS: dict[str, Callable[[Picture], Picture]] = {
    "bt709 taken for bt601": lambda picture: shown(*coded(picture, 1), 6),
    "bt601 taken for bt709": lambda picture: shown(*coded(picture, 6), 1),
    "bt2020 taken for bt709": lambda picture: shown(*coded(picture, 9), 1),
    "full range taken for video range": stretched,
    "video range taken for full range": squeezed,
    "primaries of bt2020": lambda picture: in_primaries(picture, WIDER["bt2020"]),
    "primaries of P3": lambda picture: in_primaries(picture, WIDER["p3"]),
    "upside down": lambda picture: picture[::-1],
    "mirrored": lambda picture: picture[:, ::-1],
    "the next frame": lambda _: NEXT,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_picture_is_not_taken_for_a_right_one(fault: str) -> None:
    """By several decibels, even where it is hard to see."""
    assert psnr(blocks(FAULTS[fault](PICTURE)), blocks(PICTURE)) < GOOD
    assert psnr(blocks(PICTURE), blocks(PICTURE)) > GOOD
