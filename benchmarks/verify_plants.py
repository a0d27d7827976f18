"""Faults to plant in films: in the order of frames, the pictures, the sound and the headers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from struct import pack_into
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from benchmarks.verify_media import BLACK, QUIET
from fixtures.footage import Planes
from sizzle.process import ffmpeg, run
from tests.player_stub.synthetic import SAMPLE_RATE, Samples

Pictures: TypeAlias = "list[Planes]"
Numbers: TypeAlias = "list[int]"
Film = Callable[[Path, Path, Random], None]

CUT: Final = 40
"""Frames of each cut of the reel that faults are planted in; its second is still but for grain,
and its third is black."""

_MILLISECOND: Final = SAMPLE_RATE // 1000


def _drop(numbers: Numbers, dice: Random) -> Numbers:
    at = dice.randrange(5, 35)
    return [*numbers[:at], *numbers[at + 1 :]]


def _double(numbers: Numbers, dice: Random) -> Numbers:
    at = dice.randrange(5, 35)
    return [*numbers[: at + 1], *numbers[at:]]


def _swap(numbers: Numbers, dice: Random) -> Numbers:
    at = dice.randrange(5, 34)
    return [*numbers[:at], numbers[at + 1], numbers[at], *numbers[at + 2 :]]


def _late_cut(numbers: Numbers, dice: Random) -> Numbers:
    return [*(number + 1 for number in numbers[:CUT]), *numbers[CUT:]]


def _wrong_clip(numbers: Numbers, dice: Random) -> Numbers:
    other = dice.choice([start for start in range(0, BLACK, CUT) if start not in numbers])
    return [*range(other, other + CUT), *numbers[CUT:]]


def _short(numbers: Numbers, dice: Random) -> Numbers:
    return numbers[:-1]


ORDERS: Final[dict[str, tuple[Callable[[Numbers, Random], Numbers], str]]] = {
    "one frame dropped": (_drop, "missing"),
    "one frame duplicated": (_double, "duplicated"),
    "two frames swapped": (_swap, "swapped"),
    "a cut late by one": (_late_cut, "late"),
    "a wrong clip of the same length": (_wrong_clip, "wrong clip"),
    "one frame short": (_short, "missing"),
}
"""Faults of the order, and what they are called."""


def _split(planes: Planes) -> tuple[Planes, NDArray[np.complex128]]:
    """Luma, and chroma as complex numbers."""
    height = len(planes) * 2 // 3
    blue, red = planes[height:].reshape(2, -1).astype(np.float64) - 128
    return planes[:height], blue + 1j * red


def _joined(luma: NDArray[np.number], chroma: NDArray[np.complex128]) -> Planes:
    both = np.stack([chroma.real, chroma.imag]).reshape(-1, luma.shape[1]) + 128
    whole = np.rint(np.concatenate([luma, both])).clip(0, 255)
    return np.asarray(whole, np.uint8)


def _graded(gain: complex = 1, tint: complex = 0, light: float = 1) -> Callable[[Planes], Planes]:
    def spoil(planes: Planes) -> Planes:
        luma, chroma = _split(planes)
        return _joined(16 + (luma - 16.0) * light, chroma * gain + tint)

    return spoil


def _blurred(planes: Planes) -> Planes:
    luma, chroma = _split(planes)
    # Two pixels of a film in 720p, as much of these smaller ones.
    radius = 2 * luma.shape[1] / 640
    soft = Image.fromarray(luma).filter(ImageFilter.GaussianBlur(radius))
    return _joined(np.asarray(soft), chroma)


def _green(planes: Planes) -> Planes:
    return np.zeros_like(planes)


def _grey(planes: Planes) -> Planes:
    luma, chroma = _split(planes)
    return _joined(luma + 8.0, chroma)


_One = Callable[[Planes], Planes]
_Spoil = Callable[[Pictures, Random], Pictures]


def _everywhere(one: _One) -> _Spoil:
    return lambda pictures, dice: [one(picture) for picture in pictures]


def _in_cut(one: _One) -> _Spoil:
    return lambda pictures, dice: [*map(one, pictures[:CUT]), *pictures[CUT:]]


def _in_frame(one: _One, least: int = 0, end: int = CUT) -> _Spoil:
    def spoil(pictures: Pictures, dice: Random) -> Pictures:
        at = dice.randrange(least, end)
        return [*pictures[:at], one(pictures[at]), *pictures[at + 1 :]]

    return spoil


def _blended(pictures: Pictures, dice: Random) -> Pictures:
    at = dice.randrange(5, 35)
    other = at + dice.choice((-1, 1))
    half = (pictures[at].astype(np.uint16) + pictures[other]) // 2
    return [*pictures[:at], half.astype(np.uint8), *pictures[at + 1 :]]


def _smeared(pictures: Pictures, dice: Random) -> Pictures:
    """Each row of a quarter goes on with its first pixel."""
    start = dice.randrange(2, 32)
    down, across = dice.randrange(2), dice.randrange(2)
    made = [picture.copy() for picture in pictures]
    for each in made[start : start + 6]:
        height, width = len(each) * 2 // 3 // 2, each.shape[1] // 2
        top, left = down * height, across * width
        each[top : top + height, left : left + width] = each[top : top + height, left : left + 1]
    return made


def _still(pictures: Pictures, dice: Random) -> Pictures:
    """One frame, or the mean of all, in place of the cut that has only grain."""
    grain = pictures[CUT : 2 * CUT]
    still = dice.choice(grain) if dice.random() < 0.5 else np.mean(grain, axis=0).astype(np.uint8)
    return [*pictures[:CUT], *[still] * CUT, *pictures[2 * CUT :]]


PICTURES: Final[dict[str, _Spoil]] = {
    "hue turned by 15 degrees": _everywhere(_graded(gain=np.exp(0.26j))),
    "a cut with hue turned": _in_cut(_graded(gain=np.exp(-0.26j))),
    "saturation +25 %": _everywhere(_graded(gain=1.25)),
    "saturation -25 %": _in_cut(_graded(gain=0.75)),
    "a cut in black and white": _in_cut(_graded(gain=0)),
    "a green frame": _in_frame(_green),
    "a green cut": _in_cut(_green),
    "a greenish cut": _in_cut(_graded(tint=-12 - 12j)),
    "brightness +10 %": _everywhere(_graded(light=1.1)),
    "a cut with brightness +10 %": _in_cut(_graded(light=1.1)),
    "blur": _everywhere(_blurred),
    "a blurred cut": _in_cut(_blurred),
    "a frame blended with its neighbour": _blended,
    "a smeared quarter for 6 frames": _smeared,
    "grain replaced by a still": _still,
    "a grey frame in black": _in_frame(_grey, 2 * CUT, 3 * CUT),
}
"""Faults of the pictures."""


def _zeroed(milliseconds: int, start: float, end: float) -> Callable[[Samples, Random], Samples]:
    def spoil(sound: Samples, dice: Random) -> Samples:
        at = round(dice.uniform(start, end) * SAMPLE_RATE)
        made = sound.copy()
        channels = dice.choice(([0, 1], [0], [1]))
        made[channels, at : at + milliseconds * _MILLISECOND] = 0
        return made

    return spoil


def _late(milliseconds: int) -> Callable[[Samples, Random], Samples]:
    samples = milliseconds * _MILLISECOND
    return lambda sound, dice: np.pad(sound, ((0, 0), (samples, 0)))[:, : sound.shape[1]]


def _inserted(sound: Samples, dice: Random) -> Samples:
    at = dice.randrange(SAMPLE_RATE, sound.shape[1] - SAMPLE_RATE)
    return np.concatenate([sound[:, :at], sound[:, at - 1 : -1]], axis=1)


def _removed(sound: Samples, dice: Random) -> Samples:
    at = dice.randrange(SAMPLE_RATE, sound.shape[1] - SAMPLE_RATE)
    return np.concatenate([sound[:, :at], sound[:, at + 1 :], sound[:, -1:]], axis=1)


def _muted(sound: Samples, dice: Random) -> Samples:
    made = sound.copy()
    made[dice.randrange(2)] = 0
    return made


SOUNDS: Final[dict[str, tuple[Callable[[Samples, Random], Samples], str]]] = {
    "swapped channels": (lambda sound, dice: sound[::-1], "audio channels"),
    "a muted channel": (_muted, "audio level"),
    "one sample inserted": (_inserted, "audio slips"),
    "one sample removed": (_removed, "audio slips"),
    "-6 dB": (lambda sound, dice: sound * np.float32(0.5), "audio level"),
    "a dropout of 5 ms": (_zeroed(5, 0.2, QUIET[0] - 0.2), "audio dropouts"),
    "a dropout of 50 ms in a quiet passage": (
        _zeroed(50, QUIET[0] + 0.1, QUIET[1] - 0.2),
        "audio dropouts",
    ),
    "5 ms late": (_late(5), "audio offset"),
    "15 ms late": (_late(15), "audio offset"),
}
"""Faults of the sound, and the check that has to fail."""


def _remuxed(*options: str) -> Film:
    def spoil(film: Path, output: Path, dice: Random) -> None:
        command = [ffmpeg(), "-v", "error", "-y", "-i", str(film), "-c", "copy"]
        run([*command, *options, str(output)], timeout=60)

    return spoil


def _turned(film: Path, output: Path, dice: Random) -> None:
    """The matrix of the first track's header turns it."""
    data = bytearray(film.read_bytes())
    cosine, sine = dice.choice(((0, 1), (-1, 0), (0, -1)))
    matrix = (cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0)
    pack_into(">6i", data, data.index(b"tkhd") + 44, *matrix)
    output.write_bytes(data)


_SET = "h264_metadata="
HEADERS: Final[dict[str, tuple[Film, str]]] = {
    "a rotation flag": (_turned, "picture shape"),
    "pixels of 4:3": (_remuxed("-bsf:v", f"{_SET}sample_aspect_ratio=4/3"), "picture shape"),
    "a container with pixels of 4:3": (_remuxed("-aspect", "64:27"), "picture shape"),
    "colours tagged as bt2020": (
        _remuxed("-bsf:v", f"{_SET}colour_primaries=9:matrix_coefficients=9"),
        "colour tags",
    ),
    "colours tagged as bt709": (
        _remuxed(
            "-bsf:v",
            f"{_SET}colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1",
        ),
        "colour tags",
    ),
    "tagged as full range": (
        _remuxed("-bsf:v", f"{_SET}video_full_range_flag=1"),
        "colour tags",
    ),
    "an extra video track": (_remuxed("-map", "0", "-map", "0:v"), "video track"),
    "an extra audio track": (_remuxed("-map", "0", "-map", "0:a"), "audio track"),
}
"""Faults of the headers, and the check that has to fail."""
