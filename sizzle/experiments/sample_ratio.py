"""The sample-ratio check: whether as many members got each treatment as was planned.

Where not, members were lost on the way, more of one treatment than of another, and no difference
between the treatments can be trusted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sizzle.experiments.assignment import check_weights

THRESHOLD: Final = 0.001
"""Below this probability the ratio is called wrong. It is looked at often, hence not 0.05."""


@dataclass(frozen=True, slots=True)
class SampleRatio:
    """What came of the check.

    Attributes:
        observed: members of each treatment.
        expected: as many as the plan says, of as many in all.
        chi_square: the statistic.
        p_value: the probability of so large a deviation by chance.
    """

    observed: Mapping[str, int]
    expected: Mapping[str, float]
    chi_square: float
    p_value: float

    @property
    def is_wrong(self) -> bool:
        """Whether chance does not explain it."""
        return self.p_value < THRESHOLD

    def __str__(self) -> str:
        """The finding in plain words."""
        if not self.is_wrong:
            return (
                f"The treatments have as many members as planned, within chance "
                f"(p = {self.p_value:.2g})."
            )
        parts = ", ".join(
            f"{name} {self.observed[name]} instead of {self.expected[name]:.0f}"
            for name in self.expected
        )
        return (
            f"The treatments do not have as many members as planned: {parts} "
            f"(p = {self.p_value:.2g}). Members were lost on the way, or assigned otherwise: find "
            "out why before you compare the treatments."
        )


def check_sample_ratio(observed: Mapping[str, int], weights: Mapping[str, float]) -> SampleRatio:
    """Compare members per treatment with the plan, by a chi-square test.

    Args:
        observed: members of each treatment; those of none that is planned do not count.
        weights: of the treatments, as planned.

    Raises:
        InputError: no treatment, or a weight that is not above 0.
    """
    check_weights(weights)
    counted = {name: observed.get(name, 0) for name in weights}
    total, weight = sum(counted.values()), math.fsum(weights.values())
    expected = {name: total * weights[name] / weight for name in weights}
    if total == 0:
        return SampleRatio(counted, expected, 0.0, 1.0)
    statistic = math.fsum(
        (counted[name] - weight) ** 2 / weight for name, weight in expected.items()
    )
    return SampleRatio(counted, expected, statistic, chi_square_tail(statistic, len(weights) - 1))


def chi_square_tail(statistic: float, freedom: int) -> float:
    """The probability of at least this value, with so many degrees of freedom."""
    if freedom < 1 or statistic <= 0:
        return 1.0
    # Q(a + 1, x) = Q(a, x) + x^a e^-x / gamma(a + 1), from a = 1/2 or a = 1.
    x = statistic / 2
    odd = freedom % 2 == 1
    a, tail = (0.5, math.erfc(math.sqrt(x))) if odd else (1.0, math.exp(-x))
    while a < freedom / 2:
        tail += math.exp(a * math.log(x) - x - math.lgamma(a + 1))
        a += 1
    return min(1.0, tail)
