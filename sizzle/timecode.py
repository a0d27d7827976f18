"""Frames, exact rates, half-open ranges and SMPTE text.

Inside the system time is an integer count of frames at an exact rational rate. Seconds and SMPTE
text exist only at the edges, and this module is the edge. SMPTE text and drop-frame counting
follow SMPTE ST 12-1: drop-frame skips the first frame *numbers* (never frames) of each minute that
is not a tenth one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from sizzle.errors import TimecodeError

# Editing systems write 24000/1001 as 23.976 and so on: text and floats snap to these.
_NTSC_BASES = (24, 30, 48, 60, 120)
_SNAP_TOLERANCE = Fraction(1, 200)
_SMPTE = re.compile(r"(\d{2}):(\d{2}):(\d{2})([:;])(\d{2,3})", re.ASCII)
_MAXIMUM_RATE = 1000


@dataclass(frozen=True, slots=True)
class FrameRate:
    """An exact frame rate and how its timecode counts.

    Attributes:
        numerator: frames, in lowest terms.
        denominator: seconds, in lowest terms.
        drop_frame: whether timecode text skips numbers to keep up with the clock.

    Raises:
        TimecodeError: a rate that is not positive, is over 1,000 frames a second, or a drop-frame
            flag on a rate that has no drop-frame count.
    """

    numerator: int
    denominator: int = 1
    drop_frame: bool = False

    def __post_init__(self) -> None:
        if self.numerator <= 0 or self.denominator <= 0:
            raise TimecodeError(
                f"A frame rate of {self.numerator}/{self.denominator} is not positive.",
                fix="give frames and seconds above zero, such as 24000/1001.",
            )
        exact = Fraction(self.numerator, self.denominator)
        if exact > _MAXIMUM_RATE:
            raise TimecodeError(
                f"A frame rate of {exact} is over {_MAXIMUM_RATE} frames a second.",
                fix="check the timeline's rate; 24000/1001, 25 and 30000/1001 are usual.",
            )
        object.__setattr__(self, "numerator", exact.numerator)
        object.__setattr__(self, "denominator", exact.denominator)
        if self.drop_frame and not self._has_drop_frame:
            raise TimecodeError(
                f"Drop-frame timecode does not exist at {self}.",
                fix="use it at 30000/1001 or 60000/1001, or leave it off.",
            )

    @classmethod
    def parse(cls, text: str, *, drop_frame: bool = False) -> Self:
        """Read `24000/1001`, `23.976`, `29.97` or `25`; near-NTSC values snap to exact ones."""
        try:
            value = Fraction(text.strip())
        except (ValueError, ZeroDivisionError) as error:
            raise TimecodeError(
                f"{text!r} is not a frame rate.", fix="write it as 24000/1001, 23.976 or 25."
            ) from error
        return cls.snapped(value, drop_frame=drop_frame)

    @classmethod
    def snapped(cls, value: Fraction | float, *, drop_frame: bool = False) -> Self:
        """The exact rate nearest to an inexact value, such as the 23.976 of a media header."""
        try:
            exact = Fraction(value)
        except (ValueError, OverflowError) as error:
            raise TimecodeError(
                f"{value} is not a frame rate.", fix="give a finite number."
            ) from error
        for base in _NTSC_BASES:
            ntsc = Fraction(base * 1000, 1001)
            if abs(exact - ntsc) < _SNAP_TOLERANCE:
                return cls(ntsc.numerator, ntsc.denominator, drop_frame)
        exact = exact.limit_denominator(1001)
        return cls(exact.numerator, exact.denominator, drop_frame)

    @property
    def fraction(self) -> Fraction:
        """Frames a second, exactly."""
        return Fraction(self.numerator, self.denominator)

    @property
    def timebase(self) -> int:
        """The whole number of frames that one timecode second counts (24 at 24000/1001)."""
        return -(-self.numerator // self.denominator)

    @property
    def is_ntsc(self) -> bool:
        """Whether the rate is a thousandth slower than its timebase."""
        return self.fraction == Fraction(self.timebase * 1000, 1001)

    @property
    def _has_drop_frame(self) -> bool:
        return self.is_ntsc and self.timebase % 30 == 0

    @property
    def _dropped_a_minute(self) -> int:
        return self.timebase // 15 if self.drop_frame else 0

    def seconds(self, frames: int) -> Fraction:
        """The exact duration of a count of frames, in seconds."""
        return Fraction(frames * self.denominator, self.numerator)

    def frames(self, seconds: Fraction) -> int:
        """The frame that is on screen at an exact time: the floor, as ranges are half-open."""
        return seconds.numerator * self.numerator // (seconds.denominator * self.denominator)

    def timecode(self, frame: int) -> str:
        """SMPTE text of a frame count, `HH:MM:SS:FF`, with `;` before FF in drop-frame.

        Raises:
            TimecodeError: a negative frame, or one past 24 hours, which SMPTE cannot express.
        """
        if not 0 <= frame < self.frames_a_day:
            raise TimecodeError(
                f"Frame {frame} has no timecode at {self}: it is outside 0 to 24 hours.",
                fix="check the start timecode of the sequence.",
            )
        number = self._number_of(frame)
        seconds, ff = divmod(number, self.timebase)
        minutes, ss = divmod(seconds, 60)
        hh, mm = divmod(minutes, 60)
        separator = ";" if self.drop_frame else ":"
        width = max(2, len(str(self.timebase - 1)))
        return f"{hh:02}:{mm:02}:{ss:02}{separator}{ff:0{width}}"

    def parse_timecode(self, text: str) -> int:
        """The frame count that SMPTE text names at this rate.

        Raises:
            TimecodeError: text of another form, a field out of range, a separator that
                contradicts `drop_frame`, or a number that drop-frame counting skips.
        """
        match = _SMPTE.fullmatch(text.strip())
        if match is None:
            raise TimecodeError(f"{text!r} is not a timecode.", fix="write it as HH:MM:SS:FF.")
        hh, mm, ss, ff = (int(match[group]) for group in (1, 2, 3, 5))
        self._check_separator(text, match[4])
        if hh > 23 or mm > 59 or ss > 59 or ff >= self.timebase:
            raise TimecodeError(
                f"{text!r} has a field out of range at {self}.",
                fix=f"hours end at 23, minutes and seconds at 59, frames at {self.timebase - 1}.",
            )
        dropped = self._dropped_a_minute
        if ff < dropped and ss == 0 and mm % 10:
            raise TimecodeError(
                f"{text!r} does not exist: drop-frame counting skips it.",
                fix=f"the first frame of that minute is {hh:02}:{mm:02}:00;{dropped:02}.",
            )
        minutes = hh * 60 + mm
        return (minutes * 60 + ss) * self.timebase + ff - dropped * (minutes - minutes // 10)

    def _check_separator(self, text: str, separator: str) -> None:
        if (separator == ";") != self.drop_frame:
            kind = "drop-frame" if self.drop_frame else "non-drop"
            raise TimecodeError(
                f"{text!r} contradicts the rate, which counts {kind}.",
                fix="drop-frame timecode is written with ';' before the frames, non-drop with ':'.",
            )

    @property
    def frames_a_day(self) -> int:
        """Frames in 24 hours of timecode."""
        return 24 * 6 * self._frames_a_ten_minutes

    @property
    def _frames_a_ten_minutes(self) -> int:
        return 600 * self.timebase - 9 * self._dropped_a_minute

    def _number_of(self, frame: int) -> int:
        """The timecode number of a frame: the count plus the numbers skipped before it."""
        dropped = self._dropped_a_minute
        if not dropped:
            return frame
        tens, rest = divmod(frame, self._frames_a_ten_minutes)
        # The first minute of ten keeps all its numbers, so it is `dropped` longer than the others.
        past_first = max(0, rest - dropped) // (60 * self.timebase - dropped)
        return frame + dropped * (9 * tens + past_first)

    def __str__(self) -> str:
        """`24000/1001` or `25`, followed by `DF` where timecode counts drop-frame."""
        return f"{self.fraction}{' DF' if self.drop_frame else ''}"


@dataclass(frozen=True, slots=True, order=True)
class TimeRange:
    """A half-open range of frames, `[start, end)`.

    Raises:
        TimecodeError: an end before the start.
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise TimecodeError(
                f"A range cannot end at frame {self.end} before it starts at {self.start}.",
                fix="swap them; the end is the first frame that is no longer inside.",
            )

    @classmethod
    def of(cls, start: int, duration: int) -> Self:
        """The range of `duration` frames from `start`."""
        return cls(start, start + duration)

    @property
    def duration(self) -> int:
        """Frames inside."""
        return self.end - self.start

    def contains(self, other: TimeRange) -> bool:
        """Whether every frame of `other` is inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: TimeRange) -> bool:
        """Whether both have at least one frame in common."""
        return max(self.start, other.start) < min(self.end, other.end)

    def shifted(self, frames: int) -> TimeRange:
        """The same length, `frames` later."""
        return TimeRange(self.start + frames, self.end + frames)

    def __str__(self) -> str:
        """`[start, end)`."""
        return f"[{self.start}, {self.end})"
