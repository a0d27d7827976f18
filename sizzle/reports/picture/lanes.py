"""A row of the timeline in detail: flags, a ruler, and a lane for each track."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from sizzle.layout import Item, ItemKind, Timeline
from sizzle.reports.colours import colour_of
from sizzle.reports.picture import ink
from sizzle.reports.picture.flags import LEVEL, Flag, FlaggedFinding, placed
from sizzle.reports.picture.plan import Numbered
from sizzle.reports.picture.scene import DrawnTimeline, Scale
from sizzle.timecode import TimeRange

_RULER = 26
_NAMES = 24
_BELOW = 20
_TICK_APART = 150  # pixels: a timecode and some air
_HOUR = 3600
_TICK_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)  # beyond, whole hours
_NAMED = 70  # pixels from which an item without a number shows its name


class DetailRow:
    """One row; its height follows from its flags and tracks."""

    def __init__(
        self, scene: DrawnTimeline, frames: TimeRange, numbered: Sequence[Numbered]
    ) -> None:
        left = ink.MARGIN + ink.GUTTER
        self.frames = frames
        self._scene = scene
        self._scale = Scale(frames, left, ink.WIDTH - ink.MARGIN - left)
        self._items = scene.items_in(frames)
        self._tracks = sorted({1, *(item.track for item in self._items)}, reverse=True)
        self._numbered = [
            each for each in numbered if frames.start <= each.finding.frame < frames.end
        ]
        self._flags = placed(self._pins(), left, ink.WIDTH - ink.MARGIN)
        self._flagged = LEVEL * (1 + max((flag.level for flag in self._flags), default=-1))

    @property
    def height(self) -> int:
        """In pixels, with the air below."""
        names = _NAMES if any(map(self._scene.number, self._items)) else 0
        return self._flagged + _RULER + self._lane * len(self._tracks) + names + _BELOW

    @property
    def _lane(self) -> int:
        """Height of a lane: the more tracks, the lower."""
        return 44 if len(self._tracks) <= 2 else 28 if len(self._tracks) <= 5 else 18

    def draw(self, pen: ink.Pen, top: int) -> None:
        """Draw it from a height on."""
        ruler = top + self._flagged
        lanes = ruler + _RULER
        for position, track in enumerate(self._tracks):
            self._draw_lane(pen, track, lanes + position * self._lane)
        bottom = lanes + len(self._tracks) * self._lane
        self._draw_names(pen, bottom)
        # Lines first: they pass behind timecodes, and behind the flags of a lower level.
        for flag in self._flags:
            for pin in flag.pins:
                pen.fill((pin.x, _top(flag, ruler), pin.x + 2, bottom), pin.colour)
        self._draw_ruler(pen, ruler)
        for flag in self._flags:
            top = _top(flag, ruler)
            box = (flag.left, top, flag.right, top + LEVEL - 4)
            pen.chip(box, flag.text, flag.pins[0].colour)

    def _pins(self) -> Iterator[FlaggedFinding]:
        for each in self._numbered:
            x = self._scale.x(each.finding.frame)
            yield FlaggedFinding(x, each.number, colour_of(each.finding).rgb)

    def _draw_ruler(self, pen: ink.Pen, top: int) -> None:
        bottom = top + _RULER
        pen.line((self._scale.left, bottom - 1), (ink.WIDTH - ink.MARGIN, bottom - 1), ink.GRID)
        for frame in ticks(self._scene.timeline, self._scale):
            x = self._scale.x(frame)
            pen.line((x, bottom - 8), (x, bottom), ink.GRID)
            if x + _TICK_APART * 2 // 3 < ink.WIDTH - ink.MARGIN:
                timecode = self._scene.timeline.timecode(frame)
                pen.text((x + 5, top + _RULER // 2 - 1), timecode, ink.SMALL, ink.DIM)
        for marker in self._scene.timeline.markers:
            if self._scale.frames.start <= marker.frame < self._scale.frames.end:
                pen.triangle((self._scale.x(marker.frame), bottom - 1), 3, ink.DIM)

    def _draw_lane(self, pen: ink.Pen, track: int, top: int) -> None:
        bottom = top + self._lane - 2
        middle = (top + bottom) // 2
        pen.text((ink.MARGIN, middle), f"V{track}", ink.SMALL, ink.DIM)
        pen.fill((self._scale.left, top, ink.WIDTH - ink.MARGIN, bottom), ink.LANE)
        for item in self._items:
            if item.track == track:
                left, right = self._scale.span(item.record)
                self._draw_item(pen, item, (left, top, max(left + 1, right - 1), bottom))

    def _draw_item(self, pen: ink.Pen, item: Item, box: ink.Box) -> None:
        colour = self._scene.colour(item)
        if not item.enabled:
            colour = ink.mixed(colour, ink.LANE, 0.75)
        pen.fill(box, colour, radius=3)
        if item.kind is not ItemKind.CLIP:
            pen.outline(box, ink.DIM, 1)
        if item.kind is ItemKind.TRANSITION:
            pen.line((box[0], box[3] - 1), (box[2], box[1]), ink.TEXT)
        else:
            self._draw_label(pen, item, box)

    def _draw_label(self, pen: ink.Pen, item: Item, box: ink.Box) -> None:
        left, top, right, bottom = box
        label = self._scene.number(item)
        if not label and right - left >= _NAMED:
            label = ink.fitted(ink.legible(item.name), ink.SMALL, right - left - 12)
        if label and ink.width_of(label, ink.SMALL) + 6 <= right - left:
            shade = ink.TEXT if item.enabled else ink.DIM
            pen.centred(((left + right) // 2, (top + bottom) // 2), label, ink.SMALL, shade)

    def _draw_names(self, pen: ink.Pen, top: int) -> None:
        """Under the clips of each title, its name."""
        clips = [item for item in self._items if self._scene.number(item)]
        for owner, run in groupby(clips, key=self._scene.owner):
            group = list(run)
            left, right = self._scale.span(TimeRange(group[0].record.start, group[-1].record.end))
            pen.fill(
                (left, top + 2, max(left + 1, right - 1), top + 5), self._scene.colour(group[0])
            )
            name = ink.fitted(ink.legible(owner), ink.SMALL, right - left - 6)
            pen.text((left + 2, top + 15), name, ink.SMALL, ink.DIM)


def _top(flag: Flag, ruler: int) -> int:
    """Where a flag's box starts, above the ruler."""
    return ruler - LEVEL * (flag.level + 1)


def ticks(timeline: Timeline, scale: Scale) -> range:
    """The frames that the ruler names: whole seconds of the timecode, far enough apart to read."""
    second = timeline.rate.timebase
    frames = scale.frames
    least = _TICK_APART * frames.duration // scale.width
    hours = _HOUR * -(-least // (_HOUR * second))
    step = second * next((each for each in _TICK_SECONDS if each * second >= least), hours)
    if frames.duration < second:
        step = max(1, frames.duration // 4)
    return range(frames.start + -(timeline.start + frames.start) % step, frames.end, step)
