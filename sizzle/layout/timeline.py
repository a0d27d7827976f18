"""An editor's timeline as it was read: exactly what the document holds, before any check.

Frames count from the first frame of the sequence; its SMPTE timecode is that frame plus `start`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sizzle.clips import ClipKey
from sizzle.timecode import FrameRate, TimeRange


class ItemKind(StrEnum):
    """The kinds of items on a track."""

    CLIP = "clip"
    GENERATOR = "generator"
    NESTED = "nested sequence"
    MULTICAM = "multicam clip"
    TRANSITION = "transition"


@dataclass(frozen=True, slots=True)
class Item:
    """One item on a video track.

    Attributes:
        kind: what it is.
        name: as the editor sees it.
        track: of video, 1 for V1.
        record: its range in the sequence.
        source_in: the first frame of the media that it shows, or None where the document has none.
        enabled: whether it is shown.
        speed: 1 where the media plays as it was shot, 2 at 200 %, negative in reverse, 0 frozen.
        rate: the item's own, or None where it is the sequence's.
        media: the file's URL or name, or None where there is none.
        variable_speed: whether the speed changes within the item; `speed` is its average then.
        visible: whether neither its opacity, its scale nor a crop hides it all the time.
    """

    kind: ItemKind
    name: str
    track: int
    record: TimeRange
    source_in: int | None = None
    enabled: bool = True
    speed: Fraction = Fraction(1)
    rate: FrameRate | None = None
    media: str | None = None
    variable_speed: bool = False
    visible: bool = True


def frames_shown(item: Item) -> tuple[str, int, int] | None:
    """The media, first frame and length of what an item shows, or None where that is unknown."""
    if item.media is None or item.source_in is None:
        return None
    return item.media, item.source_in, item.record.duration


def frames_left_out(before: Item, after: Item) -> int | None:
    """Frames of the footage between what two items show of the same file, else None.

    Negative where both show the same frames.
    """
    one, other = frames_shown(before), frames_shown(after)
    if one is None or other is None or one[0] != other[0]:
        return None
    return other[1] - one[1] - one[2]


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """A clip item and the key that the editor gave it."""

    item: Item
    key: ClipKey


@dataclass(frozen=True, slots=True)
class Marker:
    """A marker of the sequence."""

    name: str
    frame: int
    comment: str = ""


@dataclass(frozen=True, slots=True)
class FrameSize:
    """The size of a picture in pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A sequence: items in timeline order, lower tracks first where they start together.

    `picture` is None where the format does not hold the size. `disabled_tracks` are the numbers of
    the video tracks that are switched off. Where the format does not hold whether timecode counts
    drop-frame, `drop_frame_known` is False, and the rate's count is a guess.
    """

    name: str
    rate: FrameRate
    start: int
    items: tuple[Item, ...]
    markers: tuple[Marker, ...]
    picture: FrameSize | None = None
    disabled_tracks: tuple[int, ...] = ()
    drop_frame_known: bool = True

    @property
    def duration(self) -> int:
        """Frames from the sequence's first to the end of the last item."""
        return max((item.record.end for item in self.items), default=0)

    def timecode(self, frame: int) -> str:
        """The SMPTE timecode of a frame of the sequence; outside 24 hours the bare frame."""
        if 0 <= self.start + frame < self.rate.frames_a_day:
            return self.rate.timecode(self.start + frame)
        return f"frame {frame}"
