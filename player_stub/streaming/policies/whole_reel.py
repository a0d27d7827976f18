"""Our policy: it knows the whole reel before it fetches the first byte.

- The first requests go out together: init segments, first fragments and the first of the music.
- The next request goes out a round trip before the last one's answer has come, across cuts too, so
  that the link never waits for a request.
- Fragments that lie side by side, within a cut or where the next cut goes on from it, are one
  request, as long as the buffer could bear a change of mind. Bytes between ranges are never asked.
- Rungs are planned for what is left of the reel, as far as any buffer reaches (see `planning`).
- Music and video are asked for in the order in which they run out.
"""

# ruff: noqa: N806 - an array's name shows its shape

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import accumulate, takewhile
from math import ceil, exp, inf

import numpy as np

from player_stub.streaming.policies.bandwidth import LEAST_FIRST, Speed
from player_stub.streaming.policies.rendition_plan import Floats, Outlook, Worth, plan
from player_stub.streaming.policy import Decision, Request, View
from player_stub.streaming.streamed_reel import StreamedReel, Track

_HORIZON = 20  # fragments that are planned for: much more than any buffer holds
_LONGEST = 4  # fragments of one request: a change of mind comes no later
# Standard deviations below the expected speed, to be on the safe side: of requests, after a stall,
# and at the start.
_CAREFUL, _WARY, _SURE = 1.6, 0.5, 1.2
_SHARE = 0.6  # of the buffer is used
_PATIENCE = 4.0  # seconds that are gathered in a stall at the most


@dataclass
class WholeReel:
    """One play of one reel."""

    worth: Worth = field(default_factory=Worth)
    _speed: Speed = field(default_factory=Speed)
    _round_trip: float | None = None

    def decide(self, view: View) -> Decision:
        """See `Policy`."""
        if not view.video.requested:
            return Decision(self._first(view))
        self._speed.see(view.now, view.traffic, all_came=view.outstanding < 1)
        if not self._speed.known:
            return Decision(wake=view.now + LEAST_FIRST)
        if self._round_trip is None:
            self._round_trip = view.now - view.traffic.seconds
        return replace(self._next(view), ahead=self._enough(view))

    def _first(self, view: View) -> list[Request]:
        reel, count = view.reel, view.player.start_after
        least, bed = reel.rungs[0], reel.bed
        stop = min(count, reel.slots)
        video = [Request(least, init=True)]
        start = 0
        while start < stop:
            end = min(least.neighbours(start), stop)
            video.append(Request(least, start, end))
            start = end
        music = (count - 1) * bed.pieces + 1
        return [*video, Request(bed, 0, min(music, len(bed.sizes)), init=True)]

    def _next(self, view: View) -> Decision:
        """Wait until the link is about to be idle; then fetch what runs out first."""
        left = 8 * view.outstanding / self._speed.bits - (self._round_trip or 0.0)
        if left > 0:
            return Decision(wake=view.now + left)
        music_left = view.music.requested < len(view.reel.bed.sizes)
        video_left = view.video.requested < view.reel.slots
        later = view.music.requested_end > view.video.requested_end
        if music_left and not (video_left and later):
            return self._music(view)
        return self._video(view) if video_left else Decision()

    def _music(self, view: View) -> Decision:
        """As far as video was asked for: the music's fragments all lie side by side."""
        wait = self._wait(view, view.music.requested_end)
        if wait:
            return wait
        bed, start = view.reel.bed, view.music.requested
        fragment = float(bed.fragment) * bed.pieces
        lacking = (view.video.requested_end - view.music.requested_end) / fragment
        begun = start // bed.pieces
        stop = (begun + max(1, min(ceil(lacking), _LONGEST))) * bed.pieces
        return Decision([Request(bed, start, min(stop, len(bed.sizes)))])

    def _video(self, view: View) -> Decision:
        wait = self._wait(view, view.video.requested_end)
        if wait:
            return wait
        rungs = self._plan(view)
        rung, start = view.reel.rungs[rungs[0]], view.video.requested
        same = len(list(takewhile(lambda each: each == rungs[0], rungs)))
        stop = min(start + same, rung.neighbours(start), start + self._bearable(view, rung))
        request = Request(rung, start, stop)
        lacks_init = not view.video.asked_init(rung)
        return Decision([Request(rung, init=True)] * lacks_init + [request])

    def _wait(self, view: View, end: float) -> Decision | None:
        """Until there is room for another fragment."""
        spare = _most(view) - (end - view.position)
        if spare > 0:
            return None
        return Decision(wake=view.now - spare if view.playing else inf)

    def _bearable(self, view: View, rung: Track) -> int:
        """Fragments that come in half of the time there is, even on a slow link, and fit in."""
        ahead = view.video.requested_end - view.position
        budget = ahead / 2 * self._slow(_CAREFUL) / 8
        room = ceil((_most(view) - ahead) / float(rung.fragment))
        start = view.video.requested
        came = accumulate(rung.sizes[start : start + min(room, _LONGEST)])
        return max(1, len([size for size in came if size <= budget]))

    def _enough(self, view: View) -> float:
        """Seconds ahead with which all that is left can come in time, in the least rung.

        To go on with less after a stall would mean to stall again soon. The start waits for the
        first fragments alone: to gather more saves next to no stalls, for everyone's time.
        """
        start, fragment = view.video.filled, float(view.reel.rungs[0].fragment)
        if view.position == 0:
            return self._begun(view)
        if start == view.reel.slots:
            return 0.0
        seconds_F = _bits(view.reel, start)[:, 0] / self._slow(_WARY)
        late_F = np.cumsum(seconds_F) - fragment * np.arange(len(seconds_F))
        return min(float(late_F.max()), _PATIENCE, _most(view))

    def _begun(self, view: View) -> float:
        """Seconds ahead with which the music beside the first video can come in time."""
        bed, begun = view.reel.bed, view.player.start_after
        missing = bed.sizes[view.music.filled : begun * bed.pieces]
        return 8 * sum(missing) / self._slow(_SURE)

    def _slow(self, deviations: float) -> float:
        """Bits a second, should the link be that much slower than expected."""
        return self._speed.bits * exp(-deviations * self._speed.spread)

    def _plan(self, view: View) -> list[int]:
        start, speed = view.video.requested, self._speed
        ahead = min(view.video.requested_end, view.music.requested_end) - view.position
        buffered = max(0.0, ahead - 8 * view.outstanding / speed.bits)
        last = view.last_rung
        return plan(
            Outlook(
                bits=_bits(view.reel, start),
                qualities=view.reel.qualities,
                fragment=float(view.reel.rungs[0].fragment),
                most=_most(view),
                buffered=buffered,
                rung=view.reel.rungs.index(last) if last else 0,
                speed=speed.bits,
                spread=speed.spread,
            ),
            self.worth,
        )


def _most(view: View) -> float:
    """Seconds to fetch ahead: the last ones would save few stalls, and are the first wasted."""
    least = (view.player.start_after + 1) * float(view.reel.rungs[0].fragment)
    return max(_SHARE * view.player.buffer, min(least, view.player.buffer))


def _bits(reel: StreamedReel, start: int) -> Floats:
    """Of each of the next fragments in each rung, with the music that plays beside it."""
    stop = min(start + _HORIZON, reel.slots)
    music = reel.bed.bits * float(reel.rungs[0].fragment)
    sizes = [[8.0 * size for size in rung.sizes[start:stop]] for rung in reel.rungs]
    return np.array(sizes).T + music
