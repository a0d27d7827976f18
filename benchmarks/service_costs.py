"""What an answer of a service costs, beside what it is compared with."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Final

from benchmarks.service_load import load
from benchmarks.tables import Row
from tests.api.server_process import Server

MS: Final = 1e3
US: Final = 1e6
CONNECTIONS: Final = 8
"""Over which answers are asked for where their costs are compared."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds per answer: processor time, and elapsed time."""

    cpu: float
    wall: float


@dataclass(slots=True)
class Comparison:
    """A cost of ours and one it is compared with, in pairs of neighbouring rounds.

    Attributes:
        label: names ours, with the unit.
        other: names what it is compared with.
        limit: the highest ratio of processor times that meets the target; None without a target.
        unit: how many of the printed units are in a second.
    """

    label: str
    other: str
    limit: float | None
    unit: float
    pairs: list[tuple[Cost, Cost]] = field(default_factory=list)

    def add(self, ours: Cost, other: Cost) -> None:
        """Add a round."""
        self.pairs.append((ours, other))

    @property
    def ratio(self) -> float:
        """The median ratio of processor times."""
        return median(ours.cpu / other.cpu for ours, other in self.pairs)

    @property
    def is_met(self) -> bool:
        """Whether the target is met."""
        return self.limit is None or self.ratio <= self.limit

    def row(self) -> Row:
        """A line of the table."""
        ours, other = (median(pair[side].cpu for pair in self.pairs) for side in (0, 1))
        wall = median(pair[0].wall / pair[1].wall for pair in self.pairs)
        digits = 0 if self.unit == US else 2
        costs = (f"{ours * self.unit:.{digits}f}", f"{self.other} {other * self.unit:.{digits}f}")
        target = "" if self.limit is None else f"at most {self.limit:.2g}"
        verdict = "" if self.limit is None else "met" if self.is_met else "MISSED"
        return Row(self.label, (*costs, f"{self.ratio:.2f}", f"{wall:.2f}", target, verdict))


def answering(server: Server, requests: Sequence[bytes], connections: int) -> Cost:
    """The costs of each of these answers of a server."""
    before = server.cpu()
    measured = load(server.port, requests, connections)
    return Cost((server.cpu() - before) / len(requests), measured.seconds / len(requests))


def mean_cost(costs: Sequence[Cost]) -> Cost:
    """What one of them costs on average."""
    return Cost(mean(cost.cpu for cost in costs), mean(cost.wall for cost in costs))


def cost_of(work: Callable[[], object]) -> Cost:
    """What some work of this thread costs."""
    cpu, wall = time.thread_time(), time.perf_counter()
    work()
    return Cost(time.thread_time() - cpu, time.perf_counter() - wall)
