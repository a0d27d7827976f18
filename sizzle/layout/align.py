"""Align the lengths that a title should have with those that it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence

# A pairing of positions: in the layout's run, in the clips found.
_Step = tuple[int | None, int | None]

# The cost of a frame in an alignment; a clip that changes its number costs 1.
_FRAME = 1_000_000


def align(expected: Sequence[int], found: Sequence[int], numbers: Sequence[int]) -> list[_Step]:
    """Align expected with found lengths at the least cost, both in order.

    This is an edit distance whose costs are in frames: leaving a clip unpaired costs its length, so
    a clip a few frames off is a wrong length, and one of a very different length is a missing and
    an extra clip. Of alignments that cost the same, the one that keeps most clips' numbers wins.

    Args:
        expected: the layout's run.
        found: the lengths of a title's clips.
        numbers: those clips' numbers, from 1.

    Returns:
        Pairs of positions (in expected, in found); None on one side where a length is unpaired.
    """

    def pairing(i: int, j: int) -> int:
        return abs(expected[i] - found[j]) * _FRAME + (numbers[j] != i + 1)

    cost = _costs(expected, found, pairing)
    steps: list[_Step] = []
    i, j = len(expected), len(found)
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + pairing(i - 1, j - 1):
            i, j = i - 1, j - 1
            steps.append((i, j))
        elif i and cost[i][j] == cost[i - 1][j] + expected[i - 1] * _FRAME:
            i -= 1
            steps.append((i, None))
        else:
            j -= 1
            steps.append((None, j))
    return steps[::-1]


def _costs(
    expected: Sequence[int], found: Sequence[int], pairing: Callable[[int, int], int]
) -> list[list[int]]:
    """cost[i][j]: of the cheapest alignment of the first i expected with the first j found."""
    cost = [[0] * (len(found) + 1) for _ in range(len(expected) + 1)]
    for i in range(len(expected) + 1):
        for j in range(len(found) + 1):
            if i and j:
                cost[i][j] = min(
                    cost[i - 1][j - 1] + pairing(i - 1, j - 1),
                    cost[i - 1][j] + expected[i - 1] * _FRAME,
                    cost[i][j - 1] + found[j - 1] * _FRAME,
                )
            else:
                cost[i][j] = (sum(expected[:i]) + sum(found[:j])) * _FRAME
    return cost
