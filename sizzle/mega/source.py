"""The footage that clips are cut from: a file's facts, and the time of each of its frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Final, TypeAlias

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from sizzle import media_input
from sizzle.errors import MediaError, TimecodeError
from sizzle.media.facts import VideoFacts
from sizzle.media.gate import Problem, video_problems
from sizzle.media.probe import probe_video, video_track
from sizzle.timecode import FrameRate

Opened: TypeAlias = tuple[InputContainer, VideoStream]

_OFF_THE_GRID: Final = Fraction(1, 3)  # of a frame; containers that round times miss by hundredths


@dataclass(frozen=True, slots=True)
class SourceClock:
    """Which frame is shown at which time.

    Attributes:
        origin: the time of frame 0, in ticks of the stream.
        frames_a_tick: exactly.
    """

    origin: int
    frames_a_tick: Fraction

    def frame(self, time: int | None) -> int | None:
        """The frame shown at a time in ticks; None for no time, or one between two frames."""
        if time is None:
            return None
        exact = (time - self.origin) * self.frames_a_tick
        frame = round(exact)
        return frame if abs(exact - frame) <= _OFF_THE_GRID else None

    def time(self, frame: int) -> int:
        """The time at which a frame is shown, in ticks."""
        return self.origin + round(frame / self.frames_a_tick)


@dataclass(frozen=True)
class Source:
    """A file of footage. Its frames count from 0, the first one shown.

    Attributes:
        path: absolute.
        rate: frames a second, with the drop-frame flag of its own timecode.
        frames: how many.
        start: its own start timecode as a frame count, None where it has none.
        facts: of its video.
        problems: why it cannot be used.
    """

    path: Path
    rate: FrameRate
    frames: int
    start: int | None
    facts: VideoFacts
    problems: tuple[Problem, ...] = ()

    @property
    def width(self) -> int:
        """Of its pictures as they are looked at: upright, in square pixels."""
        return self.facts.size[0]

    @property
    def height(self) -> int:
        """Of its pictures as they are looked at."""
        return self.facts.size[1]

    @cached_property
    def clock(self) -> SourceClock:
        """Its times."""
        return SourceClock(self.facts.start, self.facts.tick * self.facts.rate.fraction)

    @property
    def url(self) -> str:
        """The address that Premiere links media by, percent-encoded."""
        return self.path.as_uri().replace("file:///", "file://localhost/", 1)

    def spell(self, frame: int) -> str:
        """A frame as people find it: `frame 712 (01:00:29:16)`."""
        if self.start is None or frame + self.start >= self.rate.frames_a_day:
            return f"frame {frame}"
        return f"frame {frame} ({self.rate.timecode(frame + self.start)})"


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """A file and its video, whose errors become ours.

    Raises:
        MediaError: absent, no video in it, or it cannot be read.
    """
    try:
        _check_exists(path)
        with media_input.opened(path) as container:
            stream = video_track(path, container)
            stream.thread_type = "AUTO"
            yield container, stream
    except (av.FFmpegError, OSError) as error:
        raise _unusable(path, f"The file cannot be read: {error}.") from error


def probe(path: Path) -> Source:
    """Read a file's facts.

    Raises:
        MediaError: absent, no video in it, unreadable, or without a rate or timecode that counts.
    """
    path = path.absolute()
    _check_exists(path)
    facts = probe_video(path)
    counting, start = _own_timecode(path, facts)
    # Every frame is decoded, and the decoder knows the times that such containers do not keep.
    problems = tuple(
        video_problem for video_problem in video_problems(facts) if video_problem.kind != "no-times"
    )
    return Source(path, counting, facts.frames or 0, start, facts, problems)


def _own_timecode(path: Path, facts: VideoFacts) -> tuple[FrameRate, int | None]:
    """How a file counts timecode, and where it starts."""
    text = facts.timecode
    try:
        counting = FrameRate.snapped(facts.rate.fraction, drop_frame=";" in text)
        return counting, counting.parse_timecode(text) if text else None
    except TimecodeError as error:
        raise MediaError(
            f"Its timecode is invalid: {error.what}", where=str(path), fix=error.fix
        ) from error


def _check_exists(path: Path) -> None:
    try:
        exists = path.is_file()
    except OSError as error:
        raise _unusable(path, f"The file cannot be read: {error}.") from error
    if not exists:
        raise MediaError("The file does not exist.", where=str(path), fix="check the path.")


def _unusable(path: Path, what: str) -> MediaError:
    return MediaError(what, where=str(path), fix="export it again as MP4 or MOV.")
