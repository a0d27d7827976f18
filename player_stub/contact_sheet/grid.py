"""The layout of a contact sheet (pure). All lengths are pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from sizzle.reel.timecode_list import CutEntry, TimecodeList

WIDTH, MARGIN, GAP = 1640, 40, 18
# Heights: the sheet's header, the timeline below it, a segment's heading, a card's caption.
HEAD, TIMELINE, HEADING, CAPTION = 104, 34, 64, 84

_FEWEST_COLUMNS, _MOST_COLUMNS = 4, 8


@dataclass(frozen=True, slots=True)
class CardGrid:
    """The columns and sizes that all cards share.

    Attributes:
        columns: cards side by side.
        thumbnail: width and height of a picture, 16:9.
    """

    columns: int
    thumbnail: tuple[int, int]

    @classmethod
    def of(cls, columns: int) -> Self:
        """The widest cards that fit into so many columns."""
        width = (WIDTH - 2 * MARGIN - (columns - 1) * GAP) // columns
        return cls(columns, (width, width * 9 // 16))

    @property
    def line(self) -> int:
        """Height of a line of cards, with the gap below it."""
        return self.thumbnail[1] + CAPTION + GAP

    def corner(self, index: int, top: int) -> tuple[int, int]:
        """The upper left corner of a card, by its index in a segment that starts at `top`."""
        line, column = divmod(index, self.columns)
        return MARGIN + column * (self.thumbnail[0] + GAP), top + line * self.line


@dataclass(frozen=True, slots=True)
class SheetSegment:
    """A segment of the reel on the sheet.

    Attributes:
        cuts: its cuts, in order.
        top: where its heading starts.
        corners: the upper left corner of each cut's card.
        bottom: where the next segment may start.
    """

    cuts: tuple[CutEntry, ...]
    top: int
    corners: tuple[tuple[int, int], ...]
    bottom: int

    @classmethod
    def of(cls, cuts: Sequence[CutEntry], grid: CardGrid, top: int) -> Self:
        """Lay out a segment from `top` down."""
        corners = tuple(grid.corner(index, top + HEADING) for index in range(len(cuts)))
        return cls(tuple(cuts), top, corners, corners[-1][1] + grid.line)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A whole sheet: its segments from top to bottom, and its height."""

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
