"""Judges how far the frames of a film are from those of the media (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from statistics import median
from typing import Final, TypeAlias

from player_stub.verify.frame_path import FrameComparison

Compared: TypeAlias = dict[int, tuple[dict[int, float], float]]
"""For frames of a film: distances from source frames, and the correlation with the closest."""

MIN_NOISE: Final = 0.35
"""Mean squared: rounding alone changes pixels by half a level."""

FAR: Final = 25.0
"""Mean squared difference beyond which a frame is not what it seems."""

# A frame further off than encoding explains may be from elsewhere. Searching there is slow.
_FAR_TIMES: Final = 9.0
_FAR_MORE: Final = 4.0
_SAME_PICTURE: Final = 0.8  # correlation below which two pictures may show different things
_BETTER: Final = 0.5  # share of the distance that a frame found elsewhere must stay below


def noise_of(near: Compared) -> float | None:
    """How much encoding changes a frame of a cut; None where no frame resembles what it should be.

    Frames from elsewhere are not counted, even if they are most of the cut.
    """
    least = [min(apart.values()) for apart, _ in near.values()]
    known = [each for each in least if each <= FAR]
    return max(MIN_NOISE, median(known)) if known else None


def suspects(cut: list[int], far: Collection[int]) -> list[int]:
    """Which of a cut's frames to search all of the media for."""
    found = [index for index in cut if index in far]
    return cut if 2 * len(found) > len(cut) else found


def choose(
    near: FrameComparison, elsewhere: Mapping[int, float], usual: float, *, far: bool
) -> FrameComparison | None:
    """The comparison after a search of all of the media; None where the frame resembles nothing."""
    # What was compared without the text over it is not compared again with it.
    apart = {**elsewhere, **near.distances}
    least, nearest = min(apart.values()), min(near.distances.values())
    if not far:
        return FrameComparison(apart, near.noise, near.correlation)
    if least < _BETTER * nearest:
        return FrameComparison(apart, max(usual, least))
    return None if nearest > FAR and near.correlation < _SAME_PICTURE else near


def is_far(comparison: FrameComparison, usual: float) -> bool:
    """Whether a frame is further from all near the expected one than encoding explains."""
    least = min(comparison.distances.values())
    too_far = least > min(_FAR_TIMES * usual + _FAR_MORE, FAR)
    return too_far or comparison.correlation < _SAME_PICTURE
