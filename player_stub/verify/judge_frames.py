"""Judges how far the frames of a film are from those of the media (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import inf
from statistics import median, median_low
from typing import Final, NamedTuple, TypeAlias

from player_stub.verify.frame_path import FrameComparison

Compared: TypeAlias = dict[int, "NearFrames"]
"""Frames of a film, by index, compared with the source frames near the expected ones."""

MIN_NOISE: Final = 0.35
"""Mean squared: rounding alone changes pixels by half a level."""

_UNSEEN: Final = 6.0
"""Mean squared difference up to which two pictures look the same."""

FAR: Final = 25.0
"""Mean squared difference beyond which a frame is not what it seems."""

# A frame further off than encoding explains may be from elsewhere. Searching there is slow.
_FAR_TIMES: Final = 9.0
_FAR_MORE: Final = 4.0
_SAME_PICTURE: Final = 0.8  # correlation below which two pictures may show different things
_BETTER: Final = 0.5  # share of the distance that a frame found elsewhere must stay below


class NearFrames(NamedTuple):
    """How a frame of a film compares with source frames.

    Attributes:
        apart: its distance from each, without what seems drawn over it.
        correlation: with the closest.
        whole: its distance from the closest with all that seems drawn over it.
    """

    apart: dict[int, float]
    correlation: float
    whole: float


def noise_of(near: Compared, expected: Mapping[int, int]) -> float | None:
    """How much encoding changes a frame of a cut; None where no frame resembles what it should be.

    Frames from elsewhere are not counted, even if they are most of the cut.

    Args:
        near: the frames of a cut.
        expected: the source frame of each.
    """
    least = [min(frame.apart.values()) for frame in near.values()]
    known = [each for each in least if each <= FAR]
    if not known:
        return None
    return max(MIN_NOISE, median(known), min(_unsteadiness(near, expected), _UNSEEN))


def _unsteadiness(near: Compared, expected: Mapping[int, int]) -> float:
    """How far frames are from those of the steady sequence that they are closest to.

    Coarse encoding lets a picture that hardly moves stand still, then catch up: a frame is closest
    now to an earlier one, now to a later one, whichever the film was made from.
    """
    by_shift: defaultdict[int, list[float]] = defaultdict(list)
    for index, compared in near.items():
        for frame, distance in compared.apart.items():
            by_shift[frame - expected[index]].append(distance)
    steady = [apart for apart in by_shift.values() if len(apart) == len(near)]
    return min((median_low(apart) for apart in steady), default=0.0)


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
    if not far:
        return FrameComparison(apart, near.noise, near.correlation)
    least, nearest = min(elsewhere.values(), default=inf), min(near.distances.values())
    if least < _BETTER * near.whole and near.whole > nearest:
        # Nothing was drawn over it: it is another picture, of the same place perhaps.
        return FrameComparison(elsewhere, max(usual, least))
    if least < _BETTER * nearest:
        return FrameComparison(apart, max(usual, least))
    return None if nearest > FAR and near.correlation < _SAME_PICTURE else near


def far_frames(
    cuts: Iterable[Sequence[int]], found: Mapping[int, FrameComparison], usual: float
) -> set[int]:
    """Frames further from all near the expected ones than encoding explains.

    What seems drawn over most of a cut counts as well: it may be another clip of the same place.

    Args:
        cuts: the frames of each.
        found: what each of them was compared with.
        usual: the noise of the film.
    """
    far: set[int] = set()
    for cut in cuts:
        far |= {index for index in cut if _is_far(found[index], usual)}
        covered = {index for index in cut if _is_apart(found[index].whole, usual)}
        far |= covered if 2 * len(covered) > len(cut) else set()
    return far


def _is_far(comparison: FrameComparison, usual: float) -> bool:
    least = min(comparison.distances.values())
    return _is_apart(least, usual) or comparison.correlation < _SAME_PICTURE


def _is_apart(distance: float, usual: float) -> bool:
    return distance > min(_FAR_TIMES * usual + _FAR_MORE, FAR)
