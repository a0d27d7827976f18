"""Plays a reel for real, from a server through a proxy, and compares with the simulation."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from benchmarks.delivery_server import serving
from benchmarks.streaming_reels import Streamable
from benchmarks.tables import Row, print_table
from player_stub.streaming import (
    POLICIES,
    PlayerConfig,
    PlayMetrics,
    StreamedReel,
    simulate,
    synthetic_trace,
)
from tests.player_stub.streaming.live_player import client, play_live

_LINKS = (
    *(("3g", 10_003), ("3g", 10_007), ("3g", 10_011), ("3g", 10_013)),
    *(("4g", 10_000), ("4g", 10_001), ("wifi", 10_000), ("wifi", 10_001)),
)
_POLICIES = ("naive", "whole-reel")
_PLAYS = [(*link, policy) for link in _LINKS for policy in _POLICIES]
_AT_ONCE = 4  # plays: more would wait for a processor and not for the link
_LEAVE = 20.0  # second of the reel
_SLACK = 0.1  # of the measure
_METRICS = (
    ("startup_seconds", 1.0, 0.02),
    ("stalled_seconds", 1.0, 0.1),
    ("received_bytes", 1e6, 0.0),
)
"""Metrics to compare: name, unit, and a difference that is negligible."""


@dataclass(frozen=True, slots=True)
class PlayComparison:
    """A play, real and simulated."""

    what: str
    policy: str
    real: PlayMetrics
    simulated: PlayMetrics

    def rows(self) -> Iterator[tuple[Row, bool]]:
        """A line for each measure, and whether both agree."""
        for name, unit, least in _METRICS:
            real, simulated = getattr(self.real, name) / unit, getattr(self.simulated, name) / unit
            yield _row(f"{self.what}: {name.replace('_', '-')}", real, simulated, least)


def _row(what: str, real: float, simulated: float, least: float = 0.0) -> tuple[Row, bool]:
    agree = abs(real - simulated) <= max(_SLACK * simulated, least)
    off = f"{100 * (real / simulated - 1):+.1f} %" if simulated else "-"
    return Row(what, (f"{real:.3f}", f"{simulated:.3f}", off, "met" if agree else "MISSED")), agree


def _quality(policy: str, comparisons: Sequence[PlayComparison]) -> tuple[Row, bool]:
    """Over all plays of a policy: in a single one chance decides between equal renditions."""
    plays = [comparison for comparison in comparisons if comparison.policy == policy]
    real, simulated = (
        fmean(getattr(play, name).quality for play in plays) for name in ("real", "simulated")
    )
    return _row(f"{policy}, mean of {len(plays)} plays: quality", real, simulated)


def compare(streamable: Streamable) -> list[PlayComparison]:
    """Play each link with each policy, some at once: every play has a link of its own."""
    reel = streamable.reels[0]
    streamed = StreamedReel.from_package(reel, streamable.segment_map)
    simulated = [
        _simulated(streamed, *play) for play in _PLAYS
    ]  # first: it would keep real plays waiting
    with TemporaryDirectory() as nothing, serving(streamable.root, Path(nothing), reel) as client:
        document = f"http://127.0.0.1:{client.port}/v1/reels/{reel.reel_id}/ranges.json"
        real = asyncio.run(_real(document))
    return [
        PlayComparison(f"{network} {seed}, {policy}", policy, played, expected)
        for (network, seed, policy), played, expected in zip(_PLAYS, real, simulated, strict=True)
    ]


def _simulated(reel: StreamedReel, network: str, seed: int, policy: str) -> PlayMetrics:
    return simulate(reel, synthetic_trace(network, seed), POLICIES[policy](), leave=_LEAVE).metrics


async def _real(document: str) -> list[PlayMetrics]:
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def play(network: str, seed: int, policy: str) -> PlayMetrics:
        trace = synthetic_trace(network, seed)
        async with at_once:
            policy_ = POLICIES[policy]()
            played, _ = await play_live(http, document, trace, policy_, PlayerConfig(), _LEAVE)
        return played.metrics

    async with client() as http:
        return await asyncio.gather(*(play(*each) for each in _PLAYS))


def print_comparisons(comparisons: Sequence[PlayComparison]) -> bool:
    """Print all, and say whether they agree."""
    rows = [row for comparison in comparisons for row in comparison.rows()]
    rows += [_quality(policy, comparisons) for policy in _POLICIES]
    print_table(("", "real", "simulated", "off", "within a tenth"), [row for row, _ in rows])
    sys.stdout.write("\n")
    return all(agree for _, agree in rows)
