"""Warm starts: a model that goes on learning, with titles that it did not know before.

A new title's id begins near those of titles with like metadata, or near the mean of all where it
has none; old titles begin as they were. So a fraction of the steps is enough.
"""

from typing import Final

import torch
from torch import Tensor

from ranker.encoding import shelve
from ranker.events import EventLog
from ranker.model import RankerModel
from ranker.titles import Titles
from ranker.tokens import merge
from ranker.vocabulary import SPECIALS

_NOISE: Final = 0.1
"""Of a new title's id, as a share of how ids differ; so that two alike can grow apart."""


def warmed(before: RankerModel, log: EventLog, titles: Titles, *, seed: int = 0) -> RankerModel:
    """A model to train on, of an earlier one's weights, that also knows the titles of a log.

    Args:
        before: the earlier model, which stays as it is.
        log: the events to go on with; titles that only it has are added.
        titles: metadata.
        seed: of the noise.
    """
    schema = before.schema.grown(merge(log), titles)
    network = RankerModel(before.config, schema)
    weights = {name: weight.clone() for name, weight in before.state_dict().items()}
    new = len(schema.vocabulary) - len(before.schema.vocabulary)
    if new:
        about_VA = shelve(schema).about_VA
        weights["titles.ids.weight"] = _grown(weights["titles.ids.weight"], about_VA, seed)
    network.load_state_dict(weights)
    return network


def _grown(ids_VD: Tensor, about_VA: Tensor, seed: int) -> Tensor:
    """The ids, and after them those of the titles that are new; VD."""
    known = len(ids_VD)
    titles_VD = ids_VD[SPECIALS:]
    alike_NV = about_VA[known:] @ about_VA[SPECIALS:known].T
    share_NV = alike_NV / alike_NV.sum(dim=1, keepdim=True).clamp(min=1e-9)
    mixed_ND = share_NV @ titles_VD
    has_alike_N1 = alike_NV.sum(dim=1, keepdim=True) > 0
    begin_ND = torch.where(has_alike_N1, mixed_ND, titles_VD.mean(dim=0))
    random = torch.Generator().manual_seed(seed)
    noise_ND = torch.randn(begin_ND.shape, generator=random) * titles_VD.std(dim=0)
    return torch.cat([ids_VD, begin_ND + _NOISE * noise_ND])
