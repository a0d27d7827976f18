"""Decodes audio block by block, and cuts windows out of the stream.

Shapes: C channels, one or two, of N samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Final

import numpy as np
from av import AudioResampler
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from player_stub.media import audio_stream, open_media

Mono = NDArray[np.float32]
"""N samples."""

Sound = NDArray[np.float32]
"""C x N samples."""

MOST_CHANNELS: Final = 2
"""More are mixed down to two, as rendering does."""


class SampleWindows:
    """Windows of a stream of blocks, each starting no earlier than the one before.

    Holds at most a window and a block. Before the first and after the last sample is silence.

    Args:
        blocks: consecutive blocks of samples, from sample 0.
        channels: of each block.
    """

    def __init__(self, blocks: Iterator[Sound], channels: int) -> None:
        self._blocks = blocks
        self._held = np.zeros((channels, 0), np.float32)
        self._start = 0

    def window(self, start: int, end: int) -> Sound:
        """The samples `[start, end)` of each channel."""
        self._read_to(start, end)
        window = np.zeros((len(self._held), end - start), np.float32)
        first = max(0, self._start - start)
        there = self._held[:, max(0, start - self._start) :][:, : max(0, end - start - first)]
        window[:, first : first + there.shape[1]] = there
        return window

    def drain(self) -> None:
        """Read the rest of the stream and discard it."""
        for _ in self._blocks:
            pass

    def _read_to(self, start: int, end: int) -> None:
        self._forget(start)
        kept = [self._held]
        reached = self._start + self._held.shape[1]
        while reached < end and (block := next(self._blocks, None)) is not None:
            reached += block.shape[1]
            kept.append(block)
            if reached <= start:
                self._start, kept = reached, [block[:, :0]]
        self._held = np.concatenate(kept, axis=1)
        self._forget(start)

    def _forget(self, before: int) -> None:
        gone = min(max(0, before - self._start), self._held.shape[1])
        self._held = self._held[:, gone:]
        self._start += gone


@dataclass(slots=True)
class AudioTiming:
    """When an audio track plays; complete once all of it has been read.

    Attributes:
        rate: samples per second.
        start: seconds at which its first sample plays; None where it has none.
        end: seconds at which its last packet ends.
        breaks: where samples do not continue those before: when, and by how many seconds they come
            too late or, below zero, too early.
    """

    rate: int
    start: Fraction | None = None
    end: Fraction = Fraction(0)
    breaks: list[tuple[Fraction, Fraction]] = field(default_factory=list)


def channels_of(path: Path) -> int:
    """How many channels of a file's audio are compared. Raises MediaError: it has no audio."""
    with open_media(path) as container:
        return max(1, min(MOST_CHANNELS, audio_stream(container).codec_context.channels))


@contextmanager
def film_audio(film: Path, channels: int) -> Iterator[tuple[AudioTiming, SampleWindows]]:
    """A film's audio as it plays: each sample at its time stamp, and silence in gaps.

    Args:
        film: the file.
        channels: at least its own; a single one is heard on both sides.

    Raises:
        MediaError: it cannot be read, or has no audio.
    """
    with open_media(film) as container:
        stream = audio_stream(container)
        track = AudioTiming(stream.rate)
        played = _played(container, stream, track)
        yield track, SampleWindows(_spread(played, channels), channels)


@contextmanager
def bed_audio(bed: Path, rate: int, channels: int) -> Iterator[SampleWindows]:
    """A bed's audio, counted from its first sample, at a sample rate.

    Args:
        bed: the file.
        rate: samples per second.
        channels: as for `film_audio`.

    Raises:
        MediaError: it cannot be read, or has no audio.
    """
    with open_media(bed) as container:
        stream = audio_stream(container)
        frames = _resampled(container.decode(stream), rate, _layout(stream))
        yield SampleWindows(_spread(map(_samples, frames), channels), channels)


def _spread(blocks: Iterable[Sound], channels: int) -> Iterator[Sound]:
    """A single channel on both sides, at full level."""
    for block in blocks:
        yield np.broadcast_to(block, (channels, block.shape[1]))


def _layout(stream: AudioStream) -> str:
    return "mono" if stream.codec_context.channels == 1 else "stereo"


def _played(container: InputContainer, stream: AudioStream, track: AudioTiming) -> Iterator[Sound]:
    assert stream.time_base is not None
    tick = math.ceil(stream.time_base * track.rate)
    at = 0
    frames = _resampled(_decoded(container, stream, track), track.rate, _layout(stream))
    for frame in frames:
        due, block = _due(frame, track, at, tick), _samples(frame)
        while at < due:
            # In blocks of a second: one wrong time stamp may mean hours of silence.
            silence = np.zeros((len(block), min(due - at, track.rate)), np.float32)
            at += silence.shape[1]
            yield silence
        yield block[:, at - due :]
        at = max(at, due + block.shape[1])


def _due(frame: AudioFrame, track: AudioTiming, at: int, tick: int) -> int:
    """The sample at which a frame plays, if those before it end at sample `at`."""
    assert frame.pts is not None
    due = round(frame.pts * (frame.time_base or 0) * track.rate)
    if track.start is None:
        track.start = Fraction(max(0, due), track.rate)
        return due
    # Coarse time stamps are rounded: that is not a break.
    if abs(due - at) <= tick:
        return at
    track.breaks.append((Fraction(at, track.rate), Fraction(due - at, track.rate)))
    return due


def _decoded(
    container: InputContainer, stream: AudioStream, track: AudioTiming
) -> Iterator[AudioFrame]:
    for packet in container.demux(stream):
        if packet.pts is not None:
            track.end = (packet.pts + (packet.duration or 0)) * packet.time_base
        yield from packet.decode()


def _resampled(frames: Iterable[AudioFrame], rate: int, layout: str) -> Iterator[AudioFrame]:
    resampler = AudioResampler(format="fltp", layout=layout, rate=rate)
    for frame in chain(frames, [None]):
        yield from resampler.resample(frame)


def _samples(frame: AudioFrame) -> Sound:
    return np.asarray(frame.to_ndarray(), np.float32)
