"""The policy made for reels: it knows the whole reel before it fetches the first byte.

- The first requests go out together: init segments, first fragments and the first of the music.
- The next request goes out one round trip before the last response ends, across cuts too, so that
  the link never waits for a request.
- Adjacent fragments, within a cut or where the next cut continues it, are one request, as long as
  the buffer can wait for all of it. Bytes between ranges are never requested.
- Renditions are planned for what is left of the reel, as far as any buffer reaches.
- Whichever of music and video runs out first is requested first.
"""

# ruff: noqa: N806 - an array's name shows its shape

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate, takewhile
from math import ceil, exp, inf

import numpy as np

from player_stub.streaming.policies.bandwidth import FIRST_SAMPLE_SECONDS, BandwidthEstimate
from player_stub.streaming.policies.rendition_plan import (
    Floats,
    PlanInput,
    PlanWeights,
    plan_renditions,
)
from player_stub.streaming.policy import Decision, PlayerView, RangeRequest
from player_stub.streaming.streamed_reel import StreamedReel, StreamedTrack

_HORIZON = 20  # fragments to plan for: much more than any buffer holds
_LONGEST = 4  # fragments per request: the plan cannot change within one
# Safety margins, in standard deviations below the expected bandwidth: for the length of a request,
# after a stall, and at the start.
_CAREFUL, _WARY, _SURE = 1.6, 0.5, 1.2
_SHARE = 0.6  # of the buffer is used
_PATIENCE = 4.0  # seconds to buffer in a stall at most


