"""The classic recommenders."""

from ranker.data.splits import leave_one_out
from ranker.evaluation.baselines import classic_recommenders
from ranker.evaluation.evaluate import EvalTask, evaluate
from ranker.evaluation.metrics import ndcgs
from tests.ranker.recommenders import circles


def test_sequential_baselines_beat_popularity() -> None:
    """Markov chains and neighbours predict the next title of the circle."""
    task = EvalTask(circles(), {}, leave_one_out)
    results = {each.name: evaluate(each, task) for each in classic_recommenders(task)}
    assert ndcgs(results["Markov-1"].rank_T).mean() > 0.9
    assert ndcgs(results["SeqItemKNN"].rank_T).mean() > 0.5
    assert ndcgs(results["popularity"].rank_T).mean() < 0.5
    assert 0 < results["popularity"].coverage <= 1
    assert results["Markov-1"].asset_rank_T.mean() < results["popularity"].asset_rank_T.mean()
