"""Confidence sequences: intervals that hold at all times at once, however often one looks.

The normal mixture: the difference's likelihood ratio, averaged over effects from a normal
distribution around none, is a martingale where there is no effect, so the chance that it ever
passes 1 / alpha is at most alpha (Ville). The interval has all differences for which it has not.
The variance is estimated, so this holds as the counts grow; see Robbins (1970), Johari et al.,
"Always Valid Inference", and Waudby-Smith et al., "Time-uniform central limit theory".

It holds where members come in one after the other, and also where all are there from the first day
and more and more of them do what is counted: in standard errors, the difference over time is then
that of a Brownian motion as well, with time turned round.
"""

from __future__ import annotations

import math
from typing import Final

from sizzle.errors import InputError
from sizzle.experiments.intervals import Count, Interval, critical_value, newcombe_of

DEFAULT_SCALE: Final = 0.05
"""Five points. With two, at a rate of 30 %, the sequence is 2 % narrower for 5,000 members of each
treatment, and twice as wide for 100."""


def confidence_sequence(
    first: Count, second: Count, confidence: float = 0.95, scale: float = DEFAULT_SCALE
) -> Interval:
    """An interval for the first rate minus the second that may be looked at any time.

    It is Newcombe's, with as many standard errors as the mixture asks for: few successes of a small
    treatment are too far from normal for an interval that is as long to either side.

    Args:
        first: of one treatment so far.
        second: of the other.
        confidence: that all of the intervals together have the true difference.
        scale: the standard deviation of differences that are expected, chosen before the first
            look; the interval is narrowest where its own width is of that order.

    Raises:
        InputError: a confidence that is not between 0 and 1, or a scale that is not above 0.
    """
    critical_value(confidence)  # refuses what is no confidence
    _check_scale(scale)
    if first.rate is None or second.rate is None:
        return Interval(-1.0, 1.0)
    variance = _variance(first) + _variance(second)
    return newcombe_of(first, second, mixture_value(variance, confidence, scale))


def mixture_value(variance: float, confidence: float, scale: float) -> float:
    """How many standard errors a sequence reaches to either side.

    Args:
        variance: of the difference as it is estimated now.
        confidence: as in `confidence_sequence`.
        scale: as there, in the unit of the difference.

    Raises:
        InputError: a confidence that is not between 0 and 1, or a scale that is not above 0.
    """
    critical_value(confidence)
    _check_scale(scale)
    ratio = 1 + scale * scale / variance
    return math.sqrt(2 * ratio / (ratio - 1) * (-math.log1p(-confidence) + math.log(ratio) / 2))


def scale_for(rate: float, trials: int, confidence: float = 0.95) -> float:
    """The scale with which the sequence is narrowest once each treatment has so many trials.

    Args:
        rate: about what is expected.
        trials: of each treatment.
        confidence: as in `confidence_sequence`.

    Raises:
        InputError: a rate that is not between 0 and 1, no trials, or no confidence.
    """
    critical_value(confidence)
    if not 0 < rate < 1 or trials < 1:
        raise InputError(
            f"A rate of {rate} and {trials} trials plan no experiment.",
            fix="use a rate between 0 and 1, and at least one trial.",
        )
    # The width is a function of x = 1 + expected / variance, least where x = ln(x / alpha^2) + 1.
    x, log_alpha = 10.0, math.log1p(-confidence)
    for _ in range(100):
        x = 1 + math.log(x) - 2 * log_alpha
    return math.sqrt((x - 1) * 2 * rate * (1 - rate) / trials)


def _variance(count: Count) -> float:
    """Of a rate. One success and one failure are added: none of either is not certainty."""
    rate = (count.successes + 1) / (count.trials + 2)
    return rate * (1 - rate) / count.trials


def _check_scale(scale: float) -> None:
    if not 0 < scale < math.inf:
        raise InputError(f"The scale is {scale}.", fix="use a difference of rates such as 0.02.")
