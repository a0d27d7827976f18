"""A timeline's shape on the page: places in per cent of its width, so that it zooms by being wider.

pins       one for each finding
ruler      timecodes, and the sequence's markers
lanes      a track each, V1 at the bottom
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sizzle.ingest import Inspection
from sizzle.ingest_jobs.printable import encodable
from sizzle.layout import Finding, Item, ItemKind, Timeline
from sizzle.reports.picture.scene import DrawnTimeline

HUES = 10
LEVELS = 8
"""How many times the ruler gets twice as many timecodes, from two on."""
MOST_PINS = 2000

_PINS = 18  # pixels
_RULER = 22
_FINEST = 3000  # bars in a width: thinner ones are drawn together
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800)


@dataclass(frozen=True, slots=True)
class Tick:
    """A timecode on the ruler; the finer its level, the wider the timeline that has room for it."""

    x: float
    label: str
    level: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A marker of the sequence."""

    x: float
    title: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A track."""

    name: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """An item, or many thin ones; `frame` is its first."""

    x: float
    width: float
    y: int
    height: int
    frame: int
    label: str
    title: str
    classes: str


@dataclass(frozen=True, slots=True)
class FindingPin:
    """A finding, by its number in the table."""

    x: float
    number: int
    severity: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All of it."""

    frames: int
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    bars: tuple[TimelineBar, ...]
    pins: tuple[FindingPin, ...]

    @property
    def ruler(self) -> int:
        """Where the ruler ends, in pixels from the top."""
        return _PINS + _RULER

    @property
    def height(self) -> int:
        """In pixels."""
        return self.ruler + sum(lane.height + 2 for lane in self.lanes)


def draw(inspection: Inspection) -> Drawing:
    """The shape of a timeline and its findings."""
    timeline, findings = inspection.timeline, inspection.findings
    frames = max(timeline.duration, *(finding.frame + 1 for finding in findings), 1)
    lanes = tuple(_lanes(timeline))
    scene = DrawnTimeline(timeline, inspection.checked.clips, findings)
    return Drawing(
        frames,
        lanes,
        tuple(_ticks(timeline, frames)),
        tuple(_marks(timeline, frames)),
        tuple(_bars(scene, lanes, frames)),
        tuple(_pins(findings, frames)),
    )


def _lanes(timeline: Timeline) -> Iterator[Lane]:
    tracks = sorted({1, *(item.track for item in timeline.items)}, reverse=True)
    height = 44 if len(tracks) <= 2 else 28 if len(tracks) <= 5 else 16
    for position, track in enumerate(tracks):
        yield Lane(f"V{track}", _PINS + _RULER + position * (height + 2), height)


def _ticks(timeline: Timeline, frames: int) -> Iterator[Tick]:
    """Each at the first level that has it."""
    seen: set[int] = set()
    for level in range(LEVELS):
        step = _step(timeline.rate.timebase, frames // (2 << level))
        for frame in range(-timeline.start % step, frames, step):
            if frame not in seen:
                seen.add(frame)
                yield Tick(_share(frame, frames), timeline.timecode(frame), level)


def _step(second: int, least: int) -> int:
    """Whole seconds, in frames."""
    return next((seconds * second for seconds in _SECONDS if seconds * second >= least), least)


def _marks(timeline: Timeline, frames: int) -> Iterator[Mark]:
    for marker in timeline.markers:
        if 0 <= marker.frame < frames:
            title = f"{marker.name}\n{timeline.timecode(marker.frame)}"
            yield Mark(_share(marker.frame, frames), encodable(title))


def _bars(scene: DrawnTimeline, lanes: Sequence[Lane], frames: int) -> Iterator[TimelineBar]:
    owners = dict.fromkeys(scene.owner(item) for item in scene.timeline.items)
    hues = {owner: position % HUES for position, owner in enumerate(owners)}
    items = sorted(scene.timeline.items, key=lambda item: item.kind is ItemKind.TRANSITION)
    for lane in lanes:
        drawn = -1
        for item in items:
            thin = item.record.duration * _FINEST < frames
            if f"V{item.track}" != lane.name or (thin and item.record.end <= drawn):
                continue
            if thin:  # stands for all that would be drawn on the same pixels
                drawn = item.record.start + frames // _FINEST
            yield _bar(scene, item, lane, hues[scene.owner(item)], frames)


def _bar(scene: DrawnTimeline, item: Item, lane: Lane, hue: int, frames: int) -> TimelineBar:
    classes = [f"hue{hue}", item.kind.value.split()[0]]
    if not item.enabled:
        classes.append("disabled")
    number, owner = scene.number(item), scene.owner(item)
    timeline = scene.timeline
    title = (
        f"{item.name}{f' ({owner}-clip-{number})' if number else ''}\n"
        f"{timeline.timecode(item.record.start)}, {item.record.duration} frames\n{item.kind}"
    )
    return TimelineBar(
        x=_share(item.record.start, frames),
        width=max(_share(item.record.duration, frames), 100 / _FINEST),
        y=lane.y,
        height=lane.height,
        frame=item.record.start,
        label=encodable(f"{number} {item.name}" if number else item.name),
        title=encodable(title),
        classes=" ".join(classes),
    )


def _pins(findings: Sequence[Finding], frames: int) -> Iterator[FindingPin]:
    for number, finding in enumerate(findings[:MOST_PINS], start=1):
        title = f"{finding.timecode} {finding.rule}: {finding.found}"
        yield FindingPin(
            _share(finding.frame, frames), number, finding.severity.value, encodable(title)
        )


def _share(part: int, whole: int) -> float:
    """Per cent, to a thousandth: a pixel of a timeline that is 100,000 wide."""
    return round(100 * part / whole, 3)
