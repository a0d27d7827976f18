"""Warm starts: a model that goes on learning, with titles that it did not know before.

A new title's id begins near those of the titles that it is watched with; where these are few, also
near those with like metadata that are watched about as often; where it has neither, near the mean
of all. Old titles begin as they were. So a fraction of the steps is enough.

Names of tensors as in `ranker.network.model`; N counts titles that are new.
"""

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoding import Shelf, shelve
from ranker.data.schema import Schema
from ranker.data.titles import Titles
from ranker.data.tokens import Tokens
from ranker.data.vocabulary import SPECIALS
from ranker.network.model import RankerModel
from ranker.training.ppmi_init import shared

_SHARP: Final = 4
"""How much more those most alike by metadata count than those that are somewhat alike."""

_KNOWN: Final = 0.1
"""How much likeness by metadata counts beside that by what is watched together."""

_OFTEN: Final = 0.5
"""How far apart in the logarithm of how often they are watched titles still count."""

_NOISE: Final = 0.1
"""Of a new title's id, as a share of how ids differ; so that two alike can grow apart."""


def warmed(before: RankerModel, tokens: Tokens, titles: Titles) -> RankerModel:
    """A model to train on, of an earlier one's weights, that also knows the titles of a log.

    Args:
        before: the earlier model, which stays as it is.
        tokens: what to learn from; titles that only these have are added.
        titles: metadata.
    """
    schema = before.schema.grown(tokens, titles)
    network = RankerModel(before.config, schema)
    weights = {name: weight.clone() for name, weight in before.state_dict().items()}
    new = len(schema.vocabulary) - len(before.schema.vocabulary)
    if new:
        # The new model's own rows begin from names alone, so that noise is the same each time.
        noise_ND = network.titles.ids.weight.detach()[-new:]
        alike_NV = _watched_alike(schema, tokens, new) + _KNOWN * _told_alike(shelve(schema), new)
        weights["titles.ids.weight"] = _grown(
            weights["titles.ids.weight"], alike_NV, noise_ND / noise_ND.std()
        )
    network.load_state_dict(weights)
    return network


def _watched_alike(schema: Schema, tokens: Tokens, new: int) -> Tensor:
    """How much more often than by chance each new title is watched with each old one, NV."""
    places = torch.tensor(schema.vocabulary.encode(tokens.title.values))
    starts_M = torch.from_numpy(tokens.starts())
    titles_N = places[torch.from_numpy(tokens.title.codes_E)]
    size = len(schema.vocabulary)
    shared_VV = shared(titles_N, starts_M[:-1], starts_M[1:], size)
    new_NV = shared_VV.index_select(0, torch.arange(size - new, size)).to_dense()
    alike_NV: Tensor = new_NV[:, SPECIALS : size - new] ** 2
    return alike_NV


def _told_alike(shelf: Shelf, new: int) -> Tensor:
    """How alike each new title is to each old one, NV; 0 where they have no metadata in common.

    By the cosine of their metadata, and by how often they are watched: an id tells of that too, and
    new titles would otherwise begin as rare ones.
    """
    about_VA = F.normalize(shelf.about_VA[SPECIALS:], dim=1)
    often_V = shelf.facts_V2[SPECIALS:, 1]
    apart_NV = (often_V[-new:, None] - often_V[:-new]) / _OFTEN
    alike_NV: Tensor = (about_VA[-new:] @ about_VA[:-new].T) ** _SHARP * (-0.5 * apart_NV**2).exp()
    return alike_NV


def _grown(ids_VD: Tensor, alike_NV: Tensor, noise_ND: Tensor) -> Tensor:
    """The ids, and after them those of the titles that are new; VD."""
    titles_VD = ids_VD[SPECIALS:]
    share_NV = alike_NV / alike_NV.sum(dim=1, keepdim=True).clamp(min=1e-30)
    mixed_ND = share_NV @ titles_VD
    has_alike_N1 = alike_NV.sum(dim=1, keepdim=True) > 0
    begin_ND = torch.where(has_alike_N1, mixed_ND, titles_VD.mean(dim=0))
    return torch.cat([ids_VD, begin_ND + _NOISE * noise_ND * titles_VD.std(dim=0)])
