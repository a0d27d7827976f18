"""The training loss: cross-entropy of the next titles and of their intents, and what pushes down.

What a member disliked, skipped or passed over is to score below the average title: the loss is the
softplus of how far its logit is above it, as of a binary classifier. It is the unlikelihood loss,
which trains recommenders on negative feedback (Wang et al. 2023, arXiv 2308.12256), with the
chances of titles made independent of how many titles there are.

Names of tensors as in `ranker.network.model`; N counts encoded tokens, X candidates.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoded_spans import encode_spans
from ranker.data.encoding import EncodedTokens, ItemFeatures, PushDowns
from ranker.data.vocabulary import SPECIALS
from ranker.data.windows import Spans, TrainingBatch, split_spans
from ranker.network.config import TrainingConfig
from ranker.network.devices import autocast, move_to
from ranker.network.model import Prediction, RankerModel
from ranker.network.predict import predict_last, true_intents
from ranker.training.distributed import sum_in_group
from ranker.training.training_data import ValidationPart

_MASKED: Final = -1e9
_SHARPNESS: Final = (1.0, 0.85, 0.7, 0.55)
"""Factors of scores, one of which is the best; none above 1, where scores are unsure at first."""

_HORIZON_DECAY: Final = 0.5
"""The weight of each further title, relative to the one before it."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The titles among which targets are predicted.

    Args:
        tokens_X: all titles, or a sample that the whole batch shares.
        log_expected_X: the logarithm of how often each title is in the sample on average, which is
            subtracted from its logit (logQ correction); 0 if the candidates are all titles.
    """

    tokens_X: Tensor
    log_expected_X: Tensor


def all_candidates(items: ItemFeatures) -> Candidates:
    """All titles."""
    device = items.metadata_VA.device
    tokens_X = torch.arange(SPECIALS, len(items.vocabulary), device=device)
    return Candidates(tokens_X, torch.zeros(len(tokens_X), device=device))


def sampled_candidates(counts_V: Tensor, size: int) -> Candidates:
    """A sample with replacement, in proportion to the square root of the titles' views."""
    share_V = counts_V.sqrt() / counts_V.sqrt().sum()
    tokens_X = torch.multinomial(share_V, size, replacement=True)
    return Candidates(tokens_X, (size * share_V[tokens_X]).log())


def training_loss(
    model: RankerModel,
    items: ItemFeatures,
    encoded: EncodedTokens,
    batch: TrainingBatch,
    candidates: Candidates,
    config: TrainingConfig,
) -> Tensor:
    """The loss of a batch: of the next `horizon` titles, and of the first one's intents."""
    tables = model.tables(items)
    with autocast(items.metadata_VA.device, config.precision):
        states_BLD, _ = model(batch.steps, tables)
    known_BL = batch.target_BL >= 0
    target_P = batch.target_BL[known_BL]
    truth = true_intents(model, items, encoded, target_P)
    oracle = truth if model.config.intent == "oracle" else None
    prediction = model.intents(states_BLD[known_BL], oracle)
    weight_P = encoded.weight_N[target_P]
    title_P = encoded.titles_N[target_P]
    scores = title_scores(prediction.query_PE, tables.target_VE, title_P, candidates)
    loss = _weighted_mean(scores.log_sum_P - scores.target_P, weight_P)
    if encoded.push_downs is not None and len(encoded.push_downs.titles_J):
        average_P = scores.log_sum_P - math.log(len(items.vocabulary) - SPECIALS)
        pushed = push_down_loss(
            prediction.query_PE, tables.target_VE, average_P, target_P, encoded.push_downs
        )
        loss = loss + pushed / weight_P.sum().clamp(min=1.0)
    if prediction.logits:
        intent_loss_P = intent_cross_entropy(prediction, truth)
        loss = loss + config.intent_loss * _weighted_mean(intent_loss_P, weight_P)
    for ahead, head in enumerate(model.horizon_heads, start=1):
        later_P = F.pad(batch.target_BL, (0, ahead), value=-1)[:, ahead:][known_BL]
        exists_P = later_P >= 0
        title_P = encoded.titles_N[later_P[exists_P]]
        query_PD = head(prediction.state_PD[exists_P])
        loss_P = title_cross_entropy(query_PD, tables.title_VD, title_P, candidates)
        later_weight_P = encoded.weight_N[later_P[exists_P]]
        loss = loss + _HORIZON_DECAY**ahead * _weighted_mean(loss_P, later_weight_P)
    return loss


class TitleLogits(NamedTuple):
    """Logits of targets, and of all candidates together.

    Args:
        target_P: of each target.
        log_sum_P: the logarithm of the sum of the candidates' exponentials, the target's among
            them; it estimates that of all titles.
    """

    target_P: Tensor
    log_sum_P: Tensor


