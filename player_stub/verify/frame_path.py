"""Decides which source frame each frame of a film shows, from how alike they look (pure).

Encoding changes pictures, and neighbours may look the same. So no frame is judged by itself: the
film is explained by the row of source frames that takes the fewest jumps, where a frame counts
against an explanation only if another source frame is nearer by more than encoding changes it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

from player_stub.verify.alignment import Number

Proof = Literal["exact", "matched", "ambiguous", "unmatched"]
"""Copied bit for bit; like no other frame near; like a near one too; like none at all."""

PROOFS: Final[tuple[Proof, ...]] = get_args(Proof)

# What a jump costs, in units of what one frame may count. Editors and players err at joins: where
# frames inside a cut do not tell, all of it is off by as much as its end.
_JUMP_AT_JOIN: Final = 1.2
_JUMP: Final = 1.6
_HAIR: Final = 1e-9
_MOST: Final = 8.0  # what one frame may count against an explanation

_Row = dict[int, tuple[float, Number]]
"""For a frame of the film, what it costs to arrive at each source frame, and the one before it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A frame of a film beside source frames.

    Attributes:
        apart: mean squared difference from each source frame that it may be.
        noise: what encoding makes of a frame, in the same unit.
        likeness: correlation with the nearest of them.
    """

    apart: Mapping[int, float]
    noise: float
    likeness: float = 1.0

    def costs(self) -> dict[int, float]:
        """What speaks against each source frame; 0 for those that it cannot be told from."""
        nearest = min(self.apart.values())
        return {
            frame: min(_MOST, max(0.0, (apart - nearest) / self.noise - 1))
            for frame, apart in self.apart.items()
        }


def explain(
    seen: Sequence[Mapping[int, float]], reel: Sequence[int], joins: Collection[int]
) -> list[Number]:
    """The row of source frames that explains a film with the fewest jumps.

    Args:
        seen: for each frame of the film, what speaks against each source frame that it may be;
            empty where it is like none.
        reel: the source frames that should be shown, in order.
        joins: their places at which cuts start.

    Returns:
        A source frame for each frame of the film, None where it is like none.
    """
    follows = _follow(reel)
    rows: list[_Row] = []
    for place, costs in enumerate(seen):
        expected = reel[min(place, len(reel) - 1)]
        jump = _JUMP_AT_JOIN if place in joins or place >= len(reel) else _JUMP
        rows.append(_row(costs, rows[-1] if rows else {}, follows, expected, jump))
    return _traced(rows)


def _follow(reel: Sequence[int]) -> dict[int, list[int]]:
    """The frames that may stand before each without a jump, besides the one numbered before it."""
    follows: dict[int, list[int]] = {}
    for before, frame in pairwise(reel):
        if frame != before + 1:
            follows.setdefault(frame, []).append(before)
    return follows


def _row(
    costs: Mapping[int, float],
    before: Mapping[int, tuple[float, Number]],
    follows: Mapping[int, list[int]],
    expected: int,
    jump: float,
) -> _Row:
    """The least cost to arrive at each frame, and by which frame before."""
    nearest = min(before, key=lambda frame: before[frame][0], default=None)
    row: _Row = {}
    for frame, cost in costs.items():
        ways: list[tuple[float, Number]] = [
            (before[each][0], each)
            for each in (frame - 1, *follows.get(frame, ()))
            if each in before
        ]
        if nearest is not None:
            ways.append((before[nearest][0] + jump, nearest))
        else:
            ways.append((0.0 if frame == expected else jump, None))
        least, way = min(ways, key=lambda each: each[0])
        # Of equal explanations that which is most as it should be.
        row[frame] = (least + cost + _HAIR * abs(frame - expected), way)
    return row


def _traced(rows: Sequence[_Row]) -> list[Number]:
    """Back from the end, each row's frame by the way that led to it."""
    numbers: list[Number] = []
    frame: Number = None
    for row in reversed(rows):
        if frame is None and row:
            frame = min(row, key=lambda each: row[each][0])
        numbers.append(frame)
        frame = row[frame][1] if frame is not None else None
    return numbers[::-1]


def proof_of(costs: Mapping[int, float], number: Number) -> Proof:
    """How surely a frame is the source frame that it was explained by."""
    if number is None:
        return "unmatched"
    rivals = [frame for frame, cost in costs.items() if cost == 0 and frame != number]
    return "ambiguous" if rivals else "matched"
