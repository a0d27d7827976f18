"""Measures how the picture of a film differs from the one that it should be (pure).

All differences are in code values of 8 bits, as a viewer meets them on the screen: there are 219
from black to white. Small pictures lose the noise of encoding, and keep what changes colours or
a part of the picture; what changes edges and grain is measured on large ones.

Shapes: H x W pixels of a large picture, Y x X of a small one, B blocks of that, T tiles.
"""

# ruff: noqa: N803, N806, N815 - arrays carry their shape as a suffix

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
_Floats = NDArray[np.float32]

SMALL: Final = (160, 96)
"""Width and height of the small picture, whatever the shape of the large one."""

LONGEST_SIDE: Final = 640
"""Pixels along the longer side of a large picture, at most."""

_BLOCK: Final = 8  # pixels of a small picture, across and down: 240 blocks
_TILES: Final = 4  # across and down: any quarter of the picture holds a whole one
_EDGE: Final = 10  # difference between neighbouring pixels that is an edge, and no grain
_LEAST_EDGES: Final = 2.0  # mean square over a tile: an edge of 14 at one pixel of a hundred
_MOVES: Final = 3.0  # difference of a small pixel from that of a neighbouring frame, and ...
_LEAST_MOTION: Final = 0.05  # ... the least mean square of such differences
_SPREAD: Final = 6  # blocks, 2.5 % of the picture: what fewer show is a codec's slip


