"""Aligns the expected frames with those shown, so that one lost frame is one difference (pure)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

SourceFrame = int | None
"""The source frame that a picture shows; None where it is unknown."""

# Two matching frames in a row may be chance, as after a swap; three are not.
_FIRM = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """A run of the reel for which a film shows something else.

    Attributes:
        record: the reel's frame where it begins.
        film: the film's frame where it begins.
        expected: the source frames that belong there; empty where the film has frames too many.
        found: what the film shows there; empty where it has frames too few.
    """

    record: int
    film: int
    expected: tuple[int, ...]
    found: tuple[SourceFrame, ...]

    @property
    def end(self) -> int:
        """The reel's first frame after it."""
        return self.record + len(self.expected)

    @property
    def keeps_time(self) -> bool:
        """Whether as many frames are shown as belong there."""
        return len(self.expected) == len(self.found)


def differences(expected: Sequence[int], found: Sequence[SourceFrame]) -> Iterator[Difference]:
    """The edits that turn one sequence of source frames into the other.

    Args:
        expected: the source frame of every frame of the reel.
        found: the same as read from the film.

    Yields:
        Differences in order, each the smallest after which the two agree again; of two equally
        small ones that which keeps the frames after it at their time.
    """
    positions = _positions(expected)
    record = film = 0
    while record < len(expected) or film < len(found):
        if expected[record : record + 1] == found[film : film + 1]:
            record, film = record + 1, film + 1
            continue
        skipped, shown = _next_agreement(expected, found, record, film, positions)
        yield Difference(
            record,
            film,
            tuple(expected[record : record + skipped]),
            tuple(found[film : film + shown]),
        )
        record, film = record + skipped, film + shown


def _positions(expected: Sequence[int]) -> Mapping[SourceFrame, list[int]]:
    positions: defaultdict[SourceFrame, list[int]] = defaultdict(list)
    for record, frame in enumerate(expected):
        positions[frame].append(record)
    return positions


def _next_agreement(
    expected: Sequence[int],
    found: Sequence[SourceFrame],
    record: int,
    film: int,
    positions: Mapping[SourceFrame, list[int]],
) -> tuple[int, int]:
    """How many frames of each to skip until they agree again, or all that are left."""
    best = (len(expected) - record, len(found) - film)
    for shown in range(len(found) - film):
        if shown > max(best):
            break
        for position in _closest(positions.get(found[film + shown], []), record + shown):
            if position < record:
                continue
            if expected[position : position + _FIRM] == found[film + shown : film + shown + _FIRM]:
                best = min(best, (position - record, shown), key=_size)
    return best


def _closest(positions: Sequence[int], position: int) -> Sequence[int]:
    """The last before a position, and the first at or after it."""
    at = bisect_left(positions, position)
    return positions[max(0, at - 1) : at + 1]


def _size(skips: tuple[int, int]) -> tuple[int, int]:
    skipped, shown = skips
    return max(skipped, shown), abs(skipped - shown)
