"""Where weights begin: each is drawn from its name, so that trainings which differ begin alike.

Two trainings that begin at random end in spaces which say the same in other directions. Here a
title's id draws its first row from a digest of the title's id, a value of metadata from the value's
name, and all other weights from where they are in the network: another seed, another order of
titles or a title more moves none of the others.

Names of tensors as in `ranker.network.model`.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from ranker.data.schema import Schema

_SPECIALS: Final = ("pad", "begin", "unknown")

_TABLES: Final = ("titles.ids.weight", "happened.weight", "request.weight")
_TABLE: Final = 0.02
"""Of tables; small, so that all titles begin about equally likely."""

_MAP: Final = 0.16
"""How large a map's output is at first beside its input; larger ones generalised less well."""

_MEANING: Final = 0.1


def begin(network: nn.Module, schema: Schema, salt: str = "") -> None:
    """Draw all weights of a model that are drawn at all.

    Args:
        network: the model; other biases begin at zero, and what a module sets itself stays.
        schema: its titles, values and columns.
        salt: another one begins elsewhere.
    """
    rows = _rows(schema)
    with torch.no_grad():
        for name, weight in network.named_parameters():
            scale = _scale(name, weight)
            if scale:
                weight.copy_(scale * _drawn(f"{salt}/{name}", weight.shape, rows.get(name)))
            elif name.endswith(".bias"):
                weight.zero_()


def draw(name: str, count: int) -> Tensor:
    """As many normally distributed numbers, which follow from a name alone."""
    # An id that JSON brought may be half a pair of surrogates, which is no UTF-8 but is a name.
    told = name.encode("utf-8", "surrogatepass")
    digest = np.frombuffer(hashlib.shake_256(told).digest(4 * count), "<u4")
    # Halfway between two steps, so that neither end of the range is met.
    uniform = torch.from_numpy((digest + 0.5) / 2**32)
    return ((2 * uniform - 1).erfinv() * 2**0.5).float()


def _draw_rows(names: Iterable[str], width: int) -> Tensor:
    """A row of numbers a name, each as `draw` gives it; a row moves with its name."""
    return torch.stack([draw(name, width) for name in names])


def _scale(name: str, weight: Tensor) -> float:
    """How large a weight begins; 0 where it is not drawn."""
    if name in _TABLES:
        return _TABLE
    if name.startswith("intents.meanings."):
        return _MEANING
    if name.startswith("later."):
        # As large as its input: while two horizons ask alike, neither is learnt.
        return float(weight.shape[-1] ** -0.5)
    if name.startswith("biases.") or weight.dim() < 2:
        return 0.0
    return float(_MAP * weight.shape[1] ** -0.5)


def _drawn(name: str, shape: torch.Size, rows: Sequence[str] | None) -> Tensor:
    if rows is None:
        return draw(name, shape.numel()).view(shape)
    if name.startswith("titles.fields.", name.index("/") + 1):  # a map has its values as columns
        return _draw_rows((f"{name} {row}" for row in rows), shape[0]).T
    return _draw_rows((f"{name} {row}" for row in rows), shape[1])


def _rows(schema: Schema) -> Mapping[str, Sequence[str]]:
    """By weight, the names of what it has a row of numbers for each."""
    rows: dict[str, Sequence[str]] = {
        "titles.ids.weight": [
            *_SPECIALS,
            *(f"title {title}" for title in schema.vocabulary.titles),
        ],
        "happened.weight": _places(schema, schema.happened_columns()),
        "request.weight": _places(schema, schema.request_columns()),
    }
    rows |= {f"titles.fields.{field}.weight": schema.about[field] for field in schema.sections()}
    for intent in schema.intents():
        names = schema.intent_names(intent)
        rows |= {f"intents.heads.{intent}.weight": names, f"intents.meanings.{intent}": names}
    return rows


def _places(schema: Schema, columns: Mapping[str, int]) -> list[str]:
    """The names of the rows of a table of columns' values; the first stands for nothing."""
    places = ["nothing"]
    for column, size in columns.items():
        texts = schema.texts.get(column) or range(size)
        places += [f"{column} {value}" for value in texts]
    return places
