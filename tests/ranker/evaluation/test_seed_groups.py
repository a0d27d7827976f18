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


def test_an_arm_counts_each_member_by_the_mean_over_its_models() -> None:
    """Two that differ member by member are as good as their mean, which is surer than either."""
    task = EvalTask(circles(), {}, leave_one_out)
    one, other = (evaluate(FixedScores(torch.rand(30), 30), task) for _ in range(2))
    arm = SeedGroup("both", [one, other])
    expected = (ndcgs(one.rank_T) + ndcgs(other.rank_T)) / 2
    assert arm.values()["NDCG@10"].tolist() == pytest.approx(expected)
    assert arm.measures()["NDCG@10"] == bootstrap_interval(arm.values()["NDCG@10"])
    assert ndcg_lead(arm, arm).mean == 0
    assert ndcg_lead(SeedGroup("one", [one]), arm).mean == pytest.approx(
        (ndcgs(one.rank_T) - ndcgs(other.rank_T)).mean() / 2
    )


def test_models_that_predict_different_things_are_no_arm() -> None:
    """Of different intents there is no mean; the error names the arm."""
    task = EvalTask(circles(), {}, leave_one_out)
    plain = evaluate(FixedScores(0.0, 30), task)
    with pytest.raises(TrainingError, match="'both' predict different intents"):
        SeedGroup("both", [plain, replace(plain, intents_correct={"genres": np.ones(3)})])
