"""Reads films independently of the project: pictures upright as red, green and blue, by PyAV.

Colours are converted by the formulas of ITU-R BT.601 and BT.709, not by swscale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from fixtures.media_kinds import FRAMES, WIDER, Picture, in_primaries, pictures_of

Light = NDArray[np.float64]

_BLOCK = 8
GOOD = 38.0  # dB on blocks: right films have more than 39, and no planted fault has so much
WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
_WIDE = {9: "bt2020", 12: "p3"}
_UNTAGGED = 2


def check_film(
    path: Path, size: tuple[int, int], frames: list[int] | None = None, untagged: int | None = None
) -> None:
    """Assert that a film shows those pictures of the kinds, each at its place.

    Args:
        path: a film whose header turns nothing.
        size: width and height of its pictures in square pixels.
        frames: numbers of the pictures, all of them if None.
        untagged: the matrix of a film that may have no tag.
    """
    expected = [blocks(picture) for picture in pictures_of(size)]
    wanted = list(range(FRAMES)) if frames is None else frames
    shown = list(_shown(path, size, untagged))
    assert len(shown) == len(wanted), f"{len(shown)} frames, not {len(wanted)}"
    for number, picture in zip(wanted, shown, strict=True):
        found = psnr(blocks(picture), expected[number])
        assert found > GOOD, f"frame {number}: {found:.1f} dB"
        for other in {max(0, number - 1), min(FRAMES - 1, number + 1)} - {number}:
            assert found > psnr(blocks(picture), expected[other]), f"frame {number} is {other}"


def tones(path: Path, hertz: Sequence[int]) -> Light:
    """How loud each tone is in each channel of a file's sound: channels x tones."""
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        whole = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
    second = whole[:, rate // 2 : rate // 2 + rate]
    turns = np.exp(-2j * np.pi * np.outer(np.arange(rate), hertz) / rate)
    return np.asarray(2 * np.abs(second @ turns) / rate, np.float64)


def psnr(one: Light, other: Light) -> float:
    """Peak signal-to-noise ratio in dB."""
    error = float(((one - other) ** 2).mean())
    return 99.0 if not error else float(10 * np.log10(255**2 / error))


def _shown(path: Path, size: tuple[int, int], untagged: int | None) -> Iterator[Picture]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        aspect = float(stream.sample_aspect_ratio or 1)
        for frame in container.decode(stream):
            assert not any(data.type.name == "DISPLAYMATRIX" for data in _side_data(frame))
            assert abs(frame.width * aspect - size[0]) <= 2, f"{frame.width} by {aspect}"
            assert abs(frame.height - size[1]) <= 1, f"{frame.height} high"
            yield _resized(_rgb(frame, untagged), size)


def _side_data(frame: VideoFrame) -> Iterator[SideData]:
    yield from cast("Iterable[SideData]", frame.side_data)  # typed as if it were of names


def _rgb(frame: VideoFrame, untagged: int | None) -> Picture:
    """Red, green and blue of bt709, by the frame's tags."""
    if frame.format.is_rgb:
        return np.asarray(frame.reformat(format="rgb24").to_ndarray(), np.uint8)
    planes = _planes(frame)
    full = frame.color_range == 2 or frame.format.name.startswith("yuvj")
    luma = planes[0] / 255 if full else (planes[0] - 16) / 219
    blue, red = ((plane - 128) / (255 if full else 224) for plane in planes[1:])
    is_untagged = frame.colorspace == _UNTAGGED
    r_weight, b_weight = WEIGHTS[untagged if is_untagged and untagged else frame.colorspace]
    r = luma + 2 * (1 - r_weight) * red
    b = luma + 2 * (1 - b_weight) * blue
    g = (luma - r_weight * r - b_weight * b) / (1 - r_weight - b_weight)
    picture = (np.stack([r, g, b], axis=2) * 255).round().clip(0, 255).astype(np.uint8)
    wide = _WIDE.get(frame.color_primaries)
    return in_primaries(picture, np.linalg.inv(WIDER[wide])) if wide else picture


def _planes(frame: VideoFrame) -> Light:
    """Y, U and V as 3 x H x W of 8 bits, each pixel with the chroma of its block."""
    deep = max(component.bits for component in frame.format.components)
    prefix = "yuvj" if frame.format.name.startswith("yuvj") else "yuv"
    whole = frame.reformat(format=f"{prefix}444p" if deep == 8 else f"{prefix}444p16")
    planes = np.asarray(whole.to_ndarray(), np.float64)
    if planes.shape[-1] == 3:
        planes = np.moveaxis(planes, -1, 0)
    planes = planes.reshape(3, frame.height, frame.width)
    return planes if deep == 8 else planes / 256


def _resized(picture: Picture, size: tuple[int, int]) -> Picture:
    width, height = size
    if picture.shape[:2] == (height, width):
        return picture
    made = VideoFrame.from_ndarray(picture, "rgb24").reformat(width, height, interpolation="AREA")
    return np.asarray(made.to_ndarray(), np.uint8)


def blocks(picture: Picture) -> Light:
    """The mean of each block, which chroma of half the size and encoding do not change."""
    height, width = (side // _BLOCK * _BLOCK for side in picture.shape[:2])
    parts = picture[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK, 3)
    return np.asarray(parts.mean(axis=(1, 3)), np.float64)
