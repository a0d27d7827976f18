"""Aligns what a film should show with what it shows, so that one lost frame is one difference."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Number = int | None
"""The source frame that a picture says it is; None where it says none."""

# Two frames in their places can be chance, after a swap for one; three in a row are not.
_FIRM = 3


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of the reel in whose place a film shows something else.

    Attributes:
        record: the reel's frame where it begins.
        film: the film's frame where it begins.
        expected: the source frames that belong there; empty where the film has frames too many.
        found: what the film shows there; empty where it has frames too few.
    """

    record: int
    film: int
    expected: tuple[int, ...]
    found: tuple[Number, ...]

    @property
    def end(self) -> int:
        """The reel's first frame behind it."""
        return self.record + len(self.expected)

    @property
    def keeps_time(self) -> bool:
        """Whether as many frames are shown as belong there."""
        return len(self.expected) == len(self.found)


def differences(expected: Sequence[int], found: Sequence[Number]) -> Iterator[Difference]:
    """What has to be left out and put in to make one sequence of source frames the other.

    Args:
        expected: the source frame of every frame of the reel.
        found: the same as read from the film.

    Yields:
        Differences in order, each the smallest after which the two agree again; of two equally
        small ones that which keeps the frames after it at their time.
    """
    places = _places(expected)
    record = film = 0
    while record < len(expected) or film < len(found):
        if expected[record : record + 1] == found[film : film + 1]:
            record, film = record + 1, film + 1
            continue
        skipped, shown = _next_agreement(expected, found, record, film, places)
        yield Difference(
            record,
            film,
            tuple(expected[record : record + skipped]),
            tuple(found[film : film + shown]),
        )
        record, film = record + skipped, film + shown


def _places(expected: Sequence[int]) -> Mapping[Number, list[int]]:
    places: defaultdict[Number, list[int]] = defaultdict(list)
    for record, frame in enumerate(expected):
        places[frame].append(record)
    return places


def _next_agreement(
    expected: Sequence[int],
    found: Sequence[Number],
    record: int,
    film: int,
    places: Mapping[Number, list[int]],
) -> tuple[int, int]:
    """How many frames of each to pass over until they agree again, or all that are left."""
    best = (len(expected) - record, len(found) - film)
    for shown in range(len(found) - film):
        if shown > max(best):
            break
        for place in _closest(places.get(found[film + shown], []), record + shown):
            if place < record:
                continue
            if expected[place : place + _FIRM] == found[film + shown : film + shown + _FIRM]:
                best = min(best, (place - record, shown), key=_size)
    return best


def _closest(places: Sequence[int], place: int) -> Sequence[int]:
    """The last before a place, and the first at it or behind."""
    at = bisect_left(places, place)
    return places[max(0, at - 1) : at + 1]


def _size(passed_over: tuple[int, int]) -> tuple[int, int]:
    skipped, shown = passed_over
    return max(skipped, shown), abs(skipped - shown)
