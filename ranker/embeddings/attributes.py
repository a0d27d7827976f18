"""What a model knows of attributes, such as genres: where they lie, and who wants them.

Names of arrays end in their shape: A attributes, D the width, M members, C classes of an intent, J
the pairs of members and classes that are kept.
"""

from pathlib import Path
from typing import Final

import numpy as np
import torch

from ranker.data.schema import Schema
from ranker.embeddings.export import Embeddings, write_columns
from ranker.embeddings.reference_space import in_reference_space
from ranker.network.model import RankerModel
from ranker.serving.rank_batch import MemberVectors

LEAST_CHANCE: Final = 0.01
"""Preferences below it are left out, as the service leaves them out."""


def attribute_embeddings(network: RankerModel, model_version: str) -> Embeddings:
    """The vector of each attribute value: that of a title of which nothing else is known.

    So they lie among the titles, in the model's reference space. Ids are `genres/comedy`.
    """
    schema = network.schema
    ids = (
        []
        if not network.titles.metadata
        else [
            f"{field}/{value}"
            for field in schema.metadata_slices()
            for value in schema.metadata_values[field]
        ]
    )
    with torch.inference_mode():
        rows_AD = network.titles.of_metadata(torch.eye(len(ids))).clone()
    own = Embeddings(tuple(ids), rows_AD, model_version, torch.zeros(len(ids), 0))
    return in_reference_space(own, network)


def write_preferences(
    path: Path, vectors: MemberVectors, schema: Schema, model_version: str
) -> int:
    """Write what members are likely to want next as Parquet, a row for each member and class.

    The columns are `id` of the member, `intent` such as "genres", `value` such as "comedy", and its
    `chance` among all values of the intent.

    Args:
        path: the file.
        vectors: of the members.
        schema: of their model, which names the classes.
        model_version: of the model.

    Returns:
        The number of rows.

    Raises:
        RankerError: as `write_columns` does.
    """
    members = np.array(vectors.members, object)
    parts: dict[str, list[np.ndarray]] = {"id": [], "intent": [], "value": [], "chance": []}
    for intent, chance_MC in vectors.chances.items():
        chances = chance_MC.numpy()
        member_J, class_J = np.nonzero(chances >= LEAST_CHANCE)
        parts["id"].append(members[member_J])
        parts["intent"].append(np.full(len(member_J), intent, object))
        parts["value"].append(np.array(schema.intent_classes(intent), object)[class_J])
        parts["chance"].append(chances[member_J, class_J].astype(np.float32))
    columns = {
        name: np.concatenate(arrays) if arrays else np.zeros(0) for name, arrays in parts.items()
    }
    write_columns(path, columns, model_version)
    return len(columns["id"])
