"""The evaluation protocol."""

import math
from dataclasses import replace

import pytest
import torch

from ranker import ModelConfig, TrainingConfig, TrainingError, ViewingLog, train
from ranker.data.splits import leave_one_out
from ranker.evaluation.baselines import classic_recommenders
from ranker.evaluation.evaluate import EvalTask, evaluate
from ranker.evaluation.metrics import ndcgs
from ranker.evaluation.model_recommender import ModelRecommender
from tests.ranker.recommenders import FixedScores, circles
from tests.ranker.small_histories import TITLES, rich_events


def test_constant_scores_get_the_middle_rank() -> None:
    """With all titles tied, each target gets the middle rank of the titles that are ranked."""
    task = EvalTask(circles(), {}, leave_one_out)
    result = evaluate(FixedScores(0.0, 30), task)
    # 9 of 30 titles were watched by the member, so 21 are ranked.
    assert result.rank_T.tolist() == [11.0] * 40


def test_watched_titles_are_not_ranked_unless_members_return() -> None:
    """Scores of watched titles do not matter, unless members of the data return to titles."""
    scores = torch.arange(30.0)
    task = EvalTask(circles(), {}, leave_one_out)
    assert not task.watched.include
    assert evaluate(FixedScores(scores, 30), task).rank_T.max() <= 21
    returning = ViewingLog.from_events(rich_events())
    assert EvalTask(returning, TITLES, leave_one_out).watched.include


def test_one_repeated_event_does_not_change_the_protocol() -> None:
    """It is no target, as it could be in no list, and watched titles are still left out."""
    events = list(circles().events())
    last = max(event.at for event in events if event.member_id == events[0].member_id)
    again = replace(events[0], at=last + 30 * 86_400)
    task = EvalTask(ViewingLog.from_events([*events, again]), {}, leave_one_out)
    assert (task.watched.include, task.watched.returns) == (False, 1)
    assert len(task.target_T) == 39


def test_a_stated_choice_holds_whatever_the_data_is() -> None:
    """Where members return, leaving watched titles out leaves nothing to find, and says so."""
    assert EvalTask(circles(), {}, leave_one_out, watched="include").watched.include
    returning = ViewingLog.from_events(rich_events())
    with pytest.raises(TrainingError, match="rank watched titles too"):
        EvalTask(returning, TITLES, leave_one_out, watched="exclude")


def test_a_score_that_is_not_finite_is_refused() -> None:
    """NaN has no rank."""
    task = EvalTask(circles(), {}, leave_one_out)
    with pytest.raises(TrainingError, match="not a finite number"):
        evaluate(FixedScores(math.nan, 30), task)


def test_a_test_split_without_targets_is_refused() -> None:
    """Histories of two titles are too short."""
    with pytest.raises(TrainingError, match="nothing to evaluate"):
        EvalTask(circles(length=2), {}, leave_one_out)


def test_a_model_is_evaluated_with_its_intents() -> None:
    """A trained model learns the circle, and the accuracy of its intents is reported."""
    log = ViewingLog.from_events(rich_events(members=20))
    config = TrainingConfig(steps=150, batch_positions=256, learning_rate=1e-2, evaluate_every=150)
    model = ModelConfig(context=12, width=16, blocks=1, horizon=1)
    trained = train(log, TITLES, model, config, split=leave_one_out)
    task = EvalTask(log, TITLES, leave_one_out)
    result = evaluate(ModelRecommender("ours", trained.network, task, request_known=True), task)
    assert ndcgs(result.rank_T).mean() > 0.9
    assert result.measures()["genres accuracy"].mean > 0.8


def test_baselines_do_not_learn_from_withheld_titles() -> None:
    """Only withheld titles are ranked, and popularity has no views of them."""
    only = frozenset(f"t{title:02d}" for title in range(12))
    task = EvalTask(circles(), {}, leave_one_out, only)
    result = {each.name: evaluate(each, task) for each in classic_recommenders(task)}
    assert 0 < len(result["popularity"].rank_T) < 40
    learnt = {task.tokens.title.values[code] for code in task.training_tokens().title.codes_E}
    assert not learnt & only
    # All tie: each target has the middle rank of what its member has not watched.
    open_titles = [12 - sum(title < 12 for title in history) for history in histories_of(task)]
    assert result["popularity"].rank_T.tolist() == [(count + 1) / 2 for count in open_titles]


def histories_of(task: EvalTask) -> list[list[int]]:
    """The titles that each target's member had watched."""
    return [each.tolist() for each in task.histories(torch.arange(len(task.target_T)))]


def test_added_titles_are_reported_separately() -> None:
    """Added and old titles are all targets; without added titles neither is reported."""
    added = frozenset(f"t{title:02d}" for title in range(12))
    task = EvalTask(circles(), {}, leave_one_out, added=added)
    result = evaluate(next(classic_recommenders(task)), task)
    values = result.values()
    new, others = values["NDCG@10, added titles"], values["NDCG@10, old titles"]
    targets = [task.tokens.title.values[code] for code in task.title_N[task.target_T]]
    assert len(new) == sum(title in added for title in targets)
    assert sorted([*new, *others]) == sorted(values["NDCG@10"])
    assert (values["NDCG@10, old titles alone"] >= others).all()
    plain = evaluate(next(classic_recommenders(task)), EvalTask(circles(), {}, leave_one_out))
    assert not any("added" in name for name in plain.values())


def test_evaluation_is_reproducible() -> None:
    """The same seed makes the same Mega Assets and the same intervals."""
    task = EvalTask(circles(), {}, leave_one_out)
    first, again = (evaluate(next(classic_recommenders(task)), task, seed=5) for _ in range(2))
    assert first.asset_rank_T.tolist() == again.asset_rank_T.tolist()
    assert first.measures() == again.measures()
