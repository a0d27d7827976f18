"""The space that embeddings of models which follow one another are given in.

It is that of the first of these models. A later model keeps the rotation to it from its own space,
and where titles lie in it, so that the next model can be aligned to the same titles: aligned to one
another, models would drift.

Names of tensors end in their shape: T titles, D the width of the model, E that of the space.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import msgspec
from torch import Tensor


@dataclass(frozen=True, slots=True)
class ReferenceSpace:
    """The way from a model's own space to the reference space.

    Args:
        rotation_DE: from the model's own space.
        title_ids: the titles whose vectors are known: also those that the model does not know.
        rows_TE: where they lay when they were first trained on.
    """

    rotation_DE: Tensor
    title_ids: tuple[str, ...]
    rows_TE: Tensor

    def to_content(self) -> dict[str, Any]:
        """What a file holds of it."""
        return {
            "rotation_DE": self.rotation_DE,
            "title_ids": msgspec.json.encode(self.title_ids).decode(),
            "rows_TE": self.rows_TE,
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any], width: int) -> Self:
        """What `to_content` returned. Raises ValueError: its parts do not fit the model's width."""
        rotation_DE, rows_TE = content["rotation_DE"], content["rows_TE"]
        titles = msgspec.json.decode(content["title_ids"], type=tuple[str, ...])
        if rotation_DE.ndim != 2 or rotation_DE.shape[0] != width:
            raise ValueError("the rotation to the reference space is of another width")
        if rows_TE.shape != (len(titles), rotation_DE.shape[1]):
            raise ValueError("the reference space has other titles than vectors")
        if not (rotation_DE.isfinite().all() and rows_TE.isfinite().all()):
            raise ValueError("a number of the reference space is not finite")
        return cls(rotation_DE, titles, rows_TE)
