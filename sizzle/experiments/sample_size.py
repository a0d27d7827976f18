"""How many members an experiment needs, said before it begins."""

from __future__ import annotations

import math
from statistics import NormalDist

from sizzle.errors import InputError
from sizzle.experiments.intervals import critical_value


def members_needed(
    rate: float,
    difference: float,
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    ratio: float = 1.0,
) -> tuple[int, int]:
    """Members of the one and of the other treatment, for one look at the end.

    Args:
        rate: what is expected without the change.
        difference: the smallest one that is to be found, of either sign.
        power: the probability that it is found, if it is there.
        confidence: of the interval that must then leave zero out.
        ratio: how many times as many members the treatment without the change has.

    Returns:
        Members of the treatment with the change, and of that without.

    Raises:
        InputError: rates outside (0, 1), no difference, or a power, confidence or ratio that is
            none.
    """
    changed = rate + difference
    if not (0 < rate < 1 and 0 < changed < 1) or difference == 0:
        raise InputError(
            f"A rate of {rate} and a difference of {difference} cannot be planned for.",
            fix="use rates between 0 and 1, before and after, that differ.",
        )
    if not 0 < power < 1 or not 0 < ratio < math.inf:
        raise InputError(
            f"A power of {power} and a ratio of {ratio} cannot be planned for.",
            fix="use a power such as 0.8, and a ratio above 0.",
        )
    pooled = (changed + ratio * rate) / (1 + ratio)
    if_none = math.sqrt(pooled * (1 - pooled) * (1 + 1 / ratio))
    if_there = math.sqrt(changed * (1 - changed) + rate * (1 - rate) / ratio)
    found = NormalDist().inv_cdf(power)
    needed = ((critical_value(confidence) * if_none + found * if_there) / difference) ** 2
    return math.ceil(needed), math.ceil(ratio * needed)
