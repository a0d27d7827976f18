"""Measures a film's audio against the bed, window by window along the whole reel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from player_stub.render.bed import sample_at
from player_stub.verify.audio_channels import SIDES, ChannelMatch, compare_channels
from player_stub.verify.audio_clicks import find_clicks
from player_stub.verify.audio_correlation import WindowMatch, match_at, match_window
from player_stub.verify.audio_dropouts import find_dropouts
from player_stub.verify.audio_samples import (
    AudioTiming,
    Mono,
    SampleWindows,
    Sound,
    bed_audio,
    channels_of,
    film_audio,
)
from player_stub.verify.audio_slips import MeasuredPart, Slip, find_slips
from sizzle.reel.timecode_list import TimecodeList
from sizzle.timecode import FrameRate

_WINDOW_SECONDS = 2
_PARTS = 8  # of a window, each a quarter of a second
_SEARCH_SECONDS = Fraction(1, 2)
# A change of offset affects at most two windows, as they overlap by half.
_MOST_HELD = 4
# Windows are measured to a thousandth of a millisecond, so this much is not noise.
JUMP_MS = 1.0


@dataclass(frozen=True, slots=True)
class MeasuredWindow:
    """A window of audio, measured.

    Attributes:
        start: sample of the reel at which it begins.
        length: samples.
        match: its offset from the bed.
        channels: how its channels compare with the bed's; None where it does not match.
        dropouts: for each channel, samples of the reel between which the film is silent and the
            bed is not.
        clicks: samples of the reel at which the film clicks and the bed does not.
        parts: the offsets of its parts, as far as they can be measured.
    """

    start: int
    length: int
    match: WindowMatch
    channels: ChannelMatch | None
    dropouts: tuple[tuple[tuple[int, int], ...], ...]
    clicks: tuple[int, ...]
    parts: tuple[MeasuredPart, ...]


@dataclass(frozen=True, slots=True)
class FilmAudio:
    """A film's audio, measured.

    Attributes:
        track: when its packets play.
        windows: along the whole reel, each overlapping the next by half.
    """

    track: AudioTiming
    windows: list[MeasuredWindow]

    def offset_ms(self, window: MeasuredWindow) -> float | None:
        """By how many milliseconds a window is late, where that can be measured."""
        samples = window.match.samples
        return None if samples is None else 1000 * samples / self.track.rate

    def offsets(self) -> list[tuple[MeasuredWindow, float]]:
        """The windows that can be measured, with their offsets."""
        measured = ((window, self.offset_ms(window)) for window in self.windows)
        return [(window, offset) for window, offset in measured if offset is not None]

    def jumps(self) -> list[tuple[MeasuredWindow, MeasuredWindow, float]]:
        """Neighbouring windows between which the offset changes, and by how many milliseconds."""
        return [
            (before, after, now - then)
            for (before, then), (after, now) in pairwise(self.offsets())
            if abs(now - then) > JUMP_MS
        ]

    def timecode(self, rate: FrameRate, sample: int) -> str:
        """The reel's timecode at one of its samples."""
        return rate.timecode(rate.frames(Fraction(max(0, sample), self.track.rate)))

    def slips(self) -> list[Slip]:
        """Where the offset changes by less than a jump, and for good."""
        parts = {part.start: part for window in self.windows for part in window.parts}
        ordered = [parts[start] for start in sorted(parts)]
        return find_slips(ordered, JUMP_MS * self.track.rate / 1000)

    def drift(self) -> float | None:
        """Milliseconds per minute by which the offset grows, jumps aside, by least squares.

        None where fewer than two windows can be measured.
        """
        measured = self.offsets()
        if len(measured) < 2:
            return None
        minutes = [window.start / self.track.rate / 60 for window, _ in measured]
        steps = [now - then for (_, then), (_, now) in pairwise(measured)]
        steady = [step if abs(step) <= JUMP_MS else 0.0 for step in steps]
        slope, _ = np.polyfit(minutes, list(accumulate(steady, initial=0.0)), 1)
        return float(slope)


def measure_audio(reel: TimecodeList, film: Path, bed: Path, start: int) -> FilmAudio:
    """Decode a film's audio and the bed side by side; holds a few windows at a time.

    Args:
        reel: how long the film should be.
        film: whose audio is measured.
        bed: what it should be.
        start: the bed's frame that plays with the film's first.

    Raises:
        MediaError: either cannot be read, or has no audio.
    """
    channels = max(channels_of(film), channels_of(bed))
    with (
        film_audio(film, channels) as (track, played),
        bed_audio(bed, track.rate, channels) as music,
    ):
        samples = _window_samples(reel, start, track.rate, played, music)
        windows = list(_measured(samples, track.rate))
        played.drain()  # the packets after the last window count for the track too
    return FilmAudio(track, windows)


