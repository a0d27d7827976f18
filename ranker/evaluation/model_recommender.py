"""A trained model as a recommender, to evaluate beside others.

Names of tensors as in `ranker.evaluation.evaluate`.
"""

import torch
from torch import Tensor

from ranker.data.dislikes import dislikes_after, standing
from ranker.data.encoding import encode, item_features
from ranker.data.roles import DISLIKE
from ranker.data.windows import Spans, last_titles
from ranker.evaluation.evaluate import EvalTask, TitleScores
from ranker.network.co_watching import LAST_TITLES
from ranker.network.model import Prediction, RankerModel
from ranker.network.predict import predict_last, true_intents


class ModelRecommender:
    """A trained model as a recommender.

    Args:
        name: for tables.
        network: the model.
        task: the evaluation; the model need not know its titles.
        request_known: whether the model reads the request-time features of the targets.
    """

    def __init__(
        self, name: str, network: RankerModel, task: EvalTask, *, request_known: bool
    ) -> None:
        self.name = name
        self._network = network.eval()
        self._task = task
        self._request_known = request_known
        self._items = item_features(network.schema, task.titles)
        self._encoded = encode(network.schema, task.tokens, self._items)
        self._has_dislikes = bool((self._encoded.role_N == DISLIKE).any())
        self._token_V = torch.tensor(self._items.vocabulary.encode(task.tokens.title.values))
        with torch.inference_mode():
            self._tables = network.tables(self._items)

    @torch.inference_mode()
    def scores(self, target_T: Tensor) -> TitleScores:
        """The model's scores, and whether its intents are correct."""
        spans = self._task.spans(target_T, self._network.config.context)
        prediction, token_T = predict_last(
            self._network,
            self._items,
            self._encoded,
            spans,
            self._tables,
            request_known=self._request_known,
        )
        last_TK = last_titles(self._encoded.titles_N, spans, LAST_TITLES)
        score_TV = self._network.score(prediction.query_PE, self._tables, last_TK)
        score_TV = score_TV[:, self._token_V]
        if self._has_dislikes:
            score_TV = score_TV - self._penalties(spans)
        return TitleScores(score_TV, self._intents_correct(prediction, token_T))

    def _penalties(self, spans: Spans) -> Tensor:
        """What is taken from the scores of what members had disliked before, TV."""
        policy = self._network.schema.policy
        penalty_TV = torch.zeros(len(spans.starts_W), len(self._token_V))
        target_T = (spans.ends_W - 1).tolist()
        first_T = self._task.starts_M[
            torch.searchsorted(self._task.starts_M, spans.ends_W - 1, right=True) - 1
        ].tolist()
        for row, (first, target) in enumerate(zip(first_T, target_T, strict=True)):
            now = int(self._encoded.start_time_N[target])
            for token in standing(dislikes_after({}, self._encoded, first, target), now, policy):
                penalty_TV[row, self._token_V == token] = policy.dislikes.penalty
        return penalty_TV

    def _intents_correct(self, prediction: Prediction, token_T: Tensor) -> dict[str, Tensor]:
        truth = true_intents(self._network, self._items, self._encoded, token_T)
        correct = {}
        for name, logit_TC in prediction.logits.items():
            correct_T = truth[name].gather(1, logit_TC.argmax(dim=1, keepdim=True))[:, 0] > 0
            known_T = truth[name].sum(dim=1) > 0
            correct[name] = torch.where(known_T, correct_T.long(), -1)
        return correct
