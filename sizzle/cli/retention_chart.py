"""Retention curves: of the reels that started, the share still watched when each cut begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from sizzle.charts import COLOURS, Axes, svg, text
from sizzle.engagement.report import CutRow
from sizzle.errors import InputError

_WIDTH: Final = 960
_LEFT: Final = 60
_PLOT: Final = 300  # pixels of height
_LINE: Final = 20  # pixels of a line of the legend, and of a strip of cuts
_GREY: Final = "#888888"  # shows on light and on dark
_LETTER: Final = 12  # pixels below which a cut has no room for its letter

Curve = Sequence[CutRow]
"""The cuts of one cadence, in playing order."""


def retention_chart(cuts: Sequence[CutRow]) -> str:
    """Retention curves as SVG, a colour for each cadence, over the cuts of each.

    Args:
        cuts: of a report, cadence by cadence.

    Raises:
        InputError: no reel was started, or there are more cadences than colours.
    """
    curves = [curve for curve in _curves(cuts) if curve[0].started]
    if not curves:
        raise InputError(
            "There is no curve to draw: no reel of this selection was started.",
            fix="choose another period or asset, or see that devices send events.",
        )
    if len(curves) > len(COLOURS):
        raise InputError(
            f"{len(curves)} cadences are too many for one picture.",
            fix=f"choose at most {len(COLOURS)}, by --asset or --cadence.",
        )
    top = 40 + _LINE * len(curves)
    seconds = max(curve[-1].end_seconds for curve in curves)
    axes = Axes(_LEFT, top, _WIDTH - _LEFT - 30, _PLOT, x=(0.0, seconds))
    shapes = [*_frame(axes)]
    for number, (curve, colour) in enumerate(zip(curves, COLOURS, strict=False)):
        shapes += [*_legend(curve, colour, number), *_line(axes, curve, colour)]
        shapes += _strip(axes, curve, colour, number)
    return svg(_WIDTH, top + _PLOT + 40 + _LINE * len(curves), shapes)


def _frame(axes: Axes) -> Iterator[str]:
    yield text(_LEFT, 22, "Still watching when each cut begins, of the reels that started", size=15)
    for fifth in range(6):
        yield axes.level(fifth / 5, _GREY, dashed=fifth > 0)
        yield axes.y_label(fifth / 5, f"{fifth * 20} %")
    yield from axes.second_labels()


def _legend(curve: Curve, colour: str, number: int) -> Iterator[str]:
    first = curve[0]
    y = 44 + _LINE * number
    yield f'<rect x="{_LEFT}" y="{y - 10}" width="12" height="12" fill="{colour}"/>'
    to_end = f"{first.completed / first.started:.1%} to the end"
    words = f"{first.cadence} of {first.asset_id}: {first.started:,} started, {to_end}"
    yield text(_LEFT + 18, y, words)


def _line(axes: Axes, curve: Curve, colour: str) -> Iterator[str]:
    first, last = curve[0], curve[-1]
    points = [(row.start_seconds, row.reached / first.started) for row in curve]
    points.append((last.end_seconds, first.completed / first.started))
    yield axes.line(points, colour)
    for row, (seconds, share) in zip(curve, points, strict=False):
        words = f"cut {row.cut}, {row.slot}: {row.reached} of {first.started}, {row.left} left"
        yield axes.dot(seconds, share, colour, words)
    yield axes.dot(*points[-1], colour, f"the end: {first.completed} of {first.started}")


def _strip(axes: Axes, curve: Curve, colour: str, number: int) -> Iterator[str]:
    """The cuts below the axis, each with the letter of its rank where there is room."""
    top = axes.top + axes.height + 28 + _LINE * number
    strip = Axes(axes.left, top, axes.width, _LINE - 4, x=axes.x)
    for row in curve:
        ends = row.start_seconds, row.end_seconds
        yield strip.box(ends, (0.0, 1.0), f"{colour}{'66' if row.cut % 2 else '33'}", row.slot)
        if strip.pixel_x(ends[1]) - strip.pixel_x(ends[0]) >= _LETTER:
            middle = strip.pixel_x(sum(ends) / 2)
            yield text(middle, top + 12, row.slot[0], anchor="middle", size=11)


def _curves(cuts: Sequence[CutRow]) -> Iterator[Curve]:
    """The cuts of each cadence."""
    ends = [*[number for number, row in enumerate(cuts) if row.cut == 1][1:], len(cuts)]
    start = 0
    for end in filter(None, ends):
        yield cuts[start:end]
        start = end
