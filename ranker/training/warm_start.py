"""Warm starts: training that continues from an earlier model, with new titles added.

The initial id of a new title is near those of the titles that it is co-watched with; if these are
few, also near those with similar metadata and popularity; without either, near the mean of all.
Old titles keep their ids. So a fraction of the steps is enough.

Names of tensors as in `ranker.network.model`; N counts titles that are new.
"""

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoding import ItemFeatures, item_features
from ranker.data.schema import Schema
from ranker.data.signals import SignalPolicy
from ranker.data.titles import MetadataByTitle
from ranker.data.vocabulary import SPECIALS
from ranker.network.model import RankerModel
from ranker.training.ppmi_init import ppmi
from ranker.training.training_data import TrainingData

_METADATA_POWER: Final = 4
"""Sharpens the similarity of metadata, so that the most similar titles count most."""

_METADATA_WEIGHT: Final = 0.1
"""Weight of similar metadata beside co-watching."""

_POPULARITY_SCALE: Final = 0.5
"""Standard deviation, in the logarithm of views, of a Gaussian over differences in popularity."""

_NOISE: Final = 0.1
"""Of a new title's id, as a share of how ids differ, so that similar titles can grow apart."""


def warm_start(
    before: RankerModel,
    data: TrainingData,
    titles: MetadataByTitle,
    signals: SignalPolicy | None = None,
) -> RankerModel:
    """A model to train on, with the weights of an earlier one and the titles of a log added.

    Args:
        before: the earlier model, which is not changed.
        data: what is trained on; titles that only this has are added.
        titles: metadata.
        signals: by which the tokens were merged; by default those of `before`.
    """
    schema = before.schema.extended(data.summary, titles, signals)
    network = RankerModel(before.config, schema)
    weights = {name: weight.clone() for name, weight in before.state_dict().items()}
    new = len(schema.vocabulary) - len(before.schema.vocabulary)
    if new:
        # The initial rows of the new titles depend on their names only: noise that can be repeated.
        noise_ND = network.titles.ids.weight.detach()[-new:]
        similarity_NV = _co_watching(schema, data, new) + _METADATA_WEIGHT * (
            _similar_metadata(item_features(schema), new)
        )
        weights["titles.ids.weight"] = _extended_ids(
            weights["titles.ids.weight"], similarity_NV, noise_ND / noise_ND.std()
        )
    network.load_state_dict(weights)
    network.co_watching = before.co_watching  # the next training counts on from it
    return network


def _co_watching(schema: Schema, data: TrainingData, new: int) -> Tensor:
    """How much more often than by chance each new title is watched with each old one, NV."""
    size = len(schema.vocabulary)
    ppmi_VV = ppmi(data.sequences(schema.vocabulary), size)
    new_NV = ppmi_VV.index_select(0, torch.arange(size - new, size)).to_dense()
    similarity_NV: Tensor = new_NV[:, SPECIALS : size - new] ** 2
    return similarity_NV


def _similar_metadata(items: ItemFeatures, new: int) -> Tensor:
    """The similarity of each new title to each old one, NV; 0 without common metadata.

    By the cosine of their metadata, and by their popularity: an id encodes that too, and new titles
    would otherwise start as unpopular ones.
    """
    metadata_VA = F.normalize(items.metadata_VA[SPECIALS:], dim=1)
    log_views_V = items.age_popularity_V2[SPECIALS:, 1]
    apart_NV = (log_views_V[-new:, None] - log_views_V[:-new]) / _POPULARITY_SCALE
    cosine_NV = metadata_VA[-new:] @ metadata_VA[:-new].T
    similarity_NV: Tensor = cosine_NV**_METADATA_POWER * (-0.5 * apart_NV**2).exp()
    return similarity_NV


def _extended_ids(ids_VD: Tensor, similarity_NV: Tensor, noise_ND: Tensor) -> Tensor:
    """The ids, followed by the initial ones of the new titles; VD."""
    titles_VD = ids_VD[SPECIALS:]
    share_NV = similarity_NV / similarity_NV.sum(dim=1, keepdim=True).clamp(min=1e-30)
    mixed_ND = share_NV @ titles_VD
    has_similar_N1 = similarity_NV.sum(dim=1, keepdim=True) > 0
    initial_ND = torch.where(has_similar_N1, mixed_ND, titles_VD.mean(dim=0))
    return torch.cat([ids_VD, initial_ND + _NOISE * noise_ND * titles_VD.std(dim=0)])
