"""Parameter names in files and seeds, which stay the same when attributes are renamed.

Model files from before a renaming still load under the same version, and the same seed still draws
the same weights.
"""

from collections.abc import Mapping
from typing import Final, TypeVar

_Value = TypeVar("_Value")

_STORED: Final = {
    "titles.join_fields.": "titles.together.",
    "post_action.": "happened.",
    "relative_bias.time_GT": "biases.times_GT",
    "relative_bias.position_GL": "biases.places_GL",
    ".attended_norm.": ".gathered_norm.",
    "intents.embeddings.": "intents.meanings.",
    "intents.mlp.": "intents.inform.",
    "intents.match_weight": "intents.narrowing",
    "horizon_heads.": "later.",
}
"""By the part of a name in the model, the part in files."""


def stored_name(name: str) -> str:
    """The name in files of a parameter of the model."""
    for current, stored in _STORED.items():
        name = name.replace(current, stored)
    return name


def with_stored_names(weights: Mapping[str, _Value]) -> dict[str, _Value]:
    """A state dict of the model, as it is written to files."""
    return {stored_name(name): weight for name, weight in weights.items()}


def with_current_names(weights: Mapping[str, _Value]) -> dict[str, _Value]:
    """A state dict from a file, as the model loads it."""
    return {_current_name(name): weight for name, weight in weights.items()}


def _current_name(name: str) -> str:
    for current, stored in _STORED.items():
        name = name.replace(stored, current)
    return name
