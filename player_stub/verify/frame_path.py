"""Decides which source frame each frame of a film shows, by how similar they are (pure).

Encoding changes pictures, and neighbours may look the same. So no frame is judged by itself: the
film is explained by the sequence of source frames with the fewest jumps, found by dynamic
programming. A frame counts against a source frame only if another one is closer by more than
encoding changes it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, get_args

from player_stub.verify.alignment import SourceFrame

Proof = Literal["exact", "matched", "ambiguous", "unmatched"]
"""Copied bit for bit; closer than any near frame; a near frame is as close; not in the media."""

PROOFS: Final[tuple[Proof, ...]] = get_args(Proof)

# The cost of a jump, in units of what one frame may count. Editors and players err at cuts: where
# the frames inside a cut do not tell, all of it is off by as much as its end.
_JUMP_AT_CUT: Final = 1.2
_JUMP: Final = 1.6
_TIE_BREAK: Final = 1e-9
_MAX_COST: Final = 8.0  # of one frame

_Row = dict[int, tuple[float, SourceFrame]]
"""For a frame of the film: the cost of reaching each source frame, and the one before it."""


@dataclass(frozen=True, slots=True)
class FrameComparison:
    """A frame of a film compared with source frames.

    Attributes:
        distances: mean squared difference from each source frame that it may be.
        noise: how much encoding changes a frame, in the same unit.
        correlation: with the closest of them.
        whole: the distance from the closest with all that seems drawn over it.
    """

    distances: Mapping[int, float]
    noise: float
    correlation: float = 1.0
    whole: float = 0.0

    def costs(self) -> dict[int, float]:
        """The cost of each source frame; 0 for those indistinguishable from the best."""
        nearest = min(self.distances.values())
        return {
            frame: min(_MAX_COST, max(0.0, (distance - nearest) / self.noise - 1))
            for frame, distance in self.distances.items()
        }


def cheapest_path(
    costs: Sequence[Mapping[int, float]], expected: Sequence[int], cuts: Collection[int]
) -> list[SourceFrame]:
    """The sequence of source frames that explains a film at the least cost.

    Args:
        costs: for each frame of the film, what counts against each source frame that it may be;
            empty where it resembles none.
        expected: the source frames that should be shown, in order.
        cuts: the indexes at which cuts start.

    Returns:
        A source frame for each frame of the film, None where it resembles none.
    """
    predecessors = _predecessors(expected)
    rows: list[_Row] = []
    for index, of_frame in enumerate(costs):
        wanted = expected[min(index, len(expected) - 1)]
        jump = _JUMP_AT_CUT if index in cuts or index >= len(expected) else _JUMP
        rows.append(_row(of_frame, rows[-1] if rows else {}, predecessors, wanted, jump))
    return _trace_back(rows)


def _predecessors(expected: Sequence[int]) -> dict[int, list[int]]:
    """The frames that may come before each one without a jump, besides its own predecessor."""
    predecessors: dict[int, list[int]] = {}
    for before, frame in pairwise(expected):
        if frame != before + 1:
            predecessors.setdefault(frame, []).append(before)
    return predecessors


def _row(
    costs: Mapping[int, float],
    before: Mapping[int, tuple[float, SourceFrame]],
    predecessors: Mapping[int, list[int]],
    wanted: int,
    jump: float,
) -> _Row:
    """The least cost of reaching each source frame, and from which one before."""
    nearest = min(before, key=lambda frame: before[frame][0], default=None)
    row: _Row = {}
    for frame, cost in costs.items():
        ways: list[tuple[float, SourceFrame]] = [
            (before[earlier][0], earlier)
            for earlier in (frame - 1, *predecessors.get(frame, ()))
            if earlier in before
        ]
        if nearest is not None:
            ways.append((before[nearest][0] + jump, nearest))
        else:
            ways.append((0.0 if frame == wanted else jump, None))
        least, way = min(ways, key=lambda option: option[0])
        # Of equally cheap explanations, prefer the one closest to what is expected.
        row[frame] = (least + cost + _TIE_BREAK * abs(frame - wanted), way)
    return row


def _trace_back(rows: Sequence[_Row]) -> list[SourceFrame]:
    """From the end, each row's frame by the way that led to it."""
    frames: list[SourceFrame] = []
    frame: SourceFrame = None
    for row in reversed(rows):
        if frame is None and row:
            frame = min(row, key=lambda candidate: row[candidate][0])
        frames.append(frame)
        frame = row[frame][1] if frame is not None else None
    return frames[::-1]


def proof_of(costs: Mapping[int, float], frame: SourceFrame) -> Proof:
    """How certain it is that a frame is the source frame that it was explained by."""
    if frame is None:
        return "unmatched"
    rivals = [other for other, cost in costs.items() if cost == 0 and other != frame]
    return "ambiguous" if rivals else "matched"
