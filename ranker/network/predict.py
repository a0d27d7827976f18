"""The model's prediction of each history's last step, and the true intents beside it.

Names of tensors as in `ranker.network.model`; N counts encoded tokens.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoding import EncodedTokens, ItemFeatures
from ranker.data.schema import RECENCIES
from ranker.data.tokens import ENGAGEMENTS
from ranker.data.windows import Spans, make_batch
from ranker.network.model import LookupTables, Prediction, RankerModel


def predict_last(
    model: RankerModel,
    items: ItemFeatures,
    encoded: EncodedTokens,
    spans: Spans,
    tables: LookupTables,
    *,
    request_known: bool,
) -> tuple[Prediction, Tensor]:
    """The predictions of the last step of each span, and the indexes of these steps; P = B.

    Args:
        model: in evaluation mode.
        items: the titles.
        encoded: the tokens.
        spans: the last token of each is predicted from those before it.
        tables: the model's, of the titles.
        request_known: whether the model reads the request-time features of the predicted step.
    """
    length_B = spans.ends_W - spans.starts_W
    last_B1 = (length_B - 1)[:, None]
    hidden_BL = None if request_known else torch.arange(int(length_B.max())) == last_B1
    batch = make_batch(encoded, spans, hidden_BL)
    equal_lengths = bool((length_B == length_B[0]).all())
    states_BLD, _ = model(batch.steps, tables, last=equal_lengths)
    device = states_BLD.device
    rows_B = torch.arange(len(length_B), device=device)
    state_PD = states_BLD[:, -1] if equal_lengths else states_BLD[rows_B, last_B1[:, 0].to(device)]
    target_P = (spans.ends_W - 1).to(device)
    oracle = model.config.intent == "oracle"
    truth = true_intents(model, items, encoded, target_P) if oracle else None
    return model.intents(state_PD, truth), target_P


def true_intents(
    model: RankerModel, items: ItemFeatures, encoded: EncodedTokens, target_P: Tensor
) -> dict[str, Tensor]:
    """By intent the true classes of the targets as shares, PC; all 0 if unknown."""
    slices = model.schema.metadata_slices()
    heads = model.intents.heads
    metadata_PA = items.metadata_VA[encoded.titles_N[target_P]]
    truth = {name: metadata_PA[:, slices[name]] for name in heads if name in slices}
    if "engagement" in heads:
        engagement_P = encoded.engagement_N[target_P]
        truth["engagement"] = F.one_hot(engagement_P, len(ENGAGEMENTS)).float()
    if "recency" in heads:
        recency_P = encoded.recency_N[target_P]
        known_P1 = (recency_P >= 0)[:, None]
        truth["recency"] = F.one_hot(recency_P.clamp(min=0), len(RECENCIES)) * known_P1.float()
    return truth


def mid_ranks(score_TV: Tensor, target_T: Tensor) -> Tensor:
    """The rank of each target, from 1; ties share the mean of their ranks.

    So a model that scores all titles alike gets the middle rank, and not the best or the worst.
    """
    score_T1 = score_TV.gather(1, target_T[:, None])
    above_T = (score_TV > score_T1).sum(dim=1)
    equal_T = (score_TV == score_T1).sum(dim=1) - 1
    return 1 + above_T + equal_T / 2
