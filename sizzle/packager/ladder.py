"""The ladder: sizes and codecs in which the video is offered, and the peak bit rate of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sizzle.errors import InputError
from sizzle.hls import Codec

DEFAULT_CODECS: Final = (Codec.H264,)
"""What every player decodes."""

DEFAULT_LADDER: Final = (1080, 720, 480, 240)
"""Heights in pixels."""

_FULL_HD_BITS: Final = 6_000_000
_POWER: Final = 1.7  # bits grow a little slower than pixels, as larger pictures are smoother
_LEAST_BITS: Final = 200_000
_AV1_SHARE: Final = 0.8  # with less, the encoder blurs what moves most
_HEIGHTS: Final = range(16, 4321)


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One size of the ladder, in one codec.

    Attributes:
        width: pixels, even.
        height: pixels, even.
        bits: the most in any second.
        codec: of the video.
    """

    width: int
    height: int
    bits: int
    codec: Codec = Codec.H264

    @property
    def name(self) -> str:
        """As players show it: `720p`, in AV1 `720p-av1`."""
        return f"{self.height}p" + (f"-{self.codec}" if self.codec != Codec.H264 else "")


def ladder_for(
    width: int,
    height: int,
    heights: Iterable[int] = DEFAULT_LADDER,
    codecs: Iterable[Codec] = DEFAULT_CODECS,
) -> list[LadderStep]:
    """The steps for a source of a size, largest first; none is larger than the source.

    Where the whole ladder is larger, the source's own size is the only step. Of several codecs all
    steps in H.264 come first.

    Raises:
        InputError: a height that no encoder takes.
    """
    wanted = sorted(set(heights), reverse=True)
    for pixels in wanted:
        if pixels not in _HEIGHTS or pixels % 2:
            raise InputError(
                f"A rendition cannot be {pixels} pixels high.",
                fix=f"use even heights from {_HEIGHTS[0]} to {_HEIGHTS[-1]}.",
            )
    fitting = [pixels for pixels in wanted if pixels <= height] or [height // 2 * 2]
    shape, chosen = Fraction(width, height), frozenset(codecs)
    ordered = [codec for codec in (Codec.H264, Codec.AV1) if codec in chosen]
    return [_step(pixels, shape, codec) for codec in ordered for pixels in fitting]


def parse_ladder(text: str) -> Sequence[int]:
    """Read heights such as `1080,720`. Raises InputError."""
    try:
        return [int(height) for height in text.split(",")]
    except ValueError:
        raise InputError(
            f"{text[:120]!r} is not a ladder.",
            fix="separate heights by commas: 1080,720,480,240.",
        ) from None


def parse_codecs(text: str) -> Sequence[Codec]:
    """Read codecs such as `h264,av1`.

    Raises:
        InputError: one is unknown, or H.264 is missing, which some devices need.
    """
    names = [name.strip().lower() for name in text.split(",")]
    known = {codec.value: codec for codec in Codec}
    unknown = [name for name in names if name not in known]
    if unknown or Codec.H264 not in names:
        what = (
            f"{unknown[0][:40]!r} is not a codec that renditions can be in."
            if unknown
            else "Without H.264 some devices could not play the asset."
        )
        raise InputError(what, fix="use h264, or h264,av1.")
    return [known[name] for name in dict.fromkeys(names)]


def _step(height: int, shape: Fraction, codec: Codec) -> LadderStep:
    bits = _FULL_HD_BITS * (height / 1080) ** _POWER
    if codec == Codec.AV1:
        bits *= _AV1_SHARE
    width = 2 * round(height * shape / 2)
    return LadderStep(max(2, width), height, max(_LEAST_BITS, int(bits)), codec)
