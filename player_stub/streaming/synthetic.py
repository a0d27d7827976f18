"""Generates bandwidth traces like published ones, from a seed.

The logarithm of a link's bandwidth varies around its own mean, each second correlated with the one
before; at times it drops to a fraction, as in a tunnel or at a hand-over. The means, spread,
correlation, and how often and how long links are down (below a tenth of their mean) are fitted to
public traces: 3G between the two forms of Norway's measurements, 4G to Ghent's as Sabre ships them,
and Wi-Fi to Sabre's FCC traces, since a home's Wi-Fi carries what its line does.
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
class NetworkModel:
    """A class of links, as a random process.

    Attributes:
        bits: median of the links' mean bits per second.
        between: standard deviation of the logarithm of those means.
        within: standard deviation of the logarithm within a link.
        correlation: of a second with the next.
        up: seconds between two outages, on average.
        down: seconds that an outage lasts, on average.
        rest: share of the bandwidth that is left in an outage.
        round_trip: seconds.
    """

    bits: float
    between: float
    within: float
    correlation: float
    up: float
    down: float
    rest: float
    round_trip: float


NETWORKS: Mapping[str, NetworkModel] = MappingProxyType(
    {
        "3g": NetworkModel(1.15e6, 0.45, 0.5, 0.94, 90, 5, 0.03, 0.1),
        "4g": NetworkModel(31e6, 0.25, 0.4, 0.75, 112, 1.3, 0.02, 0.05),
        "wifi": NetworkModel(10e6, 0.5, 0.35, 0.9, 150, 28, 0.08, 0.02),
    }
)


def synthetic_trace(network: str, seed: int, seconds: int = 300) -> Trace:
    """Generate a trace of a class of links; the same seed gives the same trace.

    Raises:
        NotFoundError: there is no such class.
    """
    if network not in NETWORKS:
        raise NotFoundError(
            f"Unknown network {network[:120]!r}.", fix=f"choose from: {', '.join(NETWORKS)}."
        )
    model = NETWORKS[network]
    dice = Random(f"{network} {seed}")  # noqa: S311 - not for secrets
    mean = model.bits * exp(dice.gauss(0, model.between))
    variation, outages = _variation(model, dice), _outages(model, dice)
    return Trace(
        tuple(
            Period(1.0, mean * next(variation) * next(outages), model.round_trip)
            for _ in range(seconds)
        )
    )


def _variation(model: NetworkModel, dice: Random) -> Iterator[float]:
    """A factor for each second, 1 on average."""
    state = dice.gauss(0, model.within)
    fresh = model.within * sqrt(1 - model.correlation**2)
    while True:
        yield exp(state - model.within**2 / 2)
        state = model.correlation * state + dice.gauss(0, fresh)


def _outages(model: NetworkModel, dice: Random) -> Iterator[float]:
    """A factor for each second: 1, or in an outage what is left."""
    while True:
        for _ in range(round(dice.expovariate(1 / model.up))):
            yield 1.0
        for _ in range(1 + round(dice.expovariate(1 / model.down))):
            yield model.rest
