"""A row of the timeline in detail: flags, a ruler, and a lane for each track."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TypeAlias

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
# The plate it stands on, the text, and the colours of both.
_Label: TypeAlias = tuple[ink.Box, str, ink.Rgb, ink.Rgb]

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
        # Lines first: they pass behind timecodes and labels, and behind the flags of a lower level.
        for flag in self._flags:
            for pin in flag.pins:
                pen.fill((pin.x, _top(flag, ruler), pin.x + 2, bottom), pin.colour)
        self._draw_ruler(pen, ruler)
        for plate, text, colour, shade in (*self._timecodes(ruler), *self._labels(lanes)):
            left, upper, right, lower = plate
            pen.fill(plate, colour)
            pen.centred(((left + right) // 2, (upper + lower) // 2), text, ink.SMALL, shade)
        for flag in self._flags:
            top = _top(flag, ruler)
            box = (flag.left, top, flag.right, top + LEVEL - 4)
            pen.chip(box, flag.text, flag.pins[0].colour)

    def plates(self, top: int) -> list[ink.Box]:
        """Where timecodes and labels stand, on plates that hide the lines of flags behind them."""
        ruler = top + self._flagged
        return [plate for plate, *_ in (*self._timecodes(ruler), *self._labels(ruler + _RULER))]

    def _pins(self) -> Iterator[FlaggedFinding]:
        for numbered in self._numbered:
            x = self._scale.x(numbered.finding.frame)
            yield FlaggedFinding(x, numbered.number, colour_of(numbered.finding).rgb)

    def _draw_ruler(self, pen: ink.Pen, top: int) -> None:
        bottom = top + _RULER
        pen.line((self._scale.left, bottom - 1), (ink.WIDTH - ink.MARGIN, bottom - 1), ink.GRID)
        for frame in ticks(self._scene.timeline, self._scale):
            x = self._scale.x(frame)
            pen.line((x, bottom - 8), (x, bottom), ink.GRID)
        for marker in self._scene.timeline.markers:
            if self._scale.frames.start <= marker.frame < self._scale.frames.end:
                pen.triangle((self._scale.x(marker.frame), bottom - 1), 3, ink.DIM)

    def _timecodes(self, top: int) -> Iterator[_Label]:
        """Those of the ruler, right of their ticks."""
        for frame in ticks(self._scene.timeline, self._scale):
            x = self._scale.x(frame)
            if x + _TICK_APART * 2 // 3 < ink.WIDTH - ink.MARGIN:
                timecode = self._scene.timeline.timecode(frame)
                right = x + 7 + ink.width_of(timecode, ink.SMALL)
                yield (x + 3, top + 3, right, top + _RULER - 5), timecode, ink.BACKGROUND, ink.DIM

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
        pen.fill(box, self._colour(item), radius=3)
        if item.kind is not ItemKind.CLIP:
            pen.outline(box, ink.DIM, 1)
        if item.kind is ItemKind.TRANSITION:
            pen.line((box[0], box[3] - 1), (box[2], box[1]), ink.TEXT)

    def _labels(self, lanes: int) -> Iterator[_Label]:
        """The number or name in the middle of each item that has room for it."""
        for item in self._items:
            if item.kind is ItemKind.TRANSITION:
                continue
            label, width = self._label(item)
            left, right = self._scale.span(item.record)
            if label and width + 6 <= right - 1 - left:
                top = lanes + self._tracks.index(item.track) * self._lane
                x, y = (left + right - 1) // 2, (2 * top + self._lane - 2) // 2
                plate = (x - width // 2 - 2, y - 8, x + width // 2 + 3, y + 8)
                shade = ink.TEXT if item.enabled else ink.DIM
                yield plate, label, self._colour(item), shade

    def _label(self, item: Item) -> tuple[str, int]:
        """What an item is called, and how wide that is."""
        left, right = self._scale.span(item.record)
        label = self._scene.number(item)
        if not label and right - 1 - left >= _NAMED:
            label = ink.fitted(ink.legible(item.name), ink.SMALL, right - left - 13)
        return label, ink.width_of(label, ink.SMALL)

    def _colour(self, item: Item) -> ink.Rgb:
        colour = self._scene.colour(item)
        return colour if item.enabled else ink.mixed(colour, ink.LANE, 0.75)

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
    step = second * next((tick for tick in _TICK_SECONDS if tick * second >= least), hours)
    if frames.duration < second:
        step = max(1, frames.duration // 4)
    return range(frames.start + -(timeline.start + frames.start) % step, frames.end, step)
