"""Explanations of rankings, from the model's predictions.

Names of tensors as in `ranker.network.model`; N counts titles.
"""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor

from ranker.data.schema import Schema
from ranker.explanation import ExplainedTitle, Explanation, Intent
from ranker.network.model import IntentHead, Prediction
from ranker.ranking import Ranking

TASTE: Final = "taste"
"""The part of a score that is the match of the title with the member's state."""

DISLIKED: Final = "disliked"
"""The part of a score that is taken away from what the member has disliked."""

CO_WATCHING: Final = "co-watching"
"""The part that is how soon the title has followed the member's last ones in other histories."""


def predicted_intents(schema: Schema, prediction: Prediction) -> tuple[Intent, ...]:
    """The intents of one prediction, by falling weight."""
    weights = prediction.intent_weight_PI[0].tolist() or [0.0] * len(prediction.logits)
    intents = [
        Intent(name, weight, _chances(schema.intent_classes(name), logit_1C[0]))
        for weight, (name, logit_1C) in zip(weights, prediction.logits.items(), strict=True)
    ]
    return tuple(sorted(intents, key=lambda intent: -intent.weight))


def explained(
    ranking: Ranking,
    intents: tuple[Intent, ...],
    moves: dict[str, dict[str, float]],
    without_request: Sequence[str],
) -> Explanation:
    """The explanation of a ranking.

    Args:
        ranking: the titles in their order.
        intents: the member's.
        moves: by title, what each part of its score adds.
        without_request: the titles in their order if nothing were known of the request.
    """
    rank_of = {title_id: rank for rank, title_id in enumerate(without_request, start=1)}
    titles = (
        ExplainedTitle(title.title_id, title.score, rank_of[title.title_id], moves[title.title_id])
        for title in ranking.titles
    )
    return Explanation(ranking, intents, tuple(titles))


def moves(
    schema: Schema,
    head: IntentHead,
    title_ids: Sequence[str],
    target_NE: Tensor,
    prediction: Prediction,
    penalty_N: Tensor | None = None,
    co_watching_N: Tensor | None = None,
) -> dict[str, dict[str, float]]:
    """By title, what each part of its score adds to the average over these titles.

    A score is a sum over the dimensions of a query, and of what co-watching adds, so that its parts
    are exact; and less of what the member has disliked.

    Args:
        schema: of the model.
        head: of its intents.
        title_ids: the titles.
        target_NE: their rows of the targets.
        prediction: of the member's next step.
        penalty_N: what is taken from each title's score, if anything is.
        co_watching_N: what co-watching adds to each title's score, if the model has that term.
    """
    product_NE = (target_NE * prediction.query_PE[0]).double()
    parts = {
        name: product_NE[:, columns].sum(dim=1) for name, columns in _parts(schema, head).items()
    }
    if penalty_N is not None:
        parts[DISLIKED] = -penalty_N
    if co_watching_N is not None:
        parts[CO_WATCHING] = co_watching_N.double()
    moved = {name: (part_N - part_N.mean()).tolist() for name, part_N in parts.items()}
    return {
        title_id: {name: moved[name][row] for name in moved}
        for row, title_id in enumerate(title_ids)
    }


def _parts(schema: Schema, head: IntentHead) -> dict[str, slice]:
    """The parts of a query: the state, and then the intents that titles are matched with."""
    if not head.conditions_titles:
        return {TASTE: slice(None)}
    slices = schema.metadata_slices()
    sizes = {name: slices[name].stop - slices[name].start for name in head.matched}
    start = head.attention.in_features
    parts = {TASTE: slice(0, start)}
    for name, size in sizes.items():
        parts[name] = slice(start, start + size)
        start += size
    return parts


def _chances(classes: Sequence[str], logit_C: Tensor) -> dict[str, float]:
    """The chance of each class, the likeliest first."""
    chance_C, index_C = torch.sort(logit_C.double().softmax(dim=0), descending=True, stable=True)
    return {
        classes[index]: chance
        for index, chance in zip(index_C.tolist(), chance_C.tolist(), strict=True)
    }
