"""BOLA (Spiteri, Urgaonkar, Sitaraman, 2016): the rung by the buffer alone, no speed measured."""

from __future__ import annotations

from math import log

from player_stub.streaming.policies.long_form import (
    next_music,
    next_video,
    together,
    wait_for_room,
)
from player_stub.streaming.policy import Decision, View
from player_stub.streaming.streamed_reel import Track

_GAMMA_P = 5.0  # how much playing on without a stall is worth beside quality, as in the paper


class Bola:
    """One fragment at a time, BOLA-BASIC; the music beside it."""

    def decide(self, view: View) -> Decision:
        """See `Policy`."""
        return together([_video(view), next_music(view)])


def _video(view: View) -> Decision:
    video = view.video
    if video.pending or video.requested == view.reel.slots:
        return Decision()
    full = wait_for_room(view, video.end, view.player.buffer)
    return full or next_video(view, _rung(view), video.requested + 1)


def _rung(view: View) -> Track:
    """The rung of the most utility for its bits, given how full the buffer is."""
    rungs, least = view.reel.rungs, view.reel.rungs[0].bits
    fragment = float(rungs[0].fragment)
    utilities = [log(rung.bits / least) for rung in rungs]
    room = (view.player.buffer - fragment) / fragment
    weight = room / (utilities[-1] + _GAMMA_P)
    filled = (view.video.end - view.position) / fragment

    def worth(place: int) -> float:
        return (weight * (utilities[place] + _GAMMA_P) - filled) / rungs[place].bits

    return rungs[max(range(len(rungs)), key=worth)]
