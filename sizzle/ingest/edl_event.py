"""An event of an EDL, and the comments that follow it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from sizzle.ingest.generated import is_generated_name
from sizzle.layout import Item, ItemKind
from sizzle.timecode import FrameRate, TimeRange

BLACK_REELS = {"BL", "BLK", "BLACK"}
# The reel of whatever has no tape: many files share it.
_ANY_FILE = {"AX", "AUX"}
_SPEED = re.compile(r"M2\s+(?P<reel>\S.*?)\s+(?P<speed>-?\d{1,5}(?:\.\d{1,6})?)\s+\S+", re.ASCII)
_FROM = re.compile(r"\*?\s*FROM CLIP NAME:\s*(?P<text>.*)", re.IGNORECASE)
_TO = re.compile(r"\*?\s*TO CLIP NAME:\s*(?P<text>.*)", re.IGNORECASE)
_FILE = re.compile(r"\*?\s*SOURCE FILE(?: NAME| PATH)?:\s*(?P<text>.*)", re.IGNORECASE)
_ROUNDED = Fraction(1, 20)  # frames a second, to which a speed is written
_COMMENTS = (_SPEED, _FROM, _TO, _FILE)


def is_comment(line: str) -> bool:
    """Whether a line says something of the event before it."""
    return any(pattern.match(line) for pattern in _COMMENTS)


@dataclass(slots=True)
class Event:
    """An event of video with its comments.

    Attributes:
        item: without its name and media until all comments are read.
        transition: its frames, 0 for a cut.
        clip_name: of its own clip.
        outgoing_name: of the clip before its transition.
        file: the name of its file.
    """

    item: Item
    transition: int = 0
    clip_name: str = ""
    outgoing_name: str = ""
    file: str = ""

    def _named(self) -> Item:
        """The item with what its comments say."""
        reel = self.item.name
        name = self.clip_name or reel
        black = reel.upper() in BLACK_REELS or is_generated_name(name)
        media = self.file or (name if reel.upper() in _ANY_FILE else reel)
        kind = ItemKind.GENERATOR if black else ItemKind.CLIP
        speed = Fraction(1) if black else self.item.speed  # black has no source times
        return replace(self.item, kind=kind, name=name, media=media, speed=speed)

    def add_comment(self, line: str, rate: FrameRate) -> None:
        """Take in a line that `is_comment`; a speed is in frames a second of the rate."""
        if match := _SPEED.match(line):
            # After a transition there may be one for either clip.
            if not self.transition or match["reel"].upper() == self.item.name.upper():
                self.item = replace(self.item, speed=_speed(Fraction(match["speed"]), rate))
        elif match := _TO.match(line):
            self.clip_name = match["text"].strip()
        elif match := _FILE.match(line):
            self.file = match["text"].strip()
        elif match := _FROM.match(line):
            name = match["text"].strip()
            if self.transition:
                self.outgoing_name = name
            else:
                self.clip_name = name

    def items(self) -> Iterator[Item]:
        """Its transition, if it has one, and its clip."""
        item = self._named()
        if self.transition:
            record = TimeRange.of(item.record.start, self.transition)
            yield Item(ItemKind.TRANSITION, "transition", item.track, record)
        yield item


def _speed(frames: Fraction, rate: FrameRate) -> Fraction:
    """The speed of so many frames a second: 24 and 23.976 are both 100 % of 24000/1001."""
    if abs(frames - rate.fraction) < _ROUNDED or frames == rate.timebase:
        return Fraction(1)
    return frames / rate.timebase
