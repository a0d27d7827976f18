"""Keeps one space for the embeddings of all models that follow one another.

Each training ends in a space of its own. Given in the space of the first model, embeddings can be
used by the same programs however often the model is replaced, and whatever titles come and go.

Names of tensors as in `ranker.embeddings.export`.
"""

import torch

from ranker.data.encoding import item_features
from ranker.data.vocabulary import SPECIALS
from ranker.embeddings.export import Embeddings, rotation
from ranker.errors import TrainingError
from ranker.network.model import RankerModel
from ranker.network.reference_space import ReferenceSpace


def follow(network: RankerModel, earlier: RankerModel) -> bool:
    """Let a model's embeddings be given in the reference space of an earlier model.

    Args:
        network: the later model, whose reference space is set.
        earlier: the model whose place it takes.

    Returns:
        Whether the later model knows titles of that space; otherwise it begins a new one.
    """
    own, known = trained_titles(network), _reference_titles(earlier)
    try:
        rotation_DE = rotation(own, known)
    except TrainingError:
        return False
    placed = {*known.ids}
    new = [title for title in own.ids if title not in placed]
    rows_TE = torch.cat([known.rows_VD, own.rotated(rotation_DE).rows_of(new)])
    network.reference_space = ReferenceSpace(rotation_DE, (*known.ids, *new), rows_TE)
    return True


def in_reference_space(embeddings: Embeddings, network: RankerModel) -> Embeddings:
    """A model's own embeddings in its reference space, which is its own if it follows none."""
    if network.reference_space is None:
        return embeddings
    return embeddings.rotated(network.reference_space.rotation_DE)


def trained_titles(network: RankerModel) -> Embeddings:
    """The titles that a model was trained on, in its own space."""
    with torch.inference_mode():
        rows_VD = network.tables(item_features(network.schema)).title_VD[SPECIALS:]
    return _of_titles(network.schema.vocabulary.titles, rows_VD.clone())


def _reference_titles(network: RankerModel) -> Embeddings:
    """All titles that the model's reference space has."""
    space = network.reference_space
    return trained_titles(network) if space is None else _of_titles(space.title_ids, space.rows_TE)


def _of_titles(title_ids: tuple[str, ...], rows_VD: torch.Tensor) -> Embeddings:
    return Embeddings(title_ids, rows_VD, "", rows_VD.new_zeros(len(title_ids), 0))
