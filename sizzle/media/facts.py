"""What was probed of a media file; no file is opened here."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Self

from sizzle.timecode import FrameRate

UNSPECIFIED: Final = 2
"""The value of ISO/IEC 23091-2 for a colour property without a tag."""

_SLANTED: Final = 1e-3  # the share of a display matrix's entry above which it is not zero


@dataclass(frozen=True, slots=True)
class Orientation:
    """How a stored picture is turned to be upright: transposed first, then mirrored.

    Attributes:
        transposed: whether rows become columns.
        mirrored: whether left and right change places.
        flipped: whether top and bottom change places.
    """

    transposed: bool = False
    mirrored: bool = False
    flipped: bool = False

    @classmethod
    def of_matrix(cls, matrix: tuple[int, int, int, int]) -> Self | None:
        """That of a display matrix; None where it turns by anything but quarters.

        Args:
            matrix: a, b, c and d of ISO/IEC 14496-12, by which a pixel at (x, y) is shown at
                (ax + cy, bx + dy).
        """
        largest = max(map(abs, matrix)) or 1
        a, b, c, d = (abs(entry) > largest * _SLANTED and entry for entry in matrix)
        if a and d and not (b or c):
            return cls(False, a < 0, d < 0)
        if b and c and not (a or d):
            return cls(True, c < 0, b < 0)
        return None


UPRIGHT: Final = Orientation()


@dataclass(frozen=True, slots=True)
class Colours:
    """Tags of colour, as numbers of ISO/IEC 23091-2.

    Attributes:
        matrix: from red, green and blue to luma and chroma; 0 where the pixels are RGB.
        primaries: of red, green and blue.
        transfer: from light to signal.
        full_range: whether black is 0, not 16.
    """

    matrix: int = UNSPECIFIED
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    full_range: bool = False


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """The facts of a video track. Its frames count from 0, the first one shown.

    Attributes:
        rate: frames a second, exactly.
        frames: how many are shown; None where only reading the whole file would tell.
        stored: width and height as coded, in pixels.
        codec: ffmpeg's name of it.
        tag: the container's four-character code for it, such as `hvc1`; empty without one.
        pixel_aspect: width of a pixel divided by its height.
        orientation: how to turn it; None for an angle that is no multiple of 90 degrees.
        colours: as tagged.
        depth: bits of each component.
        interlaced: whether its frames are two fields each.
        dolby_vision: whether it needs a decoder of Dolby Vision.
        edits: pieces of the track that its edit list plays, 1 without a list.
        retimed: whether its edit list plays at another than normal speed.
        irregular: the first frame that is not shown at its time; None where the rate is constant.
        cropped: whether its container leaves out edges of the pictures.
        hidden: whether players show another of its video tracks.
        lacking: the first frame whose data is beyond the end of the file, in the order of decoding.
        timed: whether its frames have presentation times.
        start: time of frame 0, in ticks.
        lead: seconds from the start of the file, which is that of its first track, to frame 0.
        tick: seconds of a tick.
        timecode: its own start, as written in the file.
    """

    rate: FrameRate
    frames: int | None
    stored: tuple[int, int]
    codec: str = ""
    tag: str = ""
    pixel_aspect: Fraction = Fraction(1)
    orientation: Orientation | None = UPRIGHT
    colours: Colours = Colours()
    depth: int = 8
    interlaced: bool = False
    dolby_vision: bool = False
    edits: int = 1
    retimed: bool = False
    irregular: int | None = None
    cropped: bool = False
    hidden: bool = False
    lacking: int | None = None
    timed: bool = True
    start: int = 0
    lead: Fraction = Fraction(0)
    tick: Fraction = Fraction(1)
    timecode: str = ""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as the picture is looked at: upright, in square pixels."""
        width, height = self.stored
        width = round(width * self.pixel_aspect)
        turned = self.orientation is not None and self.orientation.transposed
        return (height, width) if turned else (width, height)


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """The facts of a file's audio.

    Attributes:
        seconds: of the first track, exactly; None where they were not counted.
        channels: of the first track.
        layout: ffmpeg's name for the order of its channels, such as `5.1(side)`.
        sample_rate: samples per second.
        mono_tracks: how many tracks have one channel, of all tracks.
        tracks: how many there are.
    """

    seconds: Fraction | None
    channels: int
    layout: str
    sample_rate: int
    mono_tracks: int = 0
    tracks: int = 1
