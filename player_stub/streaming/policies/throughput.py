"""The throughput rule of long-form players: the highest rendition that recent requests sustain."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Self

from player_stub.streaming.policy import Decision, PlayerView, RangeRequest
from player_stub.streaming.streamed_reel import StreamedTrack

_SAMPLES = 4  # requests whose mean throughput is taken
_SAFETY = 0.9  # share of the measured throughput that a rendition and the music may take


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

    def decide(self, view: PlayerView) -> Decision:
        """See `Policy`."""
        video, music = self._video(view), _music(view)
        return Decision([*video.requests, *music.requests], min(video.wake, music.wake))

    def _video(self, view: PlayerView) -> Decision:
        video = view.video
        if video.pending or video.requested == view.reel.slots:
            return Decision()
        full = _wait_for_room(view, video.end, view.config.buffer)
        return full or _fetch(view, _rendition(view), self._stop(view))

    def _stop(self, view: PlayerView) -> int:
        start = view.video.requested
        if not self.whole_cuts:
            return start + 1
        return next(slot for slot in view.reel.cuts if slot > start)


def _rendition(view: PlayerView) -> StreamedTrack:
    recent = view.video.transfers[-_SAMPLES:]
    if not recent:
        return view.reel.renditions[0]
    seconds = sum(transfer.seconds for transfer in recent)
    throughput = 8 * sum(transfer.size for transfer in recent) / seconds
    sustained = [
        rendition
        for rendition in view.reel.renditions
        if rendition.bits + view.reel.bed.bits <= _SAFETY * throughput
    ]
    return sustained[-1] if sustained else view.reel.renditions[0]


def _fetch(view: PlayerView, rendition: StreamedTrack, stop: int) -> Decision:
    """RangeRequest the slots of a rendition up to `stop`, once its init segment is there."""
    if not view.video.has_init(rendition):
        return Decision([RangeRequest(rendition, init=True)])
    return Decision([RangeRequest(rendition, view.video.requested, stop, whole=True)])


def _music(view: PlayerView) -> Decision:
    """The next fragment of music, no further ahead than the video: it would compete with it."""
    music, bed = view.music, view.reel.bed
    if music.pending or music.requested == len(bed.sizes):
        return Decision()
    if not music.has_init(bed):
        return Decision([RangeRequest(bed, init=True)])
    limit = max(view.video.end - view.position, float(bed.fragment) * bed.pieces)
    full = _wait_for_room(view, music.end, limit)
    return full or Decision(
        [RangeRequest(bed, music.requested, music.requested + bed.pieces, whole=True)]
    )


def _wait_for_room(view: PlayerView, end: float, limit: float) -> Decision | None:
    """Wait while `limit` seconds or more are buffered up to `end`."""
    ahead = end - view.position
    if ahead < limit:
        return None
    return Decision(wake=view.now + ahead - limit if view.playing else inf)
