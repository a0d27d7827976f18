"""Plays a reel over a simulated link, from event to event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isinf
from typing import Self

from player_stub.streaming.link import Arrival, Link
from player_stub.streaming.metrics import Measures, Moment
from player_stub.streaming.player_state import Playback
from player_stub.streaming.policy import Done, Player, Policy, Request
from player_stub.streaming.streamed_reel import StreamedReel
from player_stub.streaming.trace import Trace

ANSWER_HEAD = 426
"""Bytes of the status line and headers in front of each range, as the service sends them."""

_LEAST_WAIT = 1e-6  # seconds: so that no rounding of a wake keeps time from going on


@dataclass(frozen=True, slots=True)
class Play:
    """A reel that was played.

    Attributes:
        measures: in numbers.
        moments: the player each time that something happened.
        rungs: the name of the size in which each slot was asked for.
    """

    measures: Measures
    moments: Sequence[Moment]
    rungs: Sequence[str]

    @classmethod
    def of(cls, playback: Playback) -> Self:
        """What came of a playback that has ended."""
        rungs = [track.name for track in playback.video.tracks]
        return cls(playback.measures(), playback.moments, rungs)


def simulate(
    reel: StreamedReel,
    trace: Trace,
    policy: Policy,
    player: Player | None = None,
    *,
    leave: float = inf,
) -> Play:
    """Play a reel over a link that carries what a trace says.

    Args:
        reel: what to play.
        trace: of the link, from the moment at which play is pressed.
        policy: says what to fetch; new for each play.
        player: how it is set up.
        leave: the second of the reel at which the viewer leaves.

    Raises:
        InputError: the player starts with more than it may buffer.
    """
    link: Link[Request] = Link(trace)
    playback = Playback(reel, player or Player(), leave)
    while not playback.ended:
        decision = policy.decide(playback)
        playback.decided(decision)
        for request in decision.requests:
            link.send(request, request.parts, ANSWER_HEAD)
            playback.began(request, link.now + trace.at(link.now).round_trip)
        time = min(
            link.next_event(), playback.next_event(), max(decision.wake, link.now + _LEAST_WAIT)
        )
        assert not isinf(time), f"{policy} waits for nothing"
        arrivals: list[Arrival[Request]] = link.advance(time)
        playback.advance(time, arrivals, Done(link.received, link.busy))
    return Play.of(playback)
