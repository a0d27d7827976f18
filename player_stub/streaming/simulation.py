"""Plays a reel over a simulated link, from event to event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isinf
from typing import Self

from player_stub.streaming.link import Arrival, Link
from player_stub.streaming.metrics import PlayerSample, PlayMetrics
from player_stub.streaming.player_state import PlayerState
from player_stub.streaming.policy import PlayerConfig, Policy, RangeRequest, Transfer
from player_stub.streaming.streamed_reel import StreamedReel
from player_stub.streaming.trace import Trace

RESPONSE_HEAD = 426
"""Bytes of the status line and headers of each response, as the service sends them."""

_LEAST_WAIT = 1e-6  # seconds: time advances even where a wake was rounded to now


@dataclass(frozen=True, slots=True)
class Play:
    """A finished play of a reel.

    Attributes:
        metrics: its figures.
        samples: the player after each event.
        renditions: the name of the one that each slot was requested in.
    """

    metrics: PlayMetrics
    samples: Sequence[PlayerSample]
    renditions: Sequence[str]

    @classmethod
    def of(cls, state: PlayerState) -> Self:
        """The play, once it has ended."""
        renditions = [track.name for track in state.video.tracks]
        return cls(state.metrics(), state.samples, renditions)


def simulate(
    reel: StreamedReel,
    trace: Trace,
    policy: Policy,
    config: PlayerConfig | None = None,
    *,
    leave: float = inf,
) -> Play:
    """Play a reel over a simulated link.

    Args:
        reel: what to play.
        trace: the bandwidth of the link, from the time that play is pressed.
        policy: decides what to fetch; a new one for each play.
        config: of the player.
        leave: the second of the reel at which the viewer leaves.

    Raises:
        InputError: the player starts with more than it may buffer.
    """
    link: Link[RangeRequest] = Link(trace)
    state = PlayerState(reel, config or PlayerConfig(), leave)
    while not state.ended:
        decision = policy.decide(state)
        state.apply(decision)
        for request in decision.requests:
            link.send(request, request.parts, RESPONSE_HEAD)
            state.response_began(request, link.now + trace.period_at(link.now).round_trip)
        time = min(
            link.next_event(), state.next_event(), max(decision.wake, link.now + _LEAST_WAIT)
        )
        assert not isinf(time), f"{policy} waits for an event that never comes"
        arrivals: list[Arrival[RangeRequest]] = link.advance(time)
        state.advance(time, arrivals, Transfer(link.received_bytes, link.busy))
    return Play.of(state)
