"""Streaming of reels: our policy compared with a naive one and the throughput rule.

    python -m benchmarks.streaming [NAME=FOLDER ...]

Every policy plays once over each link, a generated trace or one of a folder: the same reel, from
the same time, left by the viewer at the same second. Then some plays are repeated for real, from a
server through a proxy. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import Random
from statistics import fmean, geometric_mean, stdev
from tempfile import TemporaryDirectory

from benchmarks.streaming_live import compare, print_comparisons
from benchmarks.streaming_reels import make
from benchmarks.tables import Row, print_table
from player_stub.streaming import (
    NETWORKS,
    POLICIES,
    PlayMetrics,
    StreamedReel,
    Trace,
    read_trace,
    simulate,
    synthetic_trace,
)

_LINKS = 400  # of each generated class
_FIRST_SEED = 10_000  # far from those that the policy was tuned on
_REELS = 20
_DRAWS = 1000  # of the bootstrap
_NAIVE, _OURS = "naive", "whole-reel"
_SHOWN = (
    ("start-up s", "startup_seconds", 1.0, 2),
    ("stalls", "stalls", 1.0, 3),
    ("stalled s", "stalled_seconds", 1.0, 2),
    ("quality", "quality", 1.0, 3),
    ("Mbit/s", "bits_per_second", 1e6, 2),
    ("switches", "switches", 1.0, 1),
    ("wasted KB", "wasted_bytes", 1e3, 0),
    ("requests", "requests", 1.0, 1),
)

Share = Callable[[Sequence[float], Sequence[float]], float]
"""A ratio of two policies' figures, given link by link."""

Plays = Mapping[str, Sequence[PlayMetrics]]
"""The metrics of each policy, one per link, in the same order."""


@dataclass(frozen=True, slots=True)
class Target:
    """A limit for a figure of our policy, as a share of the naive one's.

    Attributes:
        network: the class of links.
        what: name of the figure in the table.
        name: field of `PlayMetrics`.
        limit: of the share.
        at_least: whether the limit is a minimum, not a maximum.
        typical: whether every link has the same weight, not every second.
    """

    network: str
    what: str
    name: str
    limit: float
    at_least: bool = False
    typical: bool = False

    def row(self, plays: Plays) -> tuple[Row, bool]:
        """A line of the table, and whether the target is met."""
        ours = [getattr(metrics, self.name) for metrics in plays[_OURS]]
        naive = [getattr(metrics, self.name) for metrics in plays[_NAIVE]]
        share = _typical if self.typical else _ratio
        ratio = share(ours, naive)
        low, high = _interval(ours, naive, share)
        met = ratio >= self.limit if self.at_least else ratio <= self.limit
        wanted = f"at {'least' if self.at_least else 'most'} {self.limit:.2f}"
        cells = (f"{ratio:.2f}", f"{low:.2f} to {high:.2f}", wanted, "met" if met else "MISSED")
        return Row(f"{self.network}: {self.what}", cells), met


def main() -> None:
    """Play, print, and exit."""
    with TemporaryDirectory() as name:
        _say("drawing and packaging an asset")
        streamable = make(Path(name), _REELS)
        reels = [
            StreamedReel.from_package(reel, streamable.segment_map) for reel in streamable.reels
        ]
        plays = {network: _play(network, links, reels) for network, links in _networks()}
        _print_reels(reels)
        _print_means(plays)
        met = _print_targets(plays)
        _say("playing for real")
        met &= print_comparisons(compare(streamable))
    sys.exit(0 if met else 1)


def _networks() -> Iterator[tuple[str, list[Trace]]]:
    for network in NETWORKS:
        yield network, [synthetic_trace(network, _FIRST_SEED + seed) for seed in range(_LINKS)]
    for argument in sys.argv[1:]:
        name, _, folder = argument.partition("=")
        yield name, [read_trace(path) for path in sorted(Path(folder).iterdir())]


