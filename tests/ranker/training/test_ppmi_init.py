"""Initial ids from co-watching."""

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from ranker import (
    ModelConfig,
    TrainingConfig,
)
from ranker.training.ppmi_init import TitleSequences, init_ids
from tests.ranker.small_histories import initial_ids_of_groups

MODEL = ModelConfig(context=16, width=16, blocks=1, horizon=2)


ONE_STEP = TrainingConfig(steps=1, batch_positions=64, evaluate_every=1)


def test_co_watched_titles_start_alike() -> None:
    """Initial ids are alike within a group of co-watched titles, and not across groups."""

    def contrast(ids_VD: Tensor) -> float:
        unit_VD = F.normalize(ids_VD, dim=1)
        alike_VV = unit_VD @ unit_VD.T
        within = torch.cat([alike_VV[:4, :4].flatten(), alike_VV[4:, 4:].flatten()]).mean()
        return float(within - alike_VV[:4, 4:].mean())

    assert contrast(initial_ids_of_groups(2.0)) > 0.7
    assert contrast(initial_ids_of_groups(0.0)) < 0.4


def test_initial_ids_are_rotated_onto_those_from_names() -> None:
    """Reversed data gives the same directions."""
    named_VD = torch.randn(11, 8, generator=torch.Generator().manual_seed(0))
    titles_N = torch.tensor([3, 4, 5, 3, 4, 6, 7, 8, 9, 6, 7, 10])
    runs = (torch.tensor([0, 5]), torch.tensor([5, 12]))
    begin_VD = init_ids(named_VD, [TitleSequences(titles_N, *runs)], scale=1.0)
    assert (begin_VD - named_VD).square().sum(dim=1).mean().sqrt() == pytest.approx(1, abs=1e-4)
    assert ((begin_VD - named_VD) * named_VD).sum() > 0
    reversed_runs = TitleSequences(titles_N.flip(0), 12 - runs[1], 12 - runs[0])
    backwards = init_ids(named_VD, [reversed_runs], scale=1.0)
    torch.testing.assert_close(backwards, begin_VD, rtol=1e-3, atol=1e-3)


def test_a_title_without_co_watching_keeps_its_id_from_its_name() -> None:
    """And no id is NaN."""
    named_VD = torch.randn(5, 8)
    sequences = TitleSequences(torch.tensor([3, 4]), torch.tensor([0, 1]), torch.tensor([1, 2]))
    alone = init_ids(named_VD, [sequences], 1)
    assert torch.equal(alone, named_VD)


def test_tokens_outside_the_training_split_are_not_used() -> None:
    """Titles that are co-watched only there keep their ids from names."""
    named_VD = torch.randn(7, 8)
    titles_N = torch.tensor([3, 4, 3, 4, 5, 6])
    runs = (torch.tensor([0]), torch.tensor([4]))
    begin_VD = init_ids(named_VD, [TitleSequences(titles_N, *runs)], scale=1.0)
    assert torch.equal(begin_VD[5:], named_VD[5:])
    assert not torch.equal(begin_VD[3:5], named_VD[3:5])
