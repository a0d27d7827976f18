"""Long stretches of a timeline in little room: its overview, and the parts without findings."""

from __future__ import annotations

from sizzle.reports.colours import colour_of
from sizzle.reports.picture import ink
from sizzle.reports.picture.scene import DrawnTimeline, Scale
from sizzle.timecode import TimeRange

_TEXT = 320  # pixels for what a strip says, behind it


class Overview:
    """The whole timeline as one bar, the findings as ticks above it."""

    height = 64

    def __init__(self, scene: DrawnTimeline, end: int) -> None:
        self._scene = scene
        left = ink.MARGIN + ink.GUTTER
        self._scale = Scale(TimeRange(0, end), left, ink.WIDTH - ink.MARGIN - left)

    def draw(self, pen: ink.Pen, top: int) -> None:
        """Draw it from a height on."""
        pen.text((ink.MARGIN, top + 25), "all", ink.SMALL, ink.DIM)
        draw_bar(pen, self._scene, self._scale, (top + 16, top + 34))
        for finding in self._scene.findings:
            x = self._scale.x(finding.frame)
            pen.fill((x, top + 2, x + 2, top + 14), colour_of(finding).rgb)


class Strip:
    """A stretch that is not shown in detail: how it looks, and what is in it."""

    height = 40

    def __init__(self, scene: DrawnTimeline, frames: TimeRange) -> None:
        self._scene = scene
        left = ink.MARGIN + ink.GUTTER
        self._scale = Scale(frames, left, ink.WIDTH - ink.MARGIN - _TEXT - left)

    def draw(self, pen: ink.Pen, top: int) -> None:
        """Draw it from a height on."""
        draw_bar(pen, self._scene, self._scale, (top + 8, top + 18))
        beside = self._scale.left + self._scale.width + 16
        pen.text((beside, top + 13), self._says(), ink.SMALL, ink.DIM)

    def _says(self) -> str:
        frames = self._scale.frames
        items = len(self._scene.items_in(frames))
        findings = len(self._scene.findings_in(frames))
        summary = f"{findings:,} findings" if findings > 1 else "1 finding" if findings else "fine"
        start = self._scene.timeline.timecode(frames.start)
        return f"from {start}: {items:,} item{'s' if items != 1 else ''}, {summary}"


def draw_bar(pen: ink.Pen, scene: DrawnTimeline, scale: Scale, heights: tuple[int, int]) -> None:
    """All tracks as one bar: where an item stands, its title's colour."""
    top, bottom = heights
    pen.fill((scale.left, top, scale.left + scale.width, bottom), ink.LANE)
    for item in scene.items_in(scale.frames):
        left, right = scale.span(item.record)
        pen.fill((left, top, right, bottom), scene.colour(item))
