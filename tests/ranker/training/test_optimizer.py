"""Anchored ids, and the average of the last weights."""

from dataclasses import replace

import pytest
from torch.nn import functional as F

from ranker import (
    TrainingConfig,
    train,
)
from ranker.data.vocabulary import SPECIALS
from tests.ranker.small_histories import ONE_STEP, SMALL_MODEL, initial_ids_of_groups, two_groups


def moved(anchor: float, steps: int = 30) -> float:
    """How far ids move from their initial values."""
    config = replace(ONE_STEP, steps=steps, evaluate_every=steps, ppmi_init=0.3, anchor=anchor)
    ids_VD = train(two_groups(), {}, SMALL_MODEL, config).network.titles.ids.weight.detach()
    return float((ids_VD[SPECIALS:] - initial_ids_of_groups(0.3)).norm())


def test_an_anchor_holds_ids_near_their_initial_values() -> None:
    """The stronger it is, the less they move."""
    free, held, fast = moved(0), moved(4), moved(1e6)
    assert fast == pytest.approx(0, abs=1e-4)
    assert fast < held < free / 2


def test_an_anchor_does_not_depend_on_the_number_of_steps() -> None:
    """It leaves about the same share of the move that ids would make without it."""
    shares = [moved(4, steps) / moved(0, steps) for steps in (20, 40, 80)]
    assert max(shares) < 1.5 * min(shares)


def test_the_last_weights_are_averaged() -> None:
    """With all steps averaged, the result is between the initial and the last weights."""
    config = TrainingConfig(steps=20, batch_positions=64, evaluate_every=20, learning_rate=1e-2)
    last, mean = (
        train(
            two_groups(), {}, SMALL_MODEL, replace(config, averaged_share=share)
        ).network.norm.bias
        for share in (0.0, 1.0)
    )
    assert 0 < mean.norm() < 0.9 * last.norm()
    assert F.cosine_similarity(last, mean, dim=0) > 0.5
