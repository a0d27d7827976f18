"""Makes bandwidth traces like those that were measured, from a seed.

A link's speed moves about its own mean in the logarithm, each second tied to the one before; at
times it breaks down to a small part: a tunnel, a hand-over, a line that others fill. Means, spread,
memory, and how often and how long links are broken (below a tenth of their mean) are fitted to
public traces: 3G between the two forms of Norway's measurements, 4G to Ghent's as Sabre ships them,
and Wi-Fi to Sabre's FCC traces, since a home's line is what its Wi-Fi carries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import exp, sqrt
from random import Random
from types import MappingProxyType

from player_stub.streaming.trace import Period, Trace
from sizzle.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Network:
    """A class of links.

    Attributes:
        bits: a second: the median of the links' means.
        between: standard deviation of the logarithm of those means.
        within: the same within a link, from second to second.
        memory: correlation of a second with the next.
        breaks: seconds between two of them, on average.
        broken: seconds that one lasts, on average.
        left: of the speed, in a break.
        round_trip: seconds.
    """

    bits: float
    between: float
    within: float
    memory: float
    breaks: float
    broken: float
    left: float
    round_trip: float


NETWORKS: Mapping[str, Network] = MappingProxyType(
    {
        "3g": Network(1.15e6, 0.45, 0.5, 0.94, 90, 5, 0.03, 0.1),
        "4g": Network(31e6, 0.25, 0.4, 0.75, 112, 1.3, 0.02, 0.05),
        "wifi": Network(10e6, 0.5, 0.35, 0.9, 150, 28, 0.08, 0.02),
    }
)


def synthetic(network: str, seed: int, seconds: int = 300) -> Trace:
    """A trace of a class of links; the same seed gives the same trace.

    Raises:
        NotFoundError: there is no such class.
    """
    if network not in NETWORKS:
        raise NotFoundError(
            f"Unknown network {network[:120]!r}.", fix=f"choose from: {', '.join(NETWORKS)}."
        )
    like = NETWORKS[network]
    dice = Random(f"{network} {seed}")  # noqa: S311 - not for secrets
    mean = like.bits * exp(dice.gauss(0, like.between))
    speeds, broken = _speeds(like, dice), _breaks(like, dice)
    return Trace(
        tuple(
            Period(1.0, mean * next(speeds) * next(broken), like.round_trip) for _ in range(seconds)
        )
    )


def _speeds(like: Network, dice: Random) -> Iterator[float]:
    """Second by second, 1 on average."""
    state = dice.gauss(0, like.within)
    fresh = like.within * sqrt(1 - like.memory**2)
    while True:
        yield exp(state - like.within**2 / 2)
        state = like.memory * state + dice.gauss(0, fresh)


def _breaks(like: Network, dice: Random) -> Iterator[float]:
    """1, or what is left in a break."""
    while True:
        for _ in range(round(dice.expovariate(1 / like.breaks))):
            yield 1.0
        for _ in range(1 + round(dice.expovariate(1 / like.broken))):
            yield like.left
