"""Laws of loss by size."""

import numpy as np
import pytest

from ranker.evaluation.scaling_law import ScalingLaw

SIZES = {
    "weights": [10_000.0, 40_000.0, 160_000.0, 640_000.0] * 3,
    "tokens": [float(tokens) for tokens in (1e5, 3e5, 9e5) for _ in range(4)],
}


def planted(weights: float, tokens: float) -> float:
    """The loss by a law that the tests know."""
    return float(4.5 + 30 * weights**-0.3 + 90 * tokens**-0.4)


LOSSES = [planted(*sizes) for sizes in zip(*SIZES.values(), strict=True)]


def test_finds_the_law_that_losses_follow() -> None:
    """Its floor and exponents, and so the loss of a model four times as large as any."""
    law = ScalingLaw.fit(SIZES, LOSSES)
    assert law.floor == pytest.approx(4.5, abs=1e-6)
    assert law.exponents == {"weights": 0.3, "tokens": 0.4}
    expected = planted(2_560_000, 9e5)
    assert law.predict({"weights": 2_560_000, "tokens": 9e5}) == pytest.approx(expected, abs=1e-6)


def test_a_little_noise_changes_predictions_a_little() -> None:
    """Within a few times the noise."""
    noisy = LOSSES + np.random.default_rng(0).normal(0, 0.005, len(LOSSES))
    law = ScalingLaw.fit(SIZES, noisy.tolist())
    expected = planted(2_560_000, 9e5)
    assert law.predict({"weights": 2_560_000, "tokens": 9e5}) == pytest.approx(expected, abs=0.05)


def test_what_does_not_vary_or_help_is_no_part_of_it() -> None:
    """A size with one value is left out; one by which losses rise has the factor 0."""
    sizes = {**SIZES, "context": [32.0] * 12}
    law = ScalingLaw.fit(sizes, [5 + weights / 1e6 for weights in SIZES["weights"]])
    assert "context" not in law.factors
    assert law.factors["weights"] == 0
