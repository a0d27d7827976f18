"""Pictures of any shape, turn and colour, fitted into the Mega Asset's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from sizzle import process
from sizzle.layout import FrameSize
from sizzle.media.bt709 import to_bt709
from sizzle.mega.frames import decode
from sizzle.mega.picture import Fitter, fitted, largest
from sizzle.mega.source import probe
from sizzle.timecode import TimeRange
from tests.mega.numbered_films import H264, TAGGED, film, turned

SIDES = st.integers(16, 4096)
EVEN = st.integers(8, 2048).map(lambda half: half * 2)


def first(path: Path, size: FrameSize | None = None) -> list[npt.NDArray[np.uint8]]:
    """Y, U and V of a film's first picture, fitted into a size or into its own."""
    source = probe(path)
    size = size or largest([source])
    raw = Fitter(source, size).raw(next(decode(source, TimeRange(0, 1))))
    return planes(raw, size)


def planes(raw: bytes, size: FrameSize) -> list[npt.NDArray[np.uint8]]:
    """Raw 4:2:0 as planes."""
    width, height = size.width, size.height
    whole = np.frombuffer(raw, np.uint8)
    luma, blue, red = np.split(whole, [width * height, width * height * 5 // 4])
    half = (height // 2, width // 2)
    return [luma.reshape(height, width), blue.reshape(half), red.reshape(half)]


@given(SIDES, SIDES, EVEN, EVEN)
def test_a_picture_is_never_stretched_nor_cut(w: int, h: int, width: int, height: int) -> None:
    """It fills one side, and on the other it is as long as its shape says, to the nearest even."""
    inside = fitted(w, h, FrameSize(width, height))
    assert inside.width % 2 == inside.height % 2 == 0
    assert inside.width == width or inside.height == height
    assert inside.width <= width
    assert inside.height <= height
    exact = min(width / w, height / h)
    assert abs(inside.width - max(2, w * exact)) <= 1
    assert abs(inside.height - max(2, h * exact)) <= 1


@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        (FrameSize(128, 96), slice(16, 80), slice(0, 128)),
        (FrameSize(192, 64), slice(0, 64), slice(32, 160)),
    ],
)
def test_what_a_picture_does_not_fill_is_black(
    tmp_path: Path, size: FrameSize, rows: slice, columns: slice
) -> None:
    """Bars above and below, or at the sides, exactly beside the picture."""
    path = film(tmp_path / "film.mp4", 2, coding=(*H264, *TAGGED))
    own = first(path)
    inside, *chroma = first(path, size)
    assert np.array_equal(inside[rows, columns], own[0])
    bars = np.ones_like(inside, bool)
    bars[rows, columns] = False
    assert set(inside[bars]) == {16}
    assert all(set(plane.flat) == {128} for plane in chroma)


@pytest.mark.parametrize("degrees", [90, -90, 180])
def test_a_turned_film_is_turned_as_players_do(tmp_path: Path, degrees: int) -> None:
    """As ffmpeg itself shows it."""
    coding = (*H264, *TAGGED)
    upright = film(tmp_path / "upright.mp4", 2, coding=coding)
    made = turned(upright, tmp_path / "turned.mp4", degrees)
    shown = process.run(
        [process.ffmpeg(), "-v", "error", "-i", str(made), "-frames:v", "1",
         "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"],
        timeout=60,
    )  # fmt: skip
    size = largest([probe(made)])
    assert size == (FrameSize(128, 64) if degrees == 180 else FrameSize(64, 128))
    for ours, theirs in zip(first(made), planes(shown, size), strict=True):
        assert np.array_equal(ours, theirs)


def test_full_range_becomes_video_range(tmp_path: Path) -> None:
    """White is 235 and black 16, not 255 and 0."""
    ramp = ("-vf", "geq=lum=X*2:cb=128:cr=128,setparams=range=pc:colorspace=bt709")
    coding = ("-c:v", "libx264", "-qp", "0", *ramp)
    luma = first(film(tmp_path / "full.mp4", 2, coding=coding))[0]
    expected = 16 + np.arange(128) * 2 * 219 / 255
    assert np.abs(luma - expected).max() <= 1


def test_standard_definition_is_converted_to_bt709(tmp_path: Path) -> None:
    """Untagged and small is bt601, tagged bt709 is left as it is."""
    red = ("-vf", "geq=lum=81:cb=90:cr=240")  # pure red in bt601
    assert _means(first(film(tmp_path / "sd.mp4", 2, coding=(*H264, *red)))) == (62, 102, 240)
    tagged = (*H264, "-vf", f"{red[1]},{TAGGED[1]}")
    assert _means(first(film(tmp_path / "hd.mp4", 2, coding=tagged))) == (81, 90, 240)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_the_conversion_keeps_every_colour(rgb: tuple[int, int, int]) -> None:
    """To a level of each of Y, Cb and Cr, as the standards' own formulas say; black stays black."""
    given_, wanted = _ycbcr(rgb, 0.299, 0.114), _ycbcr(rgb, 0.2126, 0.0722)
    luma = np.full((2, 2), round(given_[0]), np.uint8)
    chroma = [np.full((1, 1), round(value), np.uint8) for value in given_[1:]]
    found = [int(plane[0, 0]) for plane in to_bt709([luma, *chroma])]
    assert np.abs(np.array(found) - wanted).max() <= 1.5


def test_shadows_keep_their_levels() -> None:
    """A fade from black in bt601 begins on its first frame: one level up is one level up."""
    for level in range(16, 24):
        grey = [np.full((2, 2), level, np.uint8), *[np.full((1, 1), 128, np.uint8)] * 2]
        assert _means(to_bt709(grey)) == (level, 128, 128)


def test_pictures_without_chroma_subsampling_are_fitted_too(tmp_path: Path) -> None:
    """RGB, which has no matrix of its own, and ten bits."""
    rgb = ("-c:v", "ffv1", "-pix_fmt", "gbrp")
    ten = ("-c:v", "prores_ks", "-pix_fmt", "yuv422p10le", *TAGGED)
    for name, coding in {"rgb.mkv": rgb, "ten.mov": ten}.items():
        luma = first(film(tmp_path / name, 2, coding=coding))[0]
        assert abs(int(luma[32, 8]) - 40) <= 2


def _means(planes: Sequence[npt.NDArray[np.uint8]]) -> tuple[int, ...]:
    return tuple(round(float(plane.mean())) for plane in planes)


def _ycbcr(rgb: tuple[int, int, int], red: float, blue: float) -> npt.NDArray[np.float64]:
    r, g, b = (value / 255 for value in rgb)
    luma = red * r + (1 - red - blue) * g + blue * b
    cb, cr = (b - luma) / (2 - 2 * blue), (r - luma) / (2 - 2 * red)
    return np.array([16 + 219 * luma, 128 + 224 * cb, 128 + 224 * cr])


def test_a_frame_is_not_copied_where_nothing_must_change(tmp_path: Path) -> None:
    """bt709, video range, 4:2:0 and the right size: every sample is the source's."""
    path = film(tmp_path / "film.mp4", 2, coding=(*H264, *TAGGED))
    source = probe(path)
    frame: VideoFrame = next(decode(source, TimeRange(0, 1)))
    assert Fitter(source, largest([source])).raw(frame) == frame.to_ndarray().tobytes()
