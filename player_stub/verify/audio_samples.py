"""Decodes audio to mono block by block, and cuts windows out of the stream."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np
from av import AudioResampler
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from player_stub.media import audio_stream, open_media

Mono = NDArray[np.float32]


class SampleWindows:
    """Windows of a stream of blocks, each starting no earlier than the one before.

    Holds at most a window and a block. Before the first and after the last sample is silence.

    Args:
        blocks: consecutive blocks of mono samples, from sample 0.
    """

    def __init__(self, blocks: Iterator[Mono]) -> None:
        self._blocks = blocks
        self._held = np.zeros(0, np.float32)
        self._start = 0

    def window(self, start: int, end: int) -> Mono:
        """The samples `[start, end)`."""
        self._read_to(start, end)
        window = np.zeros(end - start, np.float32)
        first = max(0, self._start - start)
        there = self._held[max(0, start - self._start) :][: max(0, len(window) - first)]
        window[first : first + len(there)] = there
        return window

    def drain(self) -> None:
        """Read the rest of the stream and discard it."""
        for _ in self._blocks:
            pass

    def _read_to(self, start: int, end: int) -> None:
        self._forget(start)
        kept = [self._held]
        reached = self._start + len(self._held)
        while reached < end and (block := next(self._blocks, None)) is not None:
            reached += len(block)
            kept.append(block)
            if reached <= start:
                self._start, kept = reached, []
        self._held = np.concatenate(kept) if kept else np.zeros(0, np.float32)
        self._forget(start)

    def _forget(self, before: int) -> None:
        gone = min(max(0, before - self._start), len(self._held))
        self._held = self._held[gone:]
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


@contextmanager
def film_audio(film: Path) -> Iterator[tuple[AudioTiming, SampleWindows]]:
    """A film's audio as it plays: each sample at its time stamp, and silence in gaps.

    Raises:
        MediaError: it cannot be read, or has no audio.
    """
    with open_media(film) as container:
        stream = audio_stream(container)
        track = AudioTiming(stream.rate)
        yield track, SampleWindows(_played(container, stream, track))


@contextmanager
def bed_audio(bed: Path, rate: int) -> Iterator[SampleWindows]:
    """A bed's audio, counted from its first sample, at a sample rate.

    Raises:
        MediaError: it cannot be read, or has no audio.
    """
    with open_media(bed) as container:
        frames = container.decode(audio_stream(container))
        yield SampleWindows(map(_mono, _resampled(frames, rate)))


def _played(container: InputContainer, stream: AudioStream, track: AudioTiming) -> Iterator[Mono]:
    assert stream.time_base is not None
    tick = math.ceil(stream.time_base * track.rate)
    at = 0
    for frame in _resampled(_decoded(container, stream, track), track.rate):
        due, block = _due(frame, track, at, tick), _mono(frame)
        while at < due:
            # In blocks of a second: one wrong time stamp may mean hours of silence.
            silence = np.zeros(min(due - at, track.rate), np.float32)
            at += len(silence)
            yield silence
        yield block[at - due :]
        at = max(at, due + len(block))


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


def _resampled(frames: Iterable[AudioFrame], rate: int) -> Iterator[AudioFrame]:
    resampler = AudioResampler(format="flt", layout="mono", rate=rate)
    for frame in chain(frames, [None]):
        yield from resampler.resample(frame)


def _mono(frame: AudioFrame) -> Mono:
    return np.asarray(frame.to_ndarray(), np.float32).reshape(-1)
