"""The footage that clips are cut from: a file's facts, and the time of each of its frames."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, TypeAlias

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.reformatter import ColorTrc
from av.video.stream import VideoStream

from sizzle import media_input
from sizzle.errors import MediaError, TimecodeError
from sizzle.timecode import FrameRate

Opened: TypeAlias = tuple[InputContainer, VideoStream]

_HDR: Final = frozenset({ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67})
_OFF_THE_GRID: Final = Fraction(1, 3)  # of a frame; containers that round times miss by hundredths
_WHOLE: Final = Fraction(3, 2)  # frames that a last frame shown longer adds to the mean rate


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


@dataclass(frozen=True, slots=True)
class Source:
    """A file of footage. Its frames count from 0, the first one shown.

    Attributes:
        path: absolute.
        rate: frames a second, with the drop-frame flag of its own timecode.
        frames: how many.
        start: its own start timecode as a frame count, None where it has none.
        width: in square pixels, upright.
        height: in pixels, upright.
        clock: its times.
        constant: whether the rate is constant, according to its header.
        interlaced: whether its first frame is.
        hdr: whether its pictures are in high dynamic range.
    """

    path: Path
    rate: FrameRate
    frames: int
    start: int | None
    width: int
    height: int
    clock: SourceClock
    constant: bool = True
    interlaced: bool = False
    hdr: bool = False

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
        if not path.is_file():
            raise MediaError("The file does not exist.", where=str(path), fix="check the path.")
        with media_input.opened(path) as container:
            stream = container.streams.best("video")
            if not isinstance(stream, VideoStream):
                raise _unusable(path, "The file has no video.")
            stream.thread_type = "AUTO"
            yield container, stream
    except (av.FFmpegError, OSError) as error:
        raise _unusable(path, f"The file cannot be read: {error}.") from error


def probe(path: Path) -> Source:
    """Read a file's facts from its start and its end, however long it is.

    Raises:
        MediaError: absent, no video in it, unreadable, or without a rate or times.
    """
    path = path.absolute()
    with opened(path) as (container, stream):
        first = next(container.decode(stream), None)
        rate, tick = stream.guessed_rate, stream.time_base
        if first is None or first.pts is None or not rate or not tick:
            raise _unusable(path, "Its frames have no presentation times.")
        clock = SourceClock(first.pts, tick * rate)
        counting, start = _own_timecode(path, container, stream, rate)
        mean = stream.average_rate or rate
        facts = {"interlaced": first.interlaced_frame, "hdr": first.color_trc in _HDR}
        width, height = _upright(first, stream)
    frames = _count(path, clock)
    constant = abs(mean / rate - 1) * frames < _WHOLE
    return Source(path, counting, frames, start, width, height, clock, constant, **facts)


def _count(path: Path, clock: SourceClock) -> int:
    """The frames of a file, by the time of its last one."""
    for at_the_end in (True, False):
        with opened(path) as (container, stream):
            if at_the_end and not _went_to_the_end(container, stream):
                continue
            # Decoded, not read from packets: some are not shown, and some have no time.
            times = [picture.pts for picture in container.decode(stream) if picture.pts is not None]
        if times:
            return round((max(times) - clock.origin) * clock.frames_a_tick) + 1
    raise _unusable(path, "None of its frames can be decoded.")


def _went_to_the_end(container: InputContainer, stream: VideoStream) -> bool:
    try:
        container.seek(container.duration or 0)
    except av.FFmpegError:
        return False
    return bool(container.duration)


def _own_timecode(
    path: Path, container: InputContainer, stream: VideoStream, rate: Fraction
) -> tuple[FrameRate, int | None]:
    """How a file counts timecode, and where it starts."""
    tags = (stream.metadata, *(other.metadata for other in container.streams), container.metadata)
    text = next((value for metadata in tags if (value := metadata.get("timecode"))), None)
    try:
        counting = FrameRate.snapped(rate, drop_frame=";" in (text or ""))
        return counting, counting.parse_timecode(text) if text else None
    except TimecodeError as error:
        raise MediaError(
            f"Its timecode is invalid: {error.what}", where=str(path), fix=error.fix
        ) from error


def _upright(picture: VideoFrame, stream: VideoStream) -> tuple[int, int]:
    """Width and height as the picture is looked at: in square pixels, turned as the file says."""
    width = round(picture.width * (stream.sample_aspect_ratio or 1))
    height = picture.height
    return (height, width) if picture.rotation % 180 else (width, height)


def _unusable(path: Path, what: str) -> MediaError:
    return MediaError(what, where=str(path), fix="export it again as MP4 or MOV.")
