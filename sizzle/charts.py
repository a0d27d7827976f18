"""Charts as SVG: axes that place data, and the few shapes that every chart here is made of.

Each function returns a piece of SVG, and `svg` makes one drawing of them. Text is escaped here.
Pixels count from the top left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final, Literal

from sizzle.errors import InputError
from sizzle.files import write_text

COLOURS: Final = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
"""Paul Tol's bright scheme: series stay apart for the colour-blind too."""

_STEPS: Final = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600)
_MOST_TICKS: Final = 12


@dataclass(frozen=True, slots=True)
class Axes:
    """A rectangle in which data is drawn.

    Attributes:
        left: its left edge, in pixels as are the next three.
        top: its upper edge.
        width: its width.
        height: its height.
        x: the data at its left and its right edge.
        y: the data at its lower and its upper edge.
    """

    left: float
    top: float
    width: float
    height: float
    x: tuple[float, float] = (0.0, 1.0)
    y: tuple[float, float] = (0.0, 1.0)

    def pixel_x(self, x: float) -> float:
        """How far right a value is."""
        return self.left + _share(x, self.x) * self.width

    def pixel_y(self, y: float) -> float:
        """How far down a value is."""
        return self.top + (1 - _share(y, self.y)) * self.height

    def line(self, points: Iterable[tuple[float, float]], colour: str = COLOURS[0]) -> str:
        """A line through points."""
        return (
            f'<polyline points="{self._points(points)}" fill="none" stroke="{colour}" '
            'stroke-width="2"/>'
        )

    def area(self, points: Iterable[tuple[float, float]], colour: str = COLOURS[0]) -> str:
        """What lies between points, given from left to right, and the lower edge."""
        points = list(points)
        ends = [(points[0][0], self.y[0]), *points, (points[-1][0], self.y[0])]
        return f'<polygon points="{self._points(ends)}" fill="{colour}"/>'

    def band(self, points: Iterable[tuple[float, float, float]], colour: str = COLOURS[0]) -> str:
        """What lies between a low and a high value, at each place from left to right."""
        points = list(points)
        ends = [*((x, high) for x, _, high in points), *((x, low) for x, low, _ in points[::-1])]
        return (
            f'<polygon points="{self._points(ends)}" fill="{colour}" fill-opacity="0.25" '
            f'stroke="{colour}" stroke-opacity="0.5"/>'
        )

    def box(
        self, x: tuple[float, float], y: tuple[float, float], colour: str, title: str = ""
    ) -> str:
        """A filled box, at least a pixel wide. The title is shown to who points at it."""
        left, right = map(self.pixel_x, x)
        bottom, top = map(self.pixel_y, y)
        return (
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(1.0, right - left):.1f}" '
            f'height="{bottom - top:.1f}" fill="{colour}" shape-rendering="crispEdges">'
            f"{_title(title)}</rect>"
        )

    def dot(self, x: float, y: float, colour: str, title: str = "") -> str:
        """One value."""
        return (
            f'<circle cx="{self.pixel_x(x):.1f}" cy="{self.pixel_y(y):.1f}" r="3" '
            f'fill="{colour}">{_title(title)}</circle>'
        )

    def interval(self, x: float, y: tuple[float, float], colour: str) -> str:
        """An upright line from one value to another."""
        low, high = map(self.pixel_y, y)
        return f'<path d="M{self.pixel_x(x):.1f} {low:.1f}V{high:.1f}" stroke="{colour}"/>'

    def level(self, y: float, colour: str = "#999", *, dashed: bool = False) -> str:
        """A line across, at a value."""
        dashes = ' stroke-dasharray="4 4"' if dashed else ""
        return (
            f'<path d="M{self.left} {self.pixel_y(y):.1f}h{self.width}" stroke="{colour}"{dashes}/>'
        )

    def x_label(self, x: float, words: str) -> str:
        """Words below the axes, centred at a value."""
        return text(self.pixel_x(x), self.top + self.height + 16, words, anchor="middle")

    def y_label(self, y: float, words: str) -> str:
        """Words left of the axes, at a value."""
        return text(self.left - 6, self.pixel_y(y) + 4, words, anchor="end")

    def second_labels(self) -> Iterator[str]:
        """About ten labels below axes whose `x` is in seconds."""
        start, end = self.x
        step = next((step for step in _STEPS if (end - start) / step <= _MOST_TICKS), _STEPS[-1])
        for second in range(0, int(end) + 1, step):
            yield self.x_label(second, f"{second} s")

    def _points(self, points: Iterable[tuple[float, float]]) -> str:
        return " ".join(f"{self.pixel_x(x):.1f},{self.pixel_y(y):.1f}" for x, y in points)


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: Literal["start", "middle", "end"] = "start",
    size: int = 12,
    colour: str = "currentColor",
    title: str = "",
) -> str:
    """Words on a baseline at `y` pixels."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" '
        f'fill="{colour}">{escape(words)}{_title(title)}</text>'
    )


def svg(
    width: int, height: int, shapes: Iterable[str], *, background: str = "none", label: str = ""
) -> str:
    """A drawing of shapes, the first at the back; the label is for those who cannot see it."""
    labelled = f'aria-label="{escape(label)}" ' if label else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'{labelled}font-family="system-ui, sans-serif">'
        f'<rect width="{width}" height="{height}" fill="{background}"/>{"".join(shapes)}</svg>\n'
    )


def write_svg(path: Path, drawing: str) -> None:
    """Write a drawing, whole or not at all.

    Raises:
        InputError: the name does not end in `.svg`, or the file cannot be written.
    """
    if path.suffix.lower() != ".svg":
        raise InputError(
            "Charts are written as SVG.", where=str(path), fix="name the file with .svg at the end."
        )
    write_text(path, drawing)


def _share(value: float, ends: tuple[float, float]) -> float:
    """How far a value is between two ends; in the middle where both are the same."""
    start, end = ends
    return (value - start) / (end - start) if end != start else 0.5


def _title(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""