def _play(network: str, links: Sequence[Trace], reels: Sequence[StreamedReel]) -> Plays:
    _say(f"playing over {len(links)} links of {network}")
    dice = Random(network)  # noqa: S311 - not for secrets
    plays: dict[str, list[PlayMetrics]] = {name: [] for name in POLICIES}
    for number, link in enumerate(links):
        reel = reels[number % len(reels)]
        # Half of the viewers watch to the end, the others leave at any time.
        leave = inf if dice.random() < 0.5 else dice.uniform(0, reel.seconds)
        trace = _from(link, dice.uniform(0, link.seconds))
        for name, policy in POLICIES.items():
            plays[name].append(simulate(reel, trace, policy(), leave=leave).metrics)
    return plays


def _from(trace: Trace, time: float) -> Trace:
    """The same link, starting with the period at a time."""
    at = trace.periods.index(trace.period_at(time))
    return Trace(trace.periods[at:] + trace.periods[:at])


def _print_reels(reels: Sequence[StreamedReel]) -> None:
    renditions = ", ".join(
        f"{fmean(reel.renditions[index].bits for reel in reels) / 1e6:.2f}"
        for index in range(len(reels[0].renditions))
    )
    sys.stdout.write(
        f"{len(reels)} reels of {reels[0].seconds:.0f} s; renditions of {renditions} Mbit/s, "
        f"music of {reels[0].bed.bits / 1e6:.2f}. Means, and half of their 95 % intervals.\n\n"
    )


def _print_means(plays: Mapping[str, Plays]) -> None:
    rows = [
        Row(f"{network}: {policy}", [_mean(each, *shown[1:]) for shown in _SHOWN])
        for network, of_network in plays.items()
        for policy, each in of_network.items()
    ]
    print_table(("", *(shown[0] for shown in _SHOWN)), rows)
    sys.stdout.write("\n")


def _mean(plays: Sequence[PlayMetrics], name: str, scale: float, digits: int) -> str:
    values = [getattr(play, name) / scale for play in plays]
    half = 1.96 * stdev(values) / len(values) ** 0.5
    return f"{fmean(values):.{digits}f} ± {half:.{digits}f}"


def _print_targets(plays: Mapping[str, Plays]) -> bool:
    rows = []
    met = True
    for network, of_network in plays.items():
        for target in (
            Target(network, "start-up, on a typical link", "startup_seconds", 2 / 3, typical=True),
            Target(network, "start-up, of all seconds", "startup_seconds", 2 / 3),
            Target(network, "stalls", "stalls", 1 / 2),
            Target(network, "quality", "quality", 1.0, at_least=True),
            Target(network, "wasted bytes", "wasted_bytes", 1.0),
        ):
            row, kept = target.row(of_network)
            rows.append(row)
            met &= kept
    print_table(("", "share of naive", "95 %", "wanted", "verdict"), rows)
    sys.stdout.write("\n")
    return met


def _ratio(ours: Sequence[float], naive: Sequence[float]) -> float:
    """Ratio of the sums; 0 where both are 0."""
    return sum(ours) / sum(naive) if sum(naive) else float(sum(ours) > 0)


def _typical(ours: Sequence[float], naive: Sequence[float]) -> float:
    """The geometric mean of the links' ratios.

    A link that is down when play is pressed keeps every policy waiting until it is up again; in a
    ratio of sums the few such links would outweigh all others.
    """
    return geometric_mean(mine / its for mine, its in zip(ours, naive, strict=True))


def _interval(ours: Sequence[float], naive: Sequence[float], share: Share) -> tuple[float, float]:
    """A 95 % bootstrap interval over links; each contributes the plays of both policies."""
    dice, links = Random(1), range(len(ours))  # noqa: S311 - not for secrets
    ratios = []
    for _ in range(_DRAWS):
        drawn = dice.choices(links, k=len(links))
        ratios.append(share([ours[each] for each in drawn], [naive[each] for each in drawn]))
    ratios.sort()
    return ratios[_DRAWS // 40], ratios[-_DRAWS // 40]


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


if __name__ == "__main__":
    main()
