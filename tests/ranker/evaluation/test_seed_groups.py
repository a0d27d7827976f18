"""Several trainings evaluated as one."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from ranker import TrainingError
from ranker.data.splits import leave_one_out
from ranker.evaluation.evaluate import EvalTask, evaluate
from ranker.evaluation.metrics import bootstrap_interval, ndcgs
from ranker.evaluation.seed_groups import SeedGroup, ndcg_lead
from tests.ranker.recommenders import FixedScores, circles


def test_a_group_counts_each_member_by_the_mean_over_its_models() -> None:
    """Metrics and leads are those of the mean."""
    task = EvalTask(circles(), {}, leave_one_out)
    one, other = (evaluate(FixedScores(torch.rand(30), 30), task) for _ in range(2))
    group = SeedGroup("both", [one, other])
    expected = (ndcgs(one.rank_T) + ndcgs(other.rank_T)) / 2
    assert group.values()["NDCG@10"].tolist() == pytest.approx(expected)
    assert group.measures()["NDCG@10"] == bootstrap_interval(group.values()["NDCG@10"])
    assert ndcg_lead(group, group).mean == 0
    assert ndcg_lead(SeedGroup("one", [one]), group).mean == pytest.approx(
        (ndcgs(one.rank_T) - ndcgs(other.rank_T)).mean() / 2
    )


def test_models_with_different_intents_are_not_a_group() -> None:
    """The error names the group."""
    task = EvalTask(circles(), {}, leave_one_out)
    plain = evaluate(FixedScores(0.0, 30), task)
    with pytest.raises(TrainingError, match="'both' predict different intents"):
        SeedGroup("both", [plain, replace(plain, intents_correct={"genres": np.ones(3)})])
