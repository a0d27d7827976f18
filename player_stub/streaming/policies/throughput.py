"""The throughput rule of long-form players: the best rung that the last requests' speed carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from player_stub.streaming.policies.long_form import (
    next_music,
    next_video,
    together,
    wait_for_room,
)
from player_stub.streaming.policy import Decision, View
from player_stub.streaming.streamed_reel import Track

_SAMPLES = 4  # requests that the speed is the mean of
_SAFETY = 0.9  # of that speed is used


@dataclass(frozen=True, slots=True)
class Throughput:
    """One request at a time, each as large as `cuts` says; the music beside it.

    Attributes:
        cuts: whether a whole cut is one request, or each fragment.
    """

    cuts: bool

    @classmethod
    def by_cut(cls) -> Self:
        """The naive player of a timecode list: every cut is a segment of its own."""
        return cls(cuts=True)

    @classmethod
    def by_fragment(cls) -> Self:
        """An ordinary HLS or DASH player."""
        return cls(cuts=False)

    def decide(self, view: View) -> Decision:
        """See `Policy`."""
        return together([self._video(view), next_music(view)])

    def _video(self, view: View) -> Decision:
        video = view.video
        if video.pending or video.requested == view.reel.slots:
            return Decision()
        full = wait_for_room(view, video.end, view.player.buffer)
        return full or next_video(view, _rung(view), self._stop(view))

    def _stop(self, view: View) -> int:
        start = view.video.requested
        if not self.cuts:
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
