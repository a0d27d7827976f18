"""The throughput rule of long-form players: the best rung that the last requests' speed carries."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Self

from player_stub.streaming.policy import Decision, Request, View
from player_stub.streaming.streamed_reel import Track

_SAMPLES = 4  # requests whose mean throughput is taken
_SAFETY = 0.9  # share of the measured throughput that a rung may take


@dataclass(frozen=True, slots=True)
class Throughput:
    """One video request at a time, and one for music beside it, each played once it is complete.

    Attributes:
        whole_cuts: whether a request covers a whole cut, or a single fragment.
    """

    whole_cuts: bool

    @classmethod
    def by_cut(cls) -> Self:
        """The naive player of a timecode list: every cut is a segment of its own."""
        return cls(whole_cuts=True)

    @classmethod
    def by_fragment(cls) -> Self:
        """An ordinary HLS or DASH player."""
        return cls(whole_cuts=False)

    def decide(self, view: View) -> Decision:
        """See `Policy`."""
        video, music = self._video(view), _music(view)
        return Decision([*video.requests, *music.requests], min(video.wake, music.wake))

    def _video(self, view: View) -> Decision:
        video = view.video
        if video.pending or video.requested == view.reel.slots:
            return Decision()
        full = _wait_for_room(view, video.end, view.player.buffer)
        return full or _fetch(view, _rung(view), self._stop(view))

    def _stop(self, view: View) -> int:
        start = view.video.requested
        if not self.whole_cuts:
            return start + 1
        return next(slot for slot in view.reel.cuts if slot > start)


def _rung(view: View) -> Track:
    last = view.video.done[-_SAMPLES:]
    if not last:
        return view.reel.rungs[0]
    speed = 8 * sum(each.size for each in last) / sum(each.seconds for each in last)
    carried = [
        rung for rung in view.reel.rungs if rung.bits + view.reel.bed.bits <= _SAFETY * speed
    ]
    return carried[-1] if carried else view.reel.rungs[0]


def _fetch(view: View, rung: Track, stop: int) -> Decision:
    """Request the slots of a rung up to `stop`, once its init segment is there."""
    if not view.video.has_init(rung):
        return Decision([Request(rung, init=True)])
    return Decision([Request(rung, view.video.requested, stop, whole=True)])


def _music(view: View) -> Decision:
    """The next fragment of music, no further ahead than the video: it would compete with it."""
    music, bed = view.music, view.reel.bed
    if music.pending or music.requested == len(bed.sizes):
        return Decision()
    if not music.has_init(bed):
        return Decision([Request(bed, init=True)])
    limit = max(view.video.end - view.position, float(bed.fragment) * bed.pieces)
    full = _wait_for_room(view, music.end, limit)
    return full or Decision(
        [Request(bed, music.requested, music.requested + bed.pieces, whole=True)]
    )


def _wait_for_room(view: View, end: float, limit: float) -> Decision | None:
    """Wait while `limit` seconds or more are buffered up to `end`."""
    ahead = end - view.position
    if ahead < limit:
        return None
    return Decision(wake=view.now + ahead - limit if view.playing else inf)
