"""What players of long films have in common: one request at a time of each kind, in order."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from player_stub.streaming.policy import Decision, Request, View
from player_stub.streaming.streamed_reel import Track


def next_video(view: View, rung: Track, stop: int) -> Decision:
    """Ask for the next slots of a rung up to `stop`, after the rung's init segment."""
    if not view.video.has_init(rung):
        return Decision([Request(rung, init=True)])
    return Decision([Request(rung, view.video.requested, stop, whole=True)])


def wait_for_room(view: View, end: float, most: float) -> Decision | None:
    """Wait while more than `most` seconds up to `end` are ahead."""
    ahead = end - view.position
    if ahead < most:
        return None
    return Decision(wake=view.now + ahead - most if view.playing else inf)


def next_music(view: View) -> Decision:
    """The music fragment by fragment, as far as the video reaches: more would be in its way."""
    music, bed = view.music, view.reel.bed
    if music.pending or music.requested == len(bed.sizes):
        return Decision()
    if not music.has_init(bed):
        return Decision([Request(bed, init=True)])
    most = max(view.video.end - view.position, float(bed.fragment) * bed.pieces)
    full = wait_for_room(view, music.end, most)
    return full or Decision(
        [Request(bed, music.requested, music.requested + bed.pieces, whole=True)]
    )


def together(decisions: Sequence[Decision]) -> Decision:
    """Both at once."""
    requests = [request for each in decisions for request in each.requests]
    return Decision(requests, min(each.wake for each in decisions))
