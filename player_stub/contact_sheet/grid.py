"""Where things go on a contact sheet (pure). All lengths are pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from sizzle.reel.timecode_list import CutEntry, TimecodeList

WIDTH, MARGIN, GAP = 1640, 40, 18
# Heights: the head of the sheet, the timeline under it, a segment's heading, a card's text.
HEAD, TIMELINE, HEADING, CAPTION = 104, 34, 64, 84

_FEWEST_COLUMNS, _MOST_COLUMNS = 4, 8


@dataclass(frozen=True, slots=True)
class CardGrid:
    """The measures that all cards share.

    Attributes:
        columns: cards side by side.
        thumbnail: width and height of a picture, 16:9.
    """

    columns: int
    thumbnail: tuple[int, int]

    @classmethod
    def of(cls, columns: int) -> Self:
        """The widest cards of which so many stand side by side."""
        width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) // columns
        return cls(columns, (width, width * 9 // 16))

    @property
    def line(self) -> int:
        """From the top of one line of cards to the top of the next."""
        return self.thumbnail[1] + CAPTION + GAP

    def corner(self, place: int, top: int) -> tuple[int, int]:
        """The upper left corner of a segment's card, counted from 0, in lines from `top` on."""
        line, column = divmod(place, self.columns)
        return MARGIN + column * (self.thumbnail[0] + GAP), top + line * self.line


@dataclass(frozen=True, slots=True)
class SheetSegment:
    """A segment of the reel on the sheet.

    Attributes:
        cuts: its cuts, in order.
        top: where its heading starts.
        corners: of the cuts' cards, the upper left ones.
        bottom: where the next segment may start.
    """

    cuts: tuple[CutEntry, ...]
    top: int
    corners: tuple[tuple[int, int], ...]
    bottom: int

    @classmethod
    def of(cls, cuts: Sequence[CutEntry], grid: CardGrid, top: int) -> Self:
        """Place a segment below `top`."""
        corners = tuple(grid.corner(place, top + HEADING) for place in range(len(cuts)))
        return cls(tuple(cuts), top, corners, corners[-1][1] + grid.line)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A whole sheet: its segments below one another, and its height."""

    grid: CardGrid
    segments: tuple[SheetSegment, ...]
    height: int

    @classmethod
    def of(cls, reel: TimecodeList) -> Self:
        """The layout of a reel's sheet: as many columns as its longest segment has cuts."""
        rows = [list(cuts) for _, cuts in groupby(reel.cuts, key=lambda cut: cut.segment)]
        longest = max(len(cuts) for cuts in rows)
        grid = CardGrid.of(min(max(longest, _FEWEST_COLUMNS), _MOST_COLUMNS))
        segments: list[SheetSegment] = []
        bottom = HEAD + TIMELINE + GAP
        for cuts in rows:
            segments.append(SheetSegment.of(cuts, grid, bottom))
            bottom = segments[-1].bottom
        return cls(grid, tuple(segments), bottom + MARGIN - GAP)
