"""The co-watching term: what soon followed a member's last titles, added to the network's scores.

    score(title) = sharpness * network(title) + weight * log(1 + scale * strength(title))

    strength(title) = sum over the member's last titles of
                      (steps ago) ** -recency_power * how strongly the title follows that one

A network needs many views of a title before it places it well; that two titles were watched one
after the other counts from the first time on. So the term carries logs of short histories, and the
network long ones. How much it counts is chosen on the validation split
(`ranker.training.fit_co_watching`).

Names of tensors as in `ranker.network.model`; J counts pairs of titles, K a
member's last titles, R rows that are looked up.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, replace
from typing import Any, Final, Self

import numpy as np
import torch
from torch import Tensor, nn

from ranker.data.followers import Followers
from ranker.data.schema import Schema
from ranker.data.vocabulary import SPECIALS

LAST_TITLES: Final = 20
"""How many of a member's last titles are looked up."""

ROW: Final = 200
"""The most titles that are kept as followers of one title."""


@dataclass(frozen=True, slots=True)
class CoWatchingSettings:
    """How co-watching is counted, and combined with the network.

    Args:
        reversed_share: how much it counts that a title came before, beside that it followed.
        source_power: the followers of a title with n views count n to minus this.
        target_power: a follower with n views counts n to minus this.
        recency_power: a title k steps ago counts k to minus this.
        scale: of strengths, before the logarithm.
        weight: of the term.
        sharpness: multiplies the network's scores.
    """

    reversed_share: float = 0.0
    source_power: float = 0.5
    target_power: float = 0.0
    recency_power: float = 1.0
    scale: float = 1.0
    weight: float = 0.0
    sharpness: float = 1.0


class CoWatching(nn.Module):
    """How strongly titles follow one another, and how much that counts.

    Args:
        settings: how it is counted and combined.
        followers: how often tokens of titles soon followed one another in training.
        schema: of the model, which knows how often each title was watched in training.
    """

    start_V: Tensor
    other_J: Tensor
    strength_J: Tensor
    recency_K: Tensor

    def __init__(self, settings: CoWatchingSettings, followers: Followers, schema: Schema) -> None:
        super().__init__()
        self.settings = settings
        # As files have it, so that a model ranks alike before and after it is written.
        single_J = followers.strength_J.astype(np.float32).astype(np.float64)
        self.followers = followers = replace(followers, strength_J=single_J)
        views_V = np.array([*[0] * SPECIALS, *schema.counts]) + 1.0
        both = followers
        if settings.reversed_share:
            both = followers.plus_reversed(settings.reversed_share)
        rows = both.scaled(
            views_V**-settings.source_power, views_V**-settings.target_power
        ).strongest(ROW)
        ago_K = torch.arange(1, LAST_TITLES + 1).float()
        # Not in the state dict, whose tensors training updates.
        for name, tensor in (
            ("start_V", torch.from_numpy(rows.start_V)),
            ("other_J", torch.from_numpy(rows.other_J)),
            ("strength_J", torch.from_numpy(rows.strength_J).float()),
            ("recency_K", ago_K**-settings.recency_power),
        ):
            self.register_buffer(name, tensor, persistent=False)

    def to_content(self) -> dict[str, Any]:
        """What a file holds of it."""
        return {
            "settings": asdict(self.settings),
            "start_V": torch.from_numpy(self.followers.start_V),
            "other_J": torch.from_numpy(self.followers.other_J).int(),
            "strength_J": torch.from_numpy(self.followers.strength_J).float(),
        }

    @classmethod
    def from_content(cls, content: Mapping[str, Any], schema: Schema) -> Self:
        """What `to_content` returned. Raises ValueError if its parts do not fit together."""
        start_V, other_J, strength_J = (
            content[name].numpy() for name in ("start_V", "other_J", "strength_J")
        )
        followers = Followers(start_V, other_J.astype(np.int64), strength_J.astype(np.float64))
        followers.validate(titles=SPECIALS + len(schema.vocabulary.titles))
        settings = CoWatchingSettings(**content["settings"])
        if not all(map(math.isfinite, astuple(settings))):
            raise ValueError("a setting of co-watching is not a finite number")
        return cls(settings, followers, schema)

    def forward(self, last_PK: Tensor, size: int) -> Tensor:
        """What the term adds to the scores of all tokens, PV.

        Args:
            last_PK: tokens of the last titles at each position, most recent first, then padding.
            size: the number of tokens, including those of titles that training did not know.
        """
        return self._added(self.strengths(last_PK, size))

    def of_titles(self, last_1K: Tensor, token_N: Tensor) -> Tensor:
        """What the term adds to the scores of some titles after one position, N."""
        # Titles that training did not know are last, and get nothing.
        size = len(self.start_V)
        strength_1V = self.strengths(last_1K, size)
        return self._added(strength_1V[0].index_select(0, token_N.clamp(max=size - 1)))

    def _added(self, strength: Tensor) -> Tensor:
        return strength.mul_(self.settings.scale).log1p_().mul_(self.settings.weight)

    def strengths(self, last_PK: Tensor, size: int) -> Tensor:
        """How strongly each token follows the last titles, PV."""
        # Titles that training did not know have no row, nor has padding.
        last_PK = last_PK.masked_fill(last_PK >= len(self.start_V) - 1, 0)
        positions, titles = last_PK.shape
        first_R, end_R = self.start_V[last_PK].flatten(), self.start_V[last_PK + 1].flatten()
        count_R = end_R - first_R
        # The pairs of all rows, one after the other.
        row_J = torch.repeat_interleave(count_R)
        before_R = count_R.cumsum(0) - count_R
        # `index_select` takes a third of the time of indexing.
        pair_J = torch.arange(len(row_J), device=row_J.device)
        pair_J += (first_R - before_R).index_select(0, row_J)
        weight_J = self.recency_K[:titles].repeat(positions).index_select(0, row_J)
        weight_J *= self.strength_J.index_select(0, pair_J)
        index_J = self.other_J.index_select(0, pair_J)
        if positions > 1:
            position_R = torch.arange(positions, device=row_J.device).repeat_interleave(titles)
            index_J += (position_R * size).index_select(0, row_J)
        strength_PV = self.strength_J.new_zeros(positions * size)
        return strength_PV.index_add_(0, index_J, weight_J).view(positions, size)
