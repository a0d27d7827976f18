"""Measures a film's audio against the bed, window by window along the whole reel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from pathlib import Path

import numpy as np

from player_stub.render.bed import sample_at
from player_stub.verify.audio_clicks import clicks
from player_stub.verify.audio_correlation import Match, match
from player_stub.verify.audio_dropouts import dropouts
from player_stub.verify.audio_samples import Mono, Track, Windows, bed_audio, film_audio
from sizzle.reel.timecode_list import TimecodeList

_WINDOW_SECONDS = 2
_SEARCH_SECONDS = Fraction(1, 2)
# A change of offset spoils no more than two windows, as they overlap by half.
_MOST_HELD = 4
# Windows measure to a thousandth of a millisecond; what jumps by this much is no noise.
JUMP_MS = 1.0


@dataclass(frozen=True, slots=True)
class Window:
    """A measured stretch of audio.

    Attributes:
        start: sample of the reel at which it begins.
        length: samples.
        match: where it lies on the bed.
        dropouts: samples of the reel between which the film is silent and the bed is not.
        clicks: samples of the reel at which the film clicks and the bed does not.
    """

    start: int
    length: int
    match: Match
    dropouts: tuple[tuple[int, int], ...]
    clicks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Sound:
    """A film's audio, measured.

    Attributes:
        track: what its packets say.
        windows: along the whole reel, each overlapping the next by half.
    """

    track: Track
    windows: list[Window]

    def offset_ms(self, window: Window) -> float | None:
        """By how many milliseconds a window is late, where that can be measured."""
        samples = window.match.samples
        return None if samples is None else 1000 * samples / self.track.rate

    def offsets(self) -> list[tuple[Window, float]]:
        """The windows that can be measured, with their offsets."""
        measured = ((window, self.offset_ms(window)) for window in self.windows)
        return [(window, offset) for window, offset in measured if offset is not None]

    def jumps(self) -> list[tuple[Window, Window, float]]:
        """Neighbouring measured windows between which audio was lost or put in, and how many ms."""
        return [
            (before, behind, now - then)
            for (before, then), (behind, now) in pairwise(self.offsets())
            if abs(now - then) > JUMP_MS
        ]

    def drift(self) -> float | None:
        """Milliseconds a minute by which the offset grows where it does not jump, by least squares.

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


def listen(reel: TimecodeList, film: Path, bed: Path, start: int) -> Sound:
    """Decode a film's audio and the bed side by side; holds a few windows at a time.

    Args:
        reel: says how long the film is.
        film: what is heard.
        bed: what should be heard.
        start: the bed's frame that plays with the film's first.

    Raises:
        MediaError: either cannot be read, or has no audio.
    """
    with film_audio(film) as (track, played), bed_audio(bed, track.rate) as music:
        takes = _takes(reel, start, track.rate, played, music)
        windows = list(_judged(takes, track.rate))
        played.drain()  # what the packets behind the last window say counts too
    return Sound(track, windows)


@dataclass(frozen=True, slots=True)
class _Take:
    """A window's samples: the film's, and the bed's with `search` more on either side."""

    start: int
    film: Mono
    bed: Mono
    match: Match

    def bed_at(self, lag: int) -> Mono:
        """The bed as the film would sound if it were `lag` samples late."""
        search = (len(self.bed) - len(self.film)) // 2
        return self.bed[search - lag :][: len(self.film)]


def _takes(
    reel: TimecodeList, first: int, rate: int, played: Windows, music: Windows
) -> Iterator[_Take]:
    frame_rate = reel.rate.to_frame_rate()
    length = sample_at(reel.duration.frame, frame_rate, rate)
    origin = sample_at(first, frame_rate, rate)
    search = int(_SEARCH_SECONDS * rate)
    # At least three windows however short the reel: one tells no drift.
    size = min(_WINDOW_SECONDS * rate, -(-length // 2))
    for start in _starts(length, size):
        film = played.window(start, start + size)
        bed = music.window(origin + start - search, origin + start + size + search)
        yield _Take(start, film, bed, match(film, bed, rate))


def _starts(length: int, size: int) -> list[int]:
    """Where windows start that overlap by half, from the first sample to the last."""
    return [*range(0, length - size, max(1, size // 2)), length - size]


def _judged(takes: Iterable[_Take], rate: int) -> Iterator[Window]:
    """The windows, compared with the bed at the offsets measured right before and behind them.

    Where the offset changes inside a window, its own is not to be trusted: it is held back until
    one is measured again.
    """
    before: int | None = None
    held: list[_Take] = []
    for take in takes:
        measured = None if take.match.samples is None else take.match.lag
        held.append(take)
        if measured is not None or len(held) > _MOST_HELD:
            yield from (_window(each, before, measured, rate) for each in held)
            before, held = measured, []
    yield from (_window(each, before, None, rate) for each in held)


def _window(take: _Take, before: int | None, behind: int | None, rate: int) -> Window:
    lags = {lag for lag in (before, behind) if lag is not None} or {take.match.lag or 0}
    comparable = take.match.lag is not None
    beds = [take.bed_at(lag) for lag in lags]
    silent = dropouts(take.film, beds, rate) if comparable else []
    stretches = tuple((take.start + start, take.start + end) for start, end in silent)
    clicked = set.intersection(*({*clicks(take.film, bed, rate)} for bed in beds))
    heard = tuple(sorted(take.start + at for at in clicked)) if comparable else ()
    return Window(take.start, len(take.film), take.match, stretches, heard)
