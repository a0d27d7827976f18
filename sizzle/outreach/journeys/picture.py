"""A journey as a picture: its steps, the ways between them, and how many members stand where.

The SVG has no style of its own, so that pages with a strict policy may embed it: it takes the
colour of the text around it, light or dark. `step_rows` says the same as a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from sizzle.outreach.journeys.graph import ways_of
from sizzle.outreach.journeys.layout import Layout, laid_out
from sizzle.outreach.journeys.model import Journey, edges
from sizzle.outreach.journeys.words import COMPLETED, step_rows, trigger_text

_WIDTH: Final = 224  # of a box, in pixels as all here
_HEIGHT: Final = 58
_GAP: Final = 28
_BELOW: Final = 46
_PASS: Final = 16  # of the place where a way passes a row
_EDGE: Final = 24
_TITLE: Final = 34
_LETTERS: Final = 30  # of a line in a box
_START: Final = "\n"  # as no step is called
_END: Final = ""

_Points = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class _Box:
    """What a box says."""

    title: str
    text: str
    whole: str
    standing: int


def picture(
    journey: Journey,
    standing: Mapping[str, int],
    outcomes: Mapping[str, int],
    *,
    on_white: bool = False,
) -> str:
    """A journey as SVG.

    Args:
        journey: of which.
        standing: how many runs stand where, by step.
        outcomes: how many have ended, by the reason.
        on_white: whether it is a file of its own, with a background, and no part of a page.
    """
    boxes = _boxes(journey, standing, outcomes)
    layout = laid_out(_ways(journey), _START, _END)
    points, width, height = _points(layout)
    height += _TITLE
    inside = sum(standing.values())
    label = f"Journey {journey.journey_id}: {inside} inside; {_ended(outcomes)}."
    parts = [
        *(_way(layout, points, label) for label in _labelled_ways(journey)),
        *(_box(boxes[name], *points[name]) for name in boxes if name in points),
        _text(_EDGE, height - _EDGE + 8, _cut(_ended(outcomes), round(width / 7)), anchor="start"),
    ]
    ground = f'<rect width="{width}" height="{height}" fill="#fff"/>' if on_white else ""
    colour = ' color="#1c1c1e"' if on_white else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-label="{_escaped(label)}" font-size="13" '
        f'font-family="system-ui, sans-serif"{colour}>{ground}{"".join(parts)}</svg>'
    )


def _ways(journey: Journey) -> dict[str, list[str]]:
    """The ways between boxes, with the start and the end as boxes of their own."""
    first = journey.steps[0].id
    ways = {_START: [first], **ways_of(journey), _END: []}
    for step in journey.steps:
        if any(not edge.target for edge in edges(step)):
            ways[step.id] = [*ways[step.id], _END]
    return {one: list(dict.fromkeys(targets)) for one, targets in ways.items()}


def _labelled_ways(journey: Journey) -> Iterator[tuple[str, str, str]]:
    """Each way with its label; several between the same two boxes are one."""
    yield _START, journey.steps[0].id, ""
    known = {step.id for step in journey.steps} | {_END}
    for step in journey.steps:
        labels: dict[str, list[str]] = {}
        for edge in edges(step):
            if edge.target in known:
                labels.setdefault(edge.target, []).append(edge.label)
        for target, some in labels.items():
            yield step.id, target, _cut(", ".join(filter(None, some)), 22)


def _boxes(
    journey: Journey, standing: Mapping[str, int], outcomes: Mapping[str, int]
) -> dict[str, _Box]:
    start = trigger_text(journey.trigger)
    found = {_START: _Box("Start", _cut(start, _LETTERS), start, 0)}
    for row in step_rows(journey, standing):
        name = row.name or row.step
        whole = f"{row.step}: {name}: {row.what}" if row.name else f"{row.step}: {row.what}"
        found[row.step] = _Box(
            _cut(name, _LETTERS - 6), _cut(row.what, _LETTERS), whole, row.standing
        )
    done = outcomes.get(COMPLETED, 0)
    found[_END] = _Box("Completed", f"{done} so far", f"completed: {done}", 0)
    return found


def _points(layout: Layout) -> tuple[_Points, int, int]:
    """The middle of the upper edge of each place, and the size of all."""
    widths = [sum(map(_width, row)) + _GAP * (len(row) - 1) for row in layout.rows]
    # Ways back go up at the right.
    whole = max(widths) + 2 * _EDGE + (2 * _EDGE if layout.back else 0)
    points: dict[str, tuple[float, float]] = {}
    for number, (row, width) in enumerate(zip(layout.rows, widths, strict=True)):
        x = (max(widths) - width) / 2 + _EDGE
        for place in row:
            points[place] = x + _width(place) / 2, _EDGE + number * (_HEIGHT + _BELOW)
            x += _width(place) + _GAP
    return points, whole, 2 * _EDGE + len(layout.rows) * (_HEIGHT + _BELOW) - _BELOW


def _width(place: str) -> int:
    return _PASS if place.startswith(" ") else _WIDTH


def _way(layout: Layout, points: _Points, way: tuple[str, str, str]) -> str:
    one, to, label = way
    if (one, to) in layout.back:
        return _way_back(points, one, to, label)
    if (one, to) not in layout.paths:
        return ""
    path = layout.paths[one, to]
    x, y = points[path[0]]
    shape = f"M{x:.0f} {y + _HEIGHT:.0f}"
    y += _HEIGHT
    for place in path[1:]:
        next_x, next_y = points[place]
        half = (next_y - y) / 2
        shape += f"C{x:.0f} {y + half:.0f} {next_x:.0f} {next_y - half:.0f} "
        shape += f"{next_x:.0f} {next_y:.0f}"
        x, y = next_x, next_y
        if place != to:
            y += _HEIGHT
            shape += f"V{y:.0f}"
    arrow = f"M{x - 4:.0f} {y - 7:.0f}l4 7l4 -7"
    return _line(shape) + _line(arrow) + _way_label(points, path, label)


def _way_label(points: _Points, path: list[str], label: str) -> str:
    (x, y), (to_x, _) = points[path[0]], points[path[1]]
    side, anchor = (-12, "end") if to_x < x else (12, "start")
    return _text(x + side, y + _HEIGHT + 15, label, anchor=anchor) if label else ""


def _way_back(points: _Points, one: str, to: str, label: str) -> str:
    (x, y), (to_x, to_y) = points[one], points[to]
    right = max(point[0] for point in points.values()) + _WIDTH / 2 + _EDGE
    x, to_x = x + _WIDTH / 2, to_x + _WIDTH / 2
    y, to_y = y + _HEIGHT / 2, to_y + _HEIGHT / 2
    shape = f"M{x:.0f} {y:.0f}C{right:.0f} {y:.0f} {right:.0f} {to_y:.0f} {to_x:.0f} {to_y:.0f}"
    arrow = f"M{to_x + 7:.0f} {to_y - 4:.0f}l-7 4l7 4"
    words = _text(x + 6, y - 6, label, anchor="start") if label else ""
    return _line(shape, dashed=True) + _line(arrow) + words


def _line(shape: str, *, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    return f'<path d="{shape}" fill="none" stroke="currentColor" stroke-opacity=".55"{dashes}/>'


def _box(box: _Box, x: float, y: float) -> str:
    left = x - _WIDTH / 2
    parts = [
        f'<rect x="{left:.0f}" y="{y:.0f}" width="{_WIDTH}" height="{_HEIGHT}" rx="9" '
        'fill="currentColor" fill-opacity=".06" stroke="currentColor" stroke-opacity=".35"/>',
        _text(left + 12, y + 24, box.title, anchor="start", bold=True),
        _text(left + 12, y + 44, box.text, anchor="start"),
    ]
    if box.standing:
        right = left + _WIDTH - 12
        parts.append(_text(right, y + 24, f"{box.standing:,}", anchor="end", bold=True))
    return f"<g><title>{_escaped(box.whole)}</title>{''.join(parts)}</g>"


def _text(x: float, y: float, words: str, *, anchor: str = "middle", bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="currentColor"{weight}>'
        f"{_escaped(words)}</text>"
    )


def _ended(outcomes: Mapping[str, int]) -> str:
    known: Iterable[tuple[str, int]] = sorted(outcomes.items())
    ended = ", ".join(f"{count:,} {name}" for name, count in known if count)
    return f"ended: {ended}" if ended else "nobody has ended"


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else f"{words[: letters - 1]}\u2026"


def _escaped(words: str) -> str:
    """Text for XML, which has no control characters."""
    return escape("".join(letter if letter >= " " else " " for letter in words))