@dataclass(frozen=True, slots=True)
class _WindowSamples:
    """A window's samples: the film's, and the bed's with more of it on either side."""

    start: int
    film: Sound
    bed: Sound
    match: WindowMatch

    @property
    def length(self) -> int:
        """Samples of the window."""
        return int(self.film.shape[1])

    @property
    def search(self) -> int:
        """Samples of the bed before and after it."""
        return (int(self.bed.shape[1]) - self.length) // 2

    def bed_at(self, lag: int) -> Sound:
        """The bed as it would be in the film if that were `lag` samples late."""
        return self.bed[:, self.search - lag :][:, : self.length]


def _window_samples(
    reel: TimecodeList, first: int, rate: int, played: SampleWindows, music: SampleWindows
) -> Iterator[_WindowSamples]:
    frame_rate = reel.rate.to_frame_rate()
    length = sample_at(reel.duration.frame, frame_rate, rate)
    origin = sample_at(first, frame_rate, rate)
    search = int(_SEARCH_SECONDS * rate)
    # At least three windows however short the reel: one cannot show a drift.
    size = min(_WINDOW_SECONDS * rate, -(-length // 2))
    lag = 0
    for start in _starts(length, size):
        film = played.window(start, start + size)
        bed = music.window(origin + start - search, origin + start + size + search)
        match = _match(film, bed, rate, lag)
        lag = match.lag or 0
        yield _WindowSamples(start, film, bed, match)


def _match(film: Sound, bed: Sound, rate: int, lag: int) -> WindowMatch:
    """The offset of all channels together or, where one of them is silent, of another."""
    mixed = match_at(_mixed(film), _mixed(bed), lag) or match_window(
        _mixed(film), _mixed(bed), rate
    )
    if mixed.samples is not None or len(film) == 1:
        return mixed
    single = [match_at(own, other, lag) for own, other in zip(film, bed, strict=True)]
    return next((match for match in single if match is not None), mixed)


def _mixed(sound: Sound) -> Mono:
    return sound[0] if len(sound) == 1 else np.asarray(sound.mean(axis=0), np.float32)


def _starts(length: int, size: int) -> list[int]:
    """Where windows start that overlap by half, from the first sample to the last."""
    return [*range(0, length - size, max(1, size // 2)), length - size]


def _measured(windows: Iterable[_WindowSamples], rate: int) -> Iterator[MeasuredWindow]:
    """The windows, compared with the bed at the offsets measured right before and after them.

    Where the offset changes inside a window, its own cannot be trusted, so it is held back until
    the next one that can be measured.
    """
    before: int | None = None
    held: list[_WindowSamples] = []
    for window in windows:
        lag = None if window.match.samples is None else window.match.lag
        held.append(window)
        if lag is not None or len(held) > _MOST_HELD:
            yield from (_measure(each, before, lag, rate) for each in held)
            before, held = lag, []
    yield from (_measure(each, before, None, rate) for each in held)


def _measure(
    window: _WindowSamples, before: int | None, after: int | None, rate: int
) -> MeasuredWindow:
    lags = {lag for lag in (before, after) if lag is not None} or {window.match.lag or 0}
    beds = [window.bed_at(lag) for lag in lags]
    if window.match.lag is None:
        return MeasuredWindow(window.start, window.length, window.match, None, (), (), ())
    film, channels = _unswapped(window.film, window.bed_at(window.match.lag), rate)
    return MeasuredWindow(
        window.start,
        window.length,
        window.match,
        channels,
        tuple(
            tuple(_moved(find_dropouts(own, [bed[channel] for bed in beds], rate), window.start))
            for channel, own in enumerate(film)
        ),
        tuple(sorted(window.start + at for at in _clicks(film, beds, rate))),
        tuple(_parts(window)),
    )


def _unswapped(film: Sound, bed: Sound, rate: int) -> tuple[Sound, ChannelMatch]:
    """A window with its sides where they belong, so that swapped ones are one fault, not many."""
    channels = compare_channels(film, bed, rate)
    if channels.sides is None or channels.sides > -SIDES:
        return film, channels
    return film[::-1], replace(compare_channels(film[::-1], bed, rate), sides=channels.sides)


def _moved(ranges: list[tuple[int, int]], by: int) -> Iterator[tuple[int, int]]:
    for start, end in ranges:
        yield start + by, end + by


def _clicks(film: Sound, beds: list[Sound], rate: int) -> set[int]:
    """Where any channel clicks, whatever the offset."""
    found: set[int] = set()
    for channel, own in enumerate(film):
        found |= set.intersection(*({*find_clicks(own, bed[channel], rate)} for bed in beds))
    return found


def _parts(window: _WindowSamples) -> Iterator[MeasuredPart]:
    """The offsets of parts that do not overlap."""
    if window.match.samples is None or window.match.lag is None:
        return
    size = window.length // _PARTS
    film, bed = _mixed(window.film), _mixed(window.bed)
    for at in range(0, window.length - size + 1, size):
        around = bed[at : at + size + 2 * window.search]
        found = match_at(film[at : at + size], around, window.match.lag)
        if found is not None and found.samples is not None:
            yield MeasuredPart(window.start + at, found.samples, found.uncertainty)
