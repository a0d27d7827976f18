"""Whether a newly trained model may replace the one in use.

Both rank the same targets: each member's last title within the last tenth of the time, which the
new model was not trained on. It is compared as it is used: with the time and context of the request
known.
"""

from dataclasses import dataclass

from ranker.evaluation.evaluate import NDCG, EvalTask, evaluate
from ranker.evaluation.metrics import Interval, bootstrap_interval, paired_difference
from ranker.evaluation.model_recommender import ModelRecommender
from ranker.network.model import RankerModel


@dataclass(frozen=True, slots=True)
class Succession:
    """A new model beside the one in use, by NDCG@10.

    Args:
        targets: how many titles both had to predict.
        new: of the new model.
        current: of the model in use.
        lead: of the new model, paired by member.
    """

    targets: int
    new: Interval
    current: Interval
    lead: Interval

    @property
    def is_worse(self) -> bool:
        """Whether the new model ranked the targets worse, by however little."""
        return self.lead.mean < 0


def compare_models(new: RankerModel, current: RankerModel, task: EvalTask) -> Succession:
    """Have both models rank the targets of an evaluation.

    Raises:
        TrainingError: a score is not a finite number.
    """
    new_T, current_T = (
        evaluate(ModelRecommender("", network, task, request_known=True), task).values()[NDCG]
        for network in (new, current)
    )
    return Succession(
        len(task.target_T),
        bootstrap_interval(new_T),
        bootstrap_interval(current_T),
        paired_difference(new_T, current_T),
    )
