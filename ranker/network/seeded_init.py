"""Initial weights that depend on names only, so that different trainings start alike.

Trainings with random initial weights end in spaces that differ by a rotation. Here the initial row
of a title is drawn from a hash of the title's id, that of a metadata value from the value's name,
and every other weight from its position in the network: another seed, another order of titles, or
an additional title changes none of the others.

Names of tensors as in `ranker.network.model`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from ranker.data.schema import Schema
from ranker.network.parameter_names import stored_name

_SPECIALS: Final = ("pad", "begin", "unknown")

_EMBEDDINGS: Final = ("titles.ids.weight", "post_action.weight", "request.weight")
_EMBEDDING_SCALE: Final = 0.02
"""Small, so that all titles are about equally likely at first."""

_LINEAR_SCALE: Final = 0.16
"""The size of a linear layer's output beside its input; larger ones generalised less well."""

_INTENT_SCALE: Final = 0.1


def initialize(network: nn.Module, schema: Schema, salt: str = "") -> None:
    """Draw the initial weights of a model.

    Args:
        network: the model; biases become zero, and norms and relative biases are left unchanged.
        schema: its titles, values and columns.
        salt: another salt draws other weights.
    """
    row_names = _row_names(schema)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            scale = _scale(name, weight)
            if scale:
                seed = f"{salt}/{stored_name(name)}"
                weight.copy_(scale * _drawn(seed, weight.shape, row_names.get(name)))
            elif name.endswith(".bias"):
                weight.zero_()


def draw_normal(name: str, count: int) -> Tensor:
    """Normally distributed numbers that depend on a name only."""
    # An id from JSON may hold half a surrogate pair, which is not valid UTF-8.
    encoded = name.encode("utf-8", "surrogatepass")
    digest = np.frombuffer(hashlib.shake_256(encoded).digest(4 * count), "<u4")
    # Centred between two steps, so that neither 0 nor 1 occurs.
    uniform = torch.from_numpy((digest + 0.5) / 2**32)
    return ((2 * uniform - 1).erfinv() * 2**0.5).float()


def _draw_rows(names: Iterable[str], width: int) -> Tensor:
    """One row of numbers per name."""
    return torch.stack([draw_normal(name, width) for name in names])


def _scale(name: str, weight: Tensor) -> float:
    """The initial scale of a weight; 0 if it is not drawn."""
    if name in _EMBEDDINGS:
        return _EMBEDDING_SCALE
    if name.startswith("intents.embeddings."):
        return _INTENT_SCALE
    if name.startswith("horizon_heads."):
        # Output as large as the input: two horizons with equal queries learn neither.
        return float(weight.shape[-1] ** -0.5)
    if name.startswith("relative_bias.") or weight.dim() < 2:
        return 0.0
    return float(_LINEAR_SCALE * weight.shape[1] ** -0.5)


def _drawn(seed: str, shape: torch.Size, row_names: Sequence[str] | None) -> Tensor:
    if row_names is None:
        return draw_normal(seed, shape.numel()).view(shape)
    name = seed[seed.index("/") + 1 :]
    if name.startswith("titles.fields."):  # a linear layer has one column per value
        return _draw_rows((f"{seed} {row}" for row in row_names), shape[0]).T
    return _draw_rows((f"{seed} {row}" for row in row_names), shape[1])


def _row_names(schema: Schema) -> Mapping[str, Sequence[str]]:
    """By parameter, the names of its rows, for those whose rows stand for titles or values."""
    names: dict[str, Sequence[str]] = {
        "titles.ids.weight": [
            *_SPECIALS,
            *(f"title {title}" for title in schema.vocabulary.titles),
        ],
        "post_action.weight": _value_names(schema, schema.post_action_columns),
        "request.weight": _value_names(schema, schema.request_columns),
    }
    for field in schema.metadata_slices():
        names[f"titles.fields.{field}.weight"] = schema.metadata_values[field]
    for intent in schema.intent_sizes():
        classes = schema.intent_classes(intent)
        names[f"intents.heads.{intent}.weight"] = classes
        names[f"intents.embeddings.{intent}"] = classes
    return names


def _value_names(schema: Schema, columns: Mapping[str, int]) -> list[str]:
    """The names of the rows of a table of columns' values; the first stands for unknown."""
    names = ["nothing"]
    for column, size in columns.items():
        values = schema.text_values.get(column) or range(size)
        names += [f"{column} {value}" for value in values]
    return names
