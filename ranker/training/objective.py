"""What training minimises: how surprised the model is by the next titles and their intents.

Names of tensors as in `ranker.network.model`; N counts encoded tokens, X candidates.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoding import Encoded, Shelf
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Batch, Spans
from ranker.network.config import TrainingConfig
from ranker.network.devices import in_halves
from ranker.network.model import Answer, RankerModel
from ranker.network.predict import answer_last, intent_truth

_NEVER: Final = -1e9
_LATER: Final = 0.5
"""How much each further title counts, as a share of the one before it."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Titles that targets are told from.

    Args:
        tokens_X: all titles, or a sample that the whole batch shares.
        excess_X: the logarithm of how often each is in the sample on average, 0 without one; taken
            from its logit, so that popular titles, drawn more often, are not thought less likely.
    """

    tokens_X: Tensor
    excess_X: Tensor


def all_candidates(shelf: Shelf) -> Candidates:
    """Every title on the shelf."""
    device = shelf.about_VA.device
    tokens_X = torch.arange(SPECIALS, len(shelf.vocabulary), device=device)
    return Candidates(tokens_X, torch.zeros(len(tokens_X), device=device))


def sampled_candidates(counts_V: Tensor, size: int) -> Candidates:
    """A sample with replacement, by the square root of how often titles were watched."""
    share_V = counts_V.sqrt() / counts_V.sqrt().sum()
    tokens_X = torch.multinomial(share_V, size, replacement=True)
    return Candidates(tokens_X, (size * share_V[tokens_X]).log())


def training_loss(
    model: RankerModel,
    shelf: Shelf,
    encoded: Encoded,
    batch: Batch,
    candidates: Candidates,
    config: TrainingConfig,
) -> Tensor:
    """The loss of a batch: of the next titles, and of the intents of the very next."""
    tables = model.tables(shelf)
    with in_halves(shelf.about_VA.device, config.precision):
        states_BLD, _ = model(batch.steps, tables)
    known_BL = batch.target_BL >= 0
    target_P = batch.target_BL[known_BL]
    truth = intent_truth(model, shelf, encoded, target_P)
    told = truth if model.config.intent == "oracle" else None
    answer = model.intents(states_BLD[known_BL], told)
    weight_P = encoded.weight_N[target_P]
    title_P = encoded.titles_N[target_P]
    surprise_P = title_surprise(answer.query_PE, tables.targets_VE, title_P, candidates)
    loss = _mean(surprise_P, weight_P)
    if answer.logits:
        loss = loss + config.intent_loss * _mean(intent_surprise(answer, truth), weight_P)
    for ahead, later in enumerate(model.later, start=1):
        further_P = F.pad(batch.target_BL, (0, ahead), value=-1)[:, ahead:][known_BL]
        there_P = further_P >= 0
        titles_P = encoded.titles_N[further_P[there_P]]
        query_PD = later(answer.state_PD[there_P])
        surprise_P = title_surprise(query_PD, tables.vectors_VD, titles_P, candidates)
        loss = loss + _LATER**ahead * _mean(surprise_P, encoded.weight_N[further_P[there_P]])
    return loss


def title_surprise(
    query_PE: Tensor, targets_VE: Tensor, title_P: Tensor, candidates: Candidates
) -> Tensor:
    """Cross-entropy of each target among the candidates, in nats, P."""
    right_P = (query_PE * F.embedding(title_P, targets_VE)).sum(dim=1)
    others_PX = query_PE @ F.embedding(candidates.tokens_X, targets_VE).T - candidates.excess_X
    # A candidate that happens to be the target is no wrong answer.
    hit_PX = title_P[:, None] == candidates.tokens_X
    others_PX = others_PX.masked_fill(hit_PX, _NEVER)
    return torch.logaddexp(right_P, others_PX.logsumexp(dim=1)) - right_P


def intent_surprise(answer: Answer, truth: dict[str, Tensor]) -> Tensor:
    """Cross-entropy of the intents, in nats, their mean; P."""
    each = [
        -(truth[name] * logit_PC.log_softmax(dim=1)).sum(dim=1)
        for name, logit_PC in answer.logits.items()
    ]
    return torch.stack(each).mean(dim=0)


@torch.inference_mode()
def held_out_loss(
    model: RankerModel, shelf: Shelf, encoded: Encoded, cases: Spans, positions: int
) -> float:
    """The mean surprise of the last title of each span among all titles, requests withheld."""
    tables = model.tables(shelf)
    candidates = all_candidates(shelf)
    total = 0.0
    rows = max(1, positions // model.config.context)
    for spans in _chunks(cases, rows):
        answer, target_P = answer_last(model, shelf, encoded, spans, tables, asked=False)
        title_P = encoded.titles_N[target_P]
        surprise_P = title_surprise(answer.query_PE, tables.targets_VE, title_P, candidates)
        total += float(surprise_P.double().sum())
    return total / len(cases.starts_W)


def _chunks(spans: Spans, rows: int) -> list[Spans]:
    parts = zip(torch.split(spans.starts_W, rows), torch.split(spans.ends_W, rows), strict=True)
    return [Spans(starts, ends) for starts, ends in parts]


def _mean(value_P: Tensor, weight_P: Tensor) -> Tensor:
    return (value_P * weight_P).sum() / weight_P.sum().clamp(min=1e-9)
