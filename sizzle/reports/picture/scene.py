"""What the picture shows, looked up once: each item's title and colour, and the findings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sizzle.layout import Finding, Item, ItemKind, Timeline
from sizzle.layout.timeline import LabelledClip
from sizzle.reports.picture.ink import GRID, Rgb, hue
from sizzle.timecode import TimeRange


@dataclass(frozen=True, slots=True)
class Scale:
    """How frames become pixels: some frames over some width, from an edge on."""

    frames: TimeRange
    left: int
    width: int

    def x(self, frame: int) -> int:
        """Where a frame starts, held inside the scale."""
        inside = min(max(frame, self.frames.start), self.frames.end) - self.frames.start
        return self.left + inside * self.width // max(1, self.frames.duration)

    def span(self, frames: TimeRange) -> tuple[int, int]:
        """The left and right edge of some frames; never less than a pixel apart."""
        left, right = self.x(frames.start), self.x(frames.end)
        return left, max(right, left + 1)


class DrawnTimeline:
    """A timeline and its findings, in timeline order."""

    def __init__(
        self, timeline: Timeline, clips: Sequence[LabelledClip], findings: Sequence[Finding]
    ) -> None:
        self.timeline = timeline
        self.findings = findings
        self.labels = {(clip.item.track, clip.item.record): clip.key for clip in clips}
        # A transition lies over the items that it joins, so it is drawn after them.
        self._items = sorted(timeline.items, key=lambda item: item.kind is ItemKind.TRANSITION)
        owners = dict.fromkeys(self.owner(item) for item in timeline.items)
        self._colours = {owner: hue(position) for position, owner in enumerate(owners)}

    def owner(self, item: Item) -> str:
        """The title that an item belongs to, or the item's own name where it has no key."""
        key = self.labels.get((item.track, item.record))
        return key.title_id if key else item.name

    def number(self, item: Item) -> str:
        """The number of a clip within its title; empty where it has no key."""
        key = self.labels.get((item.track, item.record))
        return str(key.number) if key else ""

    def colour(self, item: Item) -> Rgb:
        """The colour of the item's title."""
        return GRID if item.kind is ItemKind.TRANSITION else self._colours[self.owner(item)]

    def items_in(self, frames: TimeRange) -> list[Item]:
        """The items that show in some frames, in the order in which they are drawn."""
        return [item for item in self._items if item.record.overlaps(frames)]

    def findings_in(self, frames: TimeRange) -> list[Finding]:
        """The findings that are in some frames."""
        return [finding for finding in self.findings if frames.start <= finding.frame < frames.end]
