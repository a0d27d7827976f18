"""What a model predicts after histories, and what would have been right.

Names of tensors as in `ranker.network.model`; N counts encoded tokens.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoding import Encoded, Shelf
from ranker.data.schema import RECENCIES
from ranker.data.tokens import ENGAGEMENTS
from ranker.data.windows import Spans, batch_of
from ranker.network.model import Answer, RankerModel, Tables


def answer_last(
    model: RankerModel,
    shelf: Shelf,
    encoded: Encoded,
    spans: Spans,
    tables: Tables,
    *,
    asked: bool,
) -> tuple[Answer, Tensor]:
    """The answers before the last title of each span, and where these titles are; P = B.

    Args:
        model: in evaluation mode.
        shelf: of the titles.
        encoded: the tokens.
        spans: the last one of each is predicted from those before it.
        tables: the model's, of the shelf.
        asked: whether it is known when and where the last one is asked for.
    """
    length_B = spans.ends_W - spans.starts_W
    last_B1 = (length_B - 1)[:, None]
    unasked_BL = None if asked else torch.arange(int(length_B.max())) == last_B1
    batch = batch_of(encoded, spans, unasked_BL)
    alike = bool((length_B == length_B[0]).all())
    states_BLD, _ = model(batch.steps, tables, last=alike)
    device = states_BLD.device
    rows_B = torch.arange(len(length_B), device=device)
    state_PD = states_BLD[:, -1] if alike else states_BLD[rows_B, (length_B - 1).to(device)]
    target_P = (spans.ends_W - 1).to(device)
    oracle = model.config.intent == "oracle"
    told = intent_truth(model, shelf, encoded, target_P) if oracle else None
    return model.intents(state_PD, told), target_P


def intent_truth(
    model: RankerModel, shelf: Shelf, encoded: Encoded, target_P: Tensor
) -> dict[str, Tensor]:
    """What the intents of the targets are: shares of classes, PC; all 0 where it is unknown."""
    sections = model.schema.sections()
    about_PA = shelf.about_VA[encoded.titles_N[target_P]]
    truth = {name: about_PA[:, sections[name]] for name in model.intents.heads if name in sections}
    if "engagement" in model.intents.heads:
        engagement_P = encoded.engagement_N[target_P]
        truth["engagement"] = F.one_hot(engagement_P, len(ENGAGEMENTS)).float()
    if "recency" in model.intents.heads:
        recency_P = encoded.recency_N[target_P]
        known_P1 = (recency_P >= 0)[:, None]
        truth["recency"] = F.one_hot(recency_P.clamp(min=0), len(RECENCIES)) * known_P1.float()
    return truth