def title_cross_entropy(
    query_PE: Tensor, target_VE: Tensor, title_P: Tensor, candidates: Candidates
) -> Tensor:
    """Cross-entropy of each target among the candidates, in nats, P."""
    scores = title_scores(query_PE, target_VE, title_P, candidates)
    return scores.log_sum_P - scores.target_P


def title_scores(
    query_PE: Tensor, target_VE: Tensor, title_P: Tensor, candidates: Candidates
) -> TitleLogits:
    """The logits of each target and of the candidates."""
    target_P = (query_PE * F.embedding(title_P, target_VE)).sum(dim=1)
    others_PX = query_PE @ F.embedding(candidates.tokens_X, target_VE).T - candidates.log_expected_X
    # A candidate that happens to be the target is not a wrong answer.
    hit_PX = title_P[:, None] == candidates.tokens_X
    others_PX = others_PX.masked_fill(hit_PX, _MASKED)
    return TitleLogits(target_P, torch.logaddexp(target_P, others_PX.logsumexp(dim=1)))


def push_down_loss(
    query_PE: Tensor, target_VE: Tensor, average_P: Tensor, target_P: Tensor, pushed: PushDowns
) -> Tensor:
    """The weighted sum over all titles that score too high if they score above the average.

    Args:
        query_PE: at the positions.
        target_VE: rows of the titles.
        average_P: the logarithm of the average exponential of a title's score.
        target_P: the token that each position predicts.
        pushed: before which tokens which titles are pushed down.
    """
    start_P, end_P = pushed.start_N[target_P], pushed.start_N[target_P + 1]
    count_P = end_P - start_P
    row_J = torch.repeat_interleave(count_P)
    number_J = torch.arange(len(row_J), device=row_J.device) - (count_P.cumsum(0) - count_P)[row_J]
    index_J = start_P[row_J] + number_J
    logit_J = (query_PE[row_J] * F.embedding(pushed.titles_J[index_J], target_VE)).sum(dim=1)
    # With the gradient of the average, so that adding a number to all logits changes nothing:
    # without it they would fall together, without end.
    above_J = logit_J - average_P[row_J]
    return (pushed.weight_J[index_J] * F.softplus(above_J)).sum()


def intent_cross_entropy(prediction: Prediction, truth: dict[str, Tensor]) -> Tensor:
    """The mean cross-entropy over the intents, in nats, P."""
    of_intents = [
        -(truth[name] * logit_PC.log_softmax(dim=1)).sum(dim=1)
        for name, logit_PC in prediction.logits.items()
    ]
    return torch.stack(of_intents).mean(dim=0)


class ValidationLoss(NamedTuple):
    """The mean cross-entropy of the validation targets, in nats.

    Args:
        loss: with the scores as they are.
        calibrated: with the scores multiplied by the best of a few factors. On logs of short
            histories a network grows too sure of itself long before its order stops improving.
    """

    loss: float
    calibrated: float


@torch.inference_mode()
def validation_loss(
    model: RankerModel, items: ItemFeatures, parts: Iterable[ValidationPart], positions: int
) -> ValidationLoss:
    """The loss of the last title of each span among all titles, requests withheld.

    In a process group each process has its share of the spans, and all know the result.
    """
    tables = model.tables(items)
    candidates = all_candidates(items)
    totals, count = [0.0] * len(_SHARPNESS), 0
    for encoded, spans in validation_batches(model, items, parts, positions):
        prediction, target_P = predict_last(
            model, items, encoded, spans, tables, request_known=False
        )
        title_P = encoded.titles_N[target_P]
        for number, factor in enumerate(_SHARPNESS):
            query_PE = factor * prediction.query_PE
            loss_P = title_cross_entropy(query_PE, tables.target_VE, title_P, candidates)
            totals[number] += float(loss_P.double().sum())
        count += len(title_P)
    *totals, targets = sum_in_group([*totals, count])
    return ValidationLoss(totals[0] / targets, min(totals) / targets)


def validation_batches(
    model: RankerModel, items: ItemFeatures, parts: Iterable[ValidationPart], positions: int
) -> Iterator[tuple[EncodedTokens, Spans]]:
    """The spans in batches of about so many positions, encoded."""
    rows = max(1, positions // model.config.context)
    for part in parts:
        for spans in split_spans(part.spans, rows):
            encoded, where = encode_spans(model.schema, part.tokens, items, spans)
            yield move_to(encoded, items.metadata_VA.device), where


def _weighted_mean(value_P: Tensor, weight_P: Tensor) -> Tensor:
    return (value_P * weight_P).sum() / weight_P.sum().clamp(min=1e-9)
