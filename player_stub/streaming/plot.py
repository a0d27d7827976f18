"""A picture of how a reel played: the link, and each policy's buffers, stalls and sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from player_stub.streaming.metrics import Measures, Moment
from player_stub.streaming.simulation import Play
from player_stub.streaming.streamed_reel import StreamedReel
from player_stub.streaming.trace import Trace
from sizzle.files import replacing
from sizzle.reports.picture.ink import BACKGROUND, DIM, GRID, PANEL, TEXT, Rgb, face, legible

_WIDTH, _LEFT, _RIGHT = 1600, 150, 40
_HEAD, _LINK, _BUFFERS, _STRIP, _GAP = 96, 90, 120, 26, 44  # heights

_SPEED: Final = (86, 110, 150)
_VIDEO: Final = (74, 134, 232)
_MUSIC: Final = (240, 178, 76)
_STALL: Final = (210, 60, 70)
_WAITING: Final = (88, 92, 104)
_WORST, _BEST = (66, 72, 88), (98, 190, 128)


def draw(
    path: Path, reel: StreamedReel, trace: Trace, plays: Mapping[str, Play], title: str
) -> None:
    """Write a PNG of plays of a reel over a trace, whole or not at all.

    Raises:
        InputError: it cannot be written.
    """
    sheet = _Sheet.of(reel, plays)
    sheet.head(title, reel)
    sheet.link(trace)
    for number, (name, play) in enumerate(plays.items()):
        sheet.play(number, name, play)
    with replacing(path) as unfinished:
        sheet.image.save(unfinished, "PNG")


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The picture at work; times are in seconds since play was pressed."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    reel: StreamedReel
    seconds: float
    most: float

    @classmethod
    def of(cls, reel: StreamedReel, plays: Mapping[str, Play]) -> _Sheet:
        """With room for all plays on the same scales."""
        height = _HEAD + _LINK + _GAP + len(plays) * (_BUFFERS + _STRIP + _GAP) + 20
        image = Image.new("RGB", (_WIDTH, height), BACKGROUND)
        moments = [moment for play in plays.values() for moment in play.moments]
        most = max(max(each.video, each.music) for each in moments)
        last = max(each.time for each in moments)
        return cls(image, ImageDraw.Draw(image), reel, last, most)

    def x(self, time: float) -> float:
        """Where a time is."""
        return _LEFT + min(time / self.seconds, 1.0) * (_WIDTH - _LEFT - _RIGHT)

    def text(self, x: float, y: float, text: str, colour: Rgb = TEXT, size: int = 15) -> None:
        """Write; `y` is the line's middle."""
        self.pen.text((x, y), legible(text), fill=colour, font=face(size), anchor="lm")

    def head(self, title: str, reel: StreamedReel) -> None:
        """What it is, and what the colours say."""
        self.text(_LEFT, 32, title, size=24)
        x = float(_LEFT)
        keys = [("video ahead", _VIDEO), ("music ahead", _MUSIC)]
        keys += [("waiting to start", _WAITING), ("stalled", _STALL)]
        keys += [(rung.name, _shade(q)) for rung, q in zip(reel.rungs, reel.qualities, strict=True)]
        for name, colour in keys:
            self.pen.rectangle((x, 62, x + 14, 76), fill=colour)
            self.text(x + 20, 69, name, DIM, 14)
            x += 40 + face(14).getlength(name)

    def link(self, trace: Trace) -> None:
        """How much the link carries."""
        bottom, most = _HEAD + _LINK, max(period.bits for period in trace.periods)
        self._ground(_HEAD, bottom)
        for left in range(_LEFT, _WIDTH - _RIGHT):
            time = (left - _LEFT) / (_WIDTH - _LEFT - _RIGHT) * self.seconds
            high = trace.at(time).bits / most * _LINK
            self.pen.line((left, bottom - high, left, bottom), fill=_SPEED)
        self.text(20, _HEAD + 12, "link", size=17)
        self.text(20, _HEAD + 34, f"{most / 1e6:.1f} Mbit/s", DIM, 13)

    def play(self, number: int, name: str, play: Play) -> None:
        """One policy: its buffers over time, and below them what was shown."""
        top = _HEAD + _LINK + _GAP + number * (_BUFFERS + _STRIP + _GAP)
        self._ground(top, top + _BUFFERS)
        for one, other in pairwise(play.moments):
            self._span(top, one, other, started=one.time >= play.measures.start_up)
        for left, right, shade in self._shown(play):
            self.pen.rectangle(
                (left, top + _BUFFERS + 2, right, top + _BUFFERS + _STRIP), fill=shade
            )
        self.text(20, top + 12, name, size=17)
        for line, said in enumerate(_said(play.measures)):
            self.text(20, top + 36 + 18 * line, said, DIM, 13)

    def _ground(self, top: float, bottom: float) -> None:
        self.pen.rectangle((_LEFT, top, _WIDTH - _RIGHT, bottom), fill=PANEL)
        step = next(each for each in (1, 2, 5, 10, 20, 60, 600, 6000) if self.seconds / each < 25)
        for time in range(0, int(self.seconds) + 1, step):
            self.pen.line((self.x(time), top, self.x(time), bottom), fill=GRID)
            self.text(self.x(time) + 3, top - 9, f"{time} s", DIM, 11)

    def _span(self, top: int, one: Moment, other: Moment, *, started: bool) -> None:
        left, right, bottom = self.x(one.time), self.x(other.time), top + _BUFFERS
        if not one.playing:
            self.pen.rectangle((left, top, right, bottom), fill=_STALL if started else _WAITING)
        scale = _BUFFERS / max(self.most, 1e-9)
        passed = other.position - one.position
        self.pen.polygon(
            [
                (left, bottom),
                (left, bottom - one.video * scale),
                (right, bottom - max(0.0, one.video - passed) * scale),
                (right, bottom),
            ],
            fill=_VIDEO,
        )
        ends = (
            bottom - one.music * scale,
            bottom - max(0.0, one.music - passed) * scale,
        )
        self.pen.line((left, ends[0], right, ends[1]), fill=_MUSIC, width=2)

    def _shown(self, play: Play) -> Iterator[tuple[float, float, Rgb]]:
        """Left and right of each stretch that was shown, and its rung's shade."""
        shades = {
            rung.name: _shade(quality)
            for rung, quality in zip(self.reel.rungs, self.reel.qualities, strict=True)
        }
        fragment = float(self.reel.rungs[0].fragment)
        for one, other in pairwise(play.moments):
            position = one.position
            while position < other.position - 1e-9:
                slot = int(position / fragment + 1e-9)
                end = min((slot + 1) * fragment, other.position)
                left = self.x(one.time + position - one.position)
                right = self.x(one.time + end - one.position)
                yield left, right, shades[play.rungs[min(slot, len(play.rungs) - 1)]]
                position = end


def _said(measures: Measures) -> tuple[str, ...]:
    return (
        f"start {measures.start_up:.2f} s",
        f"{measures.stalls} stalls, {measures.stalled:.1f} s",
        f"quality {measures.quality:.2f}",
        f"wasted {measures.wasted / 1e3:.0f} KB",
    )


def _shade(quality: float) -> Rgb:
    red, green, blue = (
        round(worst + quality * (best - worst)) for worst, best in zip(_WORST, _BEST, strict=True)
    )
    return red, green, blue
