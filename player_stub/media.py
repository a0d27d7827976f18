"""Opens media, and converts exactly between its time stamps and frame numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.error import FFmpegError
from av.stream import Discard, Stream
from av.video.stream import VideoStream

from sizzle import media_input
from sizzle.errors import MediaError
from sizzle.media.probe import no_track, video_track
from sizzle.timecode import FrameRate

_Track = TypeVar("_Track", bound=Stream)


@dataclass(frozen=True)
class FrameClock:
    """Frame numbers of a stream, counted from its first frame.

    Attributes:
        start: time stamp of frame 0.
        time_base: seconds per tick of a time stamp.
        rate: frames per second.
    """

    start: int
    time_base: Fraction
    rate: Fraction

    def frame(self, stamp: int) -> int:
        """The frame nearest to a time stamp: coarse time bases round stamps to either side."""
        ticks, frames = self._ticks_and_frames
        # In integers, since this runs for every packet.
        return (2 * (stamp - self.start) * frames + ticks) // (2 * ticks)

    def stamp(self, frame: int) -> int:
        """The time stamp nearest to a frame's start."""
        return self.start + round(frame / (self.time_base * self.rate))

    @cached_property
    def _ticks_and_frames(self) -> tuple[int, int]:
        """The smallest integers for which so many ticks last as long as so many frames."""
        frames = self.time_base * self.rate
        return frames.denominator, frames.numerator


@contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """Open a media file for reading. Raises MediaError: no such file, or not media."""
    with media_input.opened(path) as container, media_errors(str(path)):
        yield container


@contextmanager
def media_errors(name: str) -> Iterator[None]:
    """Turn errors of reading media into a MediaError that names the file."""
    try:
        yield
    except (FFmpegError, OSError) as error:
        raise MediaError(
            f"The file cannot be read as media: {error.strerror}.",
            where=name,
            fix="check that the file exists, is complete and plays.",
        ) from error


def video_stream(container: InputContainer) -> VideoStream:
    """Select the first video track that is no cover picture. Raises MediaError: none."""
    return _select(container, video_track(Path(container.name), container))


def audio_stream(container: InputContainer) -> AudioStream:
    """Select the first audio track. Raises MediaError where the file has none."""
    for stream in container.streams.audio:
        return _select(container, stream)
    raise no_track(Path(container.name), "audio")


def has_audio(path: Path) -> bool:
    """Whether a file has an audio track. Raises MediaError: it cannot be read."""
    with open_media(path) as container:
        return bool(container.streams.audio)


def frame_clock(stream: VideoStream) -> FrameClock:
    """The clock of a video track. Raises MediaError: it has no frame rate."""
    if not stream.average_rate or not stream.time_base:
        raise MediaError(
            "The video track has no frame rate.",
            where=stream.container.name,
            fix="export it at a constant frame rate.",
        )
    rate = FrameRate.snapped(stream.average_rate).fraction
    return FrameClock(stream.start_time or 0, stream.time_base, rate)


def _select(container: InputContainer, stream: _Track) -> _Track:
    for other in container.streams:
        other.discard = Discard.default if other.index == stream.index else Discard.all
    return stream
