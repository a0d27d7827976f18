"""Reels to stream, made up without media, and links to stream them over."""

from __future__ import annotations

from collections.abc import Sequence

from player_stub.streaming import Decision, Period, PlayerView, Policy, StreamedReel, Trace
from tests.hls.sample_segment_map import reel_of, segment_map

FRAGMENT = 40 * 1001 / 24000
"""Seconds of a fragment of the made-up reels."""

CUTS = ((0, 80), (400, 440), (440, 480), (120, 280), (800, 840), (840, 920))
"""Source ranges in frames: two pairs of cuts lie side by side in the media."""


def streamed(cuts: Sequence[tuple[int, int]] = CUTS, seed: int = 1) -> StreamedReel:
    """A reel of three renditions: 240p of some 0.3 Mbit/s, 480p, and 1080p of some 1.4 Mbit/s."""
    return StreamedReel.from_package(
        reel_of(*cuts), segment_map(heights=(1080, 480, 240), seed=seed)
    )


def steady(bits: float, round_trip: float = 0.1) -> Trace:
    """A link that never changes."""
    return Trace((Period(10.0, bits, round_trip),))


def steps(*bits: float, seconds: float = 1.0, round_trip: float = 0.1) -> Trace:
    """A link that changes each second, or each so many."""
    return Trace(tuple(Period(seconds, each, round_trip) for each in bits))


class RecordingPolicy:
    """A policy, and all that it decided and saw when it did."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.decisions: list[tuple[float, Decision]] = []

    def decide(self, view: PlayerView) -> Decision:
        """As the policy does."""
        decision = self._policy.decide(view)
        self.decisions.append((view.now, decision))
        return decision
