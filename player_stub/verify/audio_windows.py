"""Measures a film's audio against the bed, window by window along the whole reel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from player_stub.render.bed import sample_at
from player_stub.verify.audio_clicks import find_clicks
from player_stub.verify.audio_correlation import WindowMatch, match_window
from player_stub.verify.audio_dropouts import find_dropouts
from player_stub.verify.audio_samples import AudioTiming, Mono, SampleWindows, bed_audio, film_audio
from sizzle.reel.timecode_list import TimecodeList

_WINDOW_SECONDS = 2
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
        dropouts: samples of the reel between which the film is silent and the bed is not.
        clicks: samples of the reel at which the film clicks and the bed does not.
    """

    start: int
    length: int
    match: WindowMatch
    dropouts: tuple[tuple[int, int], ...]
    clicks: tuple[int, ...]


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
    with film_audio(film) as (track, played), bed_audio(bed, track.rate) as music:
        samples = _window_samples(reel, start, track.rate, played, music)
        windows = list(_measured(samples, track.rate))
        played.drain()  # the packets after the last window count for the track too
    return FilmAudio(track, windows)


@dataclass(frozen=True, slots=True)
class _WindowSamples:
    """A window's samples: the film's, and the bed's with more of it on either side."""

    start: int
    film: Mono
    bed: Mono
    match: WindowMatch

    def bed_at(self, lag: int) -> Mono:
        """The bed as it would be in the film if that were `lag` samples late."""
        search = (len(self.bed) - len(self.film)) // 2
        return self.bed[search - lag :][: len(self.film)]


def _window_samples(
    reel: TimecodeList, first: int, rate: int, played: SampleWindows, music: SampleWindows
) -> Iterator[_WindowSamples]:
    frame_rate = reel.rate.to_frame_rate()
    length = sample_at(reel.duration.frame, frame_rate, rate)
    origin = sample_at(first, frame_rate, rate)
    search = int(_SEARCH_SECONDS * rate)
    # At least three windows however short the reel: one cannot show a drift.
    size = min(_WINDOW_SECONDS * rate, -(-length // 2))
    for start in _starts(length, size):
        film = played.window(start, start + size)
        bed = music.window(origin + start - search, origin + start + size + search)
        yield _WindowSamples(start, film, bed, match_window(film, bed, rate))


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
    comparable = window.match.lag is not None
    beds = [window.bed_at(lag) for lag in lags]
    silent = find_dropouts(window.film, beds, rate) if comparable else []
    dropouts = tuple((window.start + start, window.start + end) for start, end in silent)
    clicked = set.intersection(*({*find_clicks(window.film, bed, rate)} for bed in beds))
    clicks = tuple(sorted(window.start + at for at in clicked)) if comparable else ()
    return MeasuredWindow(window.start, len(window.film), window.match, dropouts, clicks)