@dataclass
class WholeReel:
    """One play of one reel."""

    weights: PlanWeights = field(default_factory=PlanWeights)
    _bandwidth: BandwidthEstimate = field(default_factory=BandwidthEstimate)
    _round_trip: float | None = None

    def decide(self, view: PlayerView) -> Decision:
        """See `Policy`."""
        if not view.video.requested:
            return Decision(self._first(view))
        self._bandwidth.update(view.now, view.traffic, complete=view.outstanding < 1)
        if not self._bandwidth.has_samples:
            return Decision(wake=view.now + FIRST_SAMPLE_SECONDS)
        if self._round_trip is None:
            self._round_trip = view.now - view.traffic.seconds
        return replace(self._next(view), min_buffered=self._needed(view))

    def _first(self, view: PlayerView) -> list[RangeRequest]:
        """Everything that playback starts with, at once."""
        reel, count = view.reel, view.config.start_after
        lowest, bed = reel.renditions[0], reel.bed
        stop = min(count, reel.slots)
        video = [RangeRequest(lowest, init=True)]
        start = 0
        while start < stop:
            end = min(lowest.adjacent_end(start), stop)
            video.append(RangeRequest(lowest, start, end))
            start = end
        music = (count - 1) * bed.pieces + 1
        return [*video, RangeRequest(bed, 0, min(music, len(bed.sizes)), init=True)]

    def _next(self, view: PlayerView) -> Decision:
        """Wait until the link is about to be idle; then fetch what runs out first."""
        left = 8 * view.outstanding / self._bandwidth.bits - (self._round_trip or 0.0)
        if left > 0:
            return Decision(wake=view.now + left)
        music_left = view.music.requested < len(view.reel.bed.sizes)
        video_left = view.video.requested < view.reel.slots
        later = view.music.requested_end > view.video.requested_end
        if music_left and not (video_left and later):
            return self._music(view)
        return self._video(view) if video_left else Decision()

    def _music(self, view: PlayerView) -> Decision:
        """Music as far as video was requested, in one request: its fragments are all adjacent."""
        wait = self._wait(view, view.music.requested_end)
        if wait:
            return wait
        bed, start = view.reel.bed, view.music.requested
        fragment = float(bed.fragment) * bed.pieces
        lacking = (view.video.requested_end - view.music.requested_end) / fragment
        begun = start // bed.pieces
        stop = (begun + max(1, min(ceil(lacking), _LONGEST))) * bed.pieces
        return Decision([RangeRequest(bed, start, min(stop, len(bed.sizes)))])

    def _video(self, view: PlayerView) -> Decision:
        wait = self._wait(view, view.video.requested_end)
        if wait:
            return wait
        renditions = self._plan(view)
        rendition, start = view.reel.renditions[renditions[0]], view.video.requested
        same = len(list(takewhile(lambda each: each == renditions[0], renditions)))
        stop = min(
            start + same, rendition.adjacent_end(start), start + self._affordable(view, rendition)
        )
        request = RangeRequest(rendition, start, stop)
        lacks_init = not view.video.requested_init(rendition)
        return Decision([RangeRequest(rendition, init=True)] * lacks_init + [request])

    def _wait(self, view: PlayerView, end: float) -> Decision | None:
        """Wait until the buffer has room for another fragment; None where it has."""
        spare = _buffer_limit(view) - (end - view.position)
        if spare > 0:
            return None
        return Decision(wake=view.now - spare if view.playing else inf)

    def _affordable(self, view: PlayerView, rendition: StreamedTrack) -> int:
        """Fragments that fit, and arrive within half of what is buffered even on a slow link."""
        ahead = view.video.requested_end - view.position
        budget = ahead / 2 * self._slow(_CAREFUL) / 8
        room = ceil((_buffer_limit(view) - ahead) / float(rendition.fragment))
        start = view.video.requested
        sizes = accumulate(rendition.sizes[start : start + min(room, _LONGEST)])
        return max(1, len([size for size in sizes if size <= budget]))

    def _needed(self, view: PlayerView) -> float:
        """Seconds to buffer so that the rest of the reel arrives in time, in the lowest rendition.

        Resuming with less after a stall means stalling again soon. The start waits only for the
        first fragments: waiting for more prevents hardly any stalls, and costs every viewer time.
        """
        start, fragment = view.video.filled, float(view.reel.renditions[0].fragment)
        if view.position == 0:
            return self._needed_to_start(view)
        if start == view.reel.slots:
            return 0.0
        seconds_F = _bits(view.reel, start)[:, 0] / self._slow(_WARY)
        late_F = np.cumsum(seconds_F) - fragment * np.arange(len(seconds_F))
        return min(float(late_F.max()), _PATIENCE, _buffer_limit(view))

    def _needed_to_start(self, view: PlayerView) -> float:
        """Seconds to buffer so that the rest of the first music arrives in time."""
        bed, begun = view.reel.bed, view.config.start_after
        missing = bed.sizes[view.music.filled : begun * bed.pieces]
        return 8 * sum(missing) / self._slow(_SURE)

    def _slow(self, deviations: float) -> float:
        """Bits per second if the link is so many standard deviations slower than expected."""
        return self._bandwidth.bits * exp(-deviations * self._bandwidth.spread)

    def _plan(self, view: PlayerView) -> list[int]:
        start, bandwidth = view.video.requested, self._bandwidth
        ahead = min(view.video.requested_end, view.music.requested_end) - view.position
        buffered = max(0.0, ahead - 8 * view.outstanding / bandwidth.bits)
        last = view.last_rendition
        return plan_renditions(
            PlanInput(
                bits=_bits(view.reel, start),
                qualities=view.reel.qualities,
                fragment=float(view.reel.renditions[0].fragment),
                limit=_buffer_limit(view),
                buffered=buffered,
                rendition=view.reel.renditions.index(last) if last else 0,
                bandwidth=bandwidth.bits,
                spread=bandwidth.spread,
            ),
            self.weights,
        )


def _buffer_limit(view: PlayerView) -> float:
    """Seconds to buffer: the last ones prevent few stalls, and are wasted first."""
    least = (view.config.start_after + 1) * float(view.reel.renditions[0].fragment)
    return max(_SHARE * view.config.buffer, min(least, view.config.buffer))


def _bits(reel: StreamedReel, start: int) -> Floats:
    """Bits of each of the next fragments in each rendition, with its music: shape (F, R)."""
    stop = min(start + _HORIZON, reel.slots)
    music = reel.bed.bits * float(reel.renditions[0].fragment)
    sizes = [[8.0 * size for size in rendition.sizes[start:stop]] for rendition in reel.renditions]
    return np.array(sizes).T + music