@dataclass(frozen=True, slots=True)
class SmallPicture:
    """The colours of a picture.

    Attributes:
        luma_YX: of `SMALL`.
        chroma_YX: blue as the real part, red as the imaginary one; 0 is grey.
    """

    luma_YX: _Floats
    chroma_YX: NDArray[np.complex64]

    @classmethod
    def of(cls, planes: NDArray[np.uint8]) -> SmallPicture:
        """From planes of yuv420p, stacked."""
        width, height = SMALL
        blue, red = planes[height:].reshape(2, height // 2, width // 2).astype(np.float32) - 128
        return cls(planes[:height].astype(np.float32), (blue + 1j * red).astype(np.complex64))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to compare: its large luma, and all of it small."""

    luma_HW: Luma
    small: SmallPicture


@dataclass(frozen=True, slots=True)
class PictureDifference:
    """How a frame differs from the one that it should be.

    Attributes:
        brightness: mean difference of luma.
        contrast: how far luma is off where the picture is brightest or darkest, by its gain alone.
        tint: length of the mean difference of chroma.
        colour: the same of what a gain and a rotation of all chroma make: saturation and hue.
        saturation: the gain of chroma; 1 where there is no colour.
        hue: the rotation of chroma in degrees.
        local_luma: the least luma difference of the 2.5 % of the picture that differ most.
        local_chroma: the same of chroma.
        sharpness: height of the edges as a share of those expected, in all of the picture.
        least_sharpness: the same in the tile where it is least; 1 where there are no edges.
        ghost: share of the expected frame before or after that is mixed in.
        ghosting: the difference that it makes.
        explained: its share of all that is different, squared.
        noise: the median block's difference of chroma beside its mean, as coding leaves it.
        colour_noise: the same of what saturation and hue do not explain.
        motion: how far the expected frame differs from the one before, grain too.
        follows: how much of that the film shows.
    """

    brightness: float
    contrast: float
    tint: float
    colour: float
    saturation: float
    hue: float
    local_luma: float
    local_chroma: float
    sharpness: float
    least_sharpness: float
    ghost: float
    ghosting: float
    explained: float
    motion: float
    follows: float
    noise: float
    colour_noise: float


ROW: Final = np.dtype([(each.name, np.float32) for each in fields(PictureDifference)])
"""A difference as a row of an array; a frame that was not measured is all NaN."""


def row_of(difference: PictureDifference) -> NDArray[np.void]:
    """A difference as a row."""
    return np.array(astuple(difference), ROW)


def measure_difference(
    film: Picture,
    expected: Picture,
    before: tuple[Picture, Picture] | None = None,
    after: Picture | None = None,
) -> PictureDifference:
    """Compare a frame with the one that it should be.

    Args:
        film: the frame.
        expected: what it should be.
        before: the film's frame before it, and what that one should be; None across a cut.
        after: what the frame after it should be; likewise.
    """
    own, wanted = film.small, expected.small
    luma_B = _blocks(own.luma_YX - wanted.luma_YX, _BLOCK)
    chroma_B = _blocks(own.chroma_YX - wanted.chroma_YX, _BLOCK // 2)
    gain, colour = _chroma_gain(own, wanted)
    overall, least = _sharpness(film.luma_HW, expected.luma_HW)
    beside = [each.small for each in (before[1] if before else None, after) if each is not None]
    ghost, ghosting, explained = _ghost(own, wanted, beside)
    motion, follows = _motion(film, expected, before) if before else (0.0, 1.0)
    return PictureDifference(
        brightness=float(luma_B.mean()),
        contrast=_contrast(own.luma_YX, wanted.luma_YX),
        tint=float(abs(chroma_B.mean())),
        colour=colour,
        saturation=float(abs(gain)),
        hue=float(np.degrees(np.angle(gain))),
        local_luma=float(np.partition(np.abs(luma_B), -_SPREAD)[-_SPREAD]),
        local_chroma=float(np.partition(np.abs(chroma_B), -_SPREAD)[-_SPREAD]),
        sharpness=overall,
        least_sharpness=least,
        ghost=ghost,
        ghosting=ghosting,
        explained=explained,
        motion=motion,
        follows=follows,
        noise=_noise(chroma_B),
        colour_noise=_noise(_blocks(own.chroma_YX - gain * wanted.chroma_YX, _BLOCK // 2)),
    )


def _noise(chroma_B: NDArray[np.inexact]) -> float:
    return float(np.median(np.abs(chroma_B - chroma_B.mean())))


def _blocks(difference_YX: NDArray[np.inexact], side: int) -> NDArray[np.inexact]:
    """Means of blocks, in a row."""
    height, width = difference_YX.shape
    parts = difference_YX.reshape(height // side, side, width // side, side)
    return np.asarray(parts.mean(axis=(1, 3)).ravel())


def _contrast(film_YX: _Floats, wanted_YX: _Floats) -> float:
    around = wanted_YX - wanted_YX.mean()
    energy = float((around * around).mean())
    if energy < 1:
        return 0.0
    gain = float((around * film_YX).mean()) / energy
    return float((gain - 1) * 2 * energy**0.5)


def _chroma_gain(film: SmallPicture, wanted: SmallPicture) -> tuple[complex, float]:
    """The gain that turns one's chroma into the other's, and the difference that it makes."""
    own, other = film.chroma_YX, wanted.chroma_YX
    energy = float(np.vdot(other, other).real) / other.size
    if energy < 1:
        return 1 + 0j, 0.0
    gain = complex(np.vdot(other, own)) / other.size / energy
    return gain, abs(gain - 1) * energy**0.5


def _sharpness(film_HW: Luma, wanted_HW: Luma) -> tuple[float, float]:
    """The height of edges in all of the picture, and in the tile where it is least."""
    film, wanted = _halved(film_HW), _halved(wanted_HW)
    shared = np.zeros((2, _TILES, _TILES))
    energy = np.zeros((2, _TILES, _TILES))
    for axis in (0, 1):
        edges = np.diff(wanted, axis=axis)
        steps = np.where(np.abs(edges) >= _EDGE, edges, 0).astype(np.float32)
        shared[axis] = _tiles(steps * np.diff(film, axis=axis))
        energy[axis] = _tiles(steps * steps)
    enough = energy >= _LEAST_EDGES
    if not enough.any():
        return 1.0, 1.0
    overall = float(shared[enough].sum() / energy[enough].sum())
    return overall, float((shared[enough] / energy[enough]).min())


def _halved(luma_HW: Luma) -> NDArray[np.int16]:
    """Means of two by two pixels, in which there is less grain."""
    height, width = (side // 2 * 2 for side in luma_HW.shape)
    whole = luma_HW[:height, :width]
    rows = whole[::2].astype(np.int16) + whole[1::2]
    return np.asarray((rows[:, ::2] + rows[:, 1::2]) >> 2, np.int16)


def _tiles(values: _Floats) -> NDArray[np.float64]:
    """The mean of each tile; what is left over at the edges is not counted."""
    height, width = (side // _TILES for side in values.shape)
    parts = values[: height * _TILES, : width * _TILES].reshape(_TILES, height, _TILES, width)
    return np.asarray(parts.mean(axis=(1, 3)), np.float64)


def _ghost(
    film: SmallPicture, wanted: SmallPicture, beside: list[SmallPicture]
) -> tuple[float, float, float]:
    """The largest share of a neighbour that is mixed in, and what difference it makes.

    Returns:
        The share, the difference, and how much of the whole difference that is, squared.
    """
    error = film.luma_YX - wanted.luma_YX
    found = (0.0, 0.0, 0.0)
    for neighbour in beside:
        step = neighbour.luma_YX - wanted.luma_YX
        # Only where something moves: elsewhere the error is that of encoding.
        moving = np.abs(step) >= _MOVES
        steps, errors = step[moving], error[moving]
        energy, squared = float(steps @ steps), max(float(errors @ errors), 1e-6)
        if energy < _LEAST_MOTION * step.size:
            continue
        share = float(steps @ errors) / energy
        seen = share * (energy / step.size) ** 0.5
        found = max(found, (share, seen, share * share * energy / squared), key=_seen)
    return found


def _seen(ghost: tuple[float, float, float]) -> float:
    return ghost[1]


def _motion(
    film: Picture, expected: Picture, before: tuple[Picture, Picture]
) -> tuple[float, float]:
    """How far the expected frame moves on, and how much of that the film does."""
    rows = np.s_[::4]
    wanted = (expected.luma_HW[rows].astype(np.float32) - before[1].luma_HW[rows]).ravel()
    shown = (film.luma_HW[rows].astype(np.float32) - before[0].luma_HW[rows]).ravel()
    energy = float(wanted @ wanted) / wanted.size
    if energy < 0.05:
        return 0.0, 1.0
    return energy**0.5, float(wanted @ shown) / wanted.size / energy
