"""The ladder: the sizes in which the video is offered, and the peak bit rate of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sizzle.errors import InputError

DEFAULT_LADDER: Final = (1080, 720, 480, 240)
"""Heights in pixels."""

_FULL_HD_BITS: Final = 6_000_000
_POWER: Final = 1.7  # bits grow a little slower than pixels, as larger pictures are smoother
_LEAST_BITS: Final = 200_000
_HEIGHTS: Final = range(16, 4321)


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One size of the ladder.

    Attributes:
        width: pixels, even.
        height: pixels, even.
        bits: the most in any second.
    """

    width: int
    height: int
    bits: int

    @property
    def name(self) -> str:
        """As players show it: `720p`."""
        return f"{self.height}p"


def ladder_for(
    width: int, height: int, heights: Iterable[int] = DEFAULT_LADDER
) -> list[LadderStep]:
    """The steps for a source of a size, largest first; none is larger than the source.

    Where the whole ladder is larger, the source's own size is the only step.

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
    return [_step(pixels, Fraction(width, height)) for pixels in fitting]


def parse_ladder(text: str) -> Sequence[int]:
    """Read heights such as `1080,720`. Raises InputError."""
    try:
        return [int(height) for height in text.split(",")]
    except ValueError:
        raise InputError(
            f"{text[:120]!r} is not a ladder.",
            fix="separate heights by commas: 1080,720,480,240.",
        ) from None


def _step(height: int, shape: Fraction) -> LadderStep:
    bits = _FULL_HD_BITS * (height / 1080) ** _POWER
    width = 2 * round(height * shape / 2)
    return LadderStep(max(2, width), height, max(_LEAST_BITS, int(bits)))
