"""Where the steps of a journey lie in its picture: in rows, each below those that lead to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

Ways = Mapping[str, Sequence[str]]

_PASSES: Final = 4


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows of steps from the top, and the ways between them.

    Attributes:
        rows: the ids of steps in their order; where a long way passes a row, it has a place there
            whose name begins with a space.
        paths: of each way, the places that it passes, both ends included.
        back: ways that lead up again.
    """

    rows: list[list[str]]
    paths: dict[tuple[str, str], list[str]]
    back: set[tuple[str, str]]


def laid_out(ways: Ways, start: str, end: str) -> Layout:
    """Lay out a graph whose steps may lead back to themselves.

    Args:
        ways: the ids of the steps that come next, by the id of a step.
        start: the first step.
        end: lies below all others.
    """
    back = _back_ways(ways, start)
    down = {one: [to for to in targets if (one, to) not in back] for one, targets in ways.items()}
    row_of = _rows(down)
    row_of[end] = max([row_of[end], *(row + 1 for one, row in row_of.items() if one != end)])
    rows: list[list[str]] = [[] for _ in range(max(row_of.values()) + 1)]
    for one, row in row_of.items():
        rows[row].append(one)
    paths: dict[tuple[str, str], list[str]] = {}
    for one, targets in down.items():
        for to in targets:
            between = range(row_of[one] + 1, row_of[to])
            places = {row: f" {one} {to} {row}" for row in between}
            for row, place in places.items():
                rows[row].append(place)
            paths[one, to] = [one, *places.values(), to]
    return Layout(_in_order(rows, paths), paths, back)


def _back_ways(ways: Ways, start: str) -> set[tuple[str, str]]:
    """The ways by which steps lead back to themselves, found by going through the graph."""
    found: set[tuple[str, str]] = set()
    done: set[str] = set()
    for first in [start, *ways]:
        trail = [(first, iter(ways[first]))] if first not in done else []
        on_trail = {first} if trail else set()
        while trail:
            one, left = trail[-1]
            to = next(left, None)
            if to is None:
                trail.pop()
                on_trail.discard(one)
                done.add(one)
            elif to in on_trail:
                found.add((one, to))
            elif to not in done:
                trail.append((to, iter(ways[to])))
                on_trail.add(to)
    return found


def _rows(down: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The row of each step: one below the lowest of those that lead to it."""
    rows = dict.fromkeys(down, 0)
    for _ in down:  # no way is longer than there are steps
        for one, targets in down.items():
            for to in targets:
                rows[to] = max(rows[to], rows[one] + 1)
    return rows


def _in_order(
    rows: list[list[str]], paths: Mapping[tuple[str, str], Sequence[str]]
) -> list[list[str]]:
    """Rows in an order in which few ways cross: each place near the middle of its neighbours."""
    near: dict[str, list[str]] = {place: [] for row in rows for place in row}
    for path in paths.values():
        for upper, lower in pairwise(path):
            near[upper].append(lower)
            near[lower].append(upper)
    for _ in range(_PASSES):
        for number, row in enumerate(rows):
            at = {
                place: index / max(len(other) - 1, 1)
                for other in (rows[max(number - 1, 0)], rows[min(number + 1, len(rows) - 1)])
                for index, place in enumerate(other)
            }
            own = {place: index / max(len(row) - 1, 1) for index, place in enumerate(row)}
            middles = {
                place: _middle([at[one] for one in near[place] if one in at], own[place])
                for place in row
            }
            row.sort(key=middles.__getitem__)
    return rows


def _middle(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
