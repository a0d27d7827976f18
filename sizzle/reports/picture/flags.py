"""Where the numbers of findings stand over a row, so that none hides another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sizzle.reports.picture.ink import SMALL, Rgb, width_of

LEVEL: int = 22
"""Height of a level of flags, in pixels."""

_LEVELS = 3
_PADDING = 5
_APART = 4


@dataclass(frozen=True, slots=True)
class FlaggedFinding:
    """A finding to be flagged: where it is, in pixels, its number and its colour."""

    x: int
    number: int
    colour: Rgb


@dataclass(frozen=True, slots=True)
class Flag:
    """A flag of one finding, or of several where there is no room for each.

    Attributes:
        pins: of its findings, in order.
        left: of its box, in pixels.
        level: over the row, 0 the lowest.
    """

    pins: tuple[FlaggedFinding, ...]
    left: int
    level: int

    @property
    def text(self) -> str:
        """The number, or the first and the last."""
        return _text(self.pins)

    @property
    def right(self) -> int:
        """Of its box, in pixels."""
        return self.left + _width(self.pins)


def placed(pins: Iterable[FlaggedFinding], left: int, right: int) -> list[Flag]:
    """Flags for pins in order of their places, between two edges.

    Each takes the lowest level on which it hides none; one that finds none joins the last flag.
    """
    flags: list[Flag] = []
    ends = [left - _APART] * _LEVELS
    for pin in pins:
        start = min(max(left, pin.x - _PADDING), right - _width((pin,)))
        free = [level for level, end in enumerate(ends) if end + _APART <= start]
        if free:
            flags.append(Flag((pin,), start, free[0]))
        else:
            last = flags.pop()
            pins_of_both = (*last.pins, pin)
            start = min(last.left, right - _width(pins_of_both))
            flags.append(Flag(pins_of_both, start, last.level))
        ends[flags[-1].level] = flags[-1].right
    return flags


def _text(pins: tuple[FlaggedFinding, ...]) -> str:
    first, last = pins[0].number, pins[-1].number
    return str(first) if first == last else f"{first}-{last}"


def _width(pins: tuple[FlaggedFinding, ...]) -> int:
    return width_of(_text(pins), SMALL) + 2 * _PADDING
