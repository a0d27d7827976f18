"""Where titles' ids begin: near those of titles that the same members watched at about that time.

What two titles share is how much more often than by chance they are watched within a few steps of
one another (positive pointwise mutual information). The directions in which titles differ most by
that are the same whatever the seed. So two trainings on about the same data begin in one space, and
have less to find.

Names of tensors end in their shape: V titles and special tokens, D the width, K directions, N
tokens, J pairs, M members.
"""

from typing import Final

import torch
from torch import Tensor

_WITHIN: Final = 10
"""Steps between two titles of one history that still say that they belong together."""

_ROUNDS: Final = 12
"""After which the directions hardly turn any more."""


def begin_ids(
    named_VD: Tensor, titles_N: Tensor, starts_M: Tensor, ends_M: Tensor, scale: float
) -> Tensor:
    """Rows of titles by what they are watched with, VD, in the space that their names draw.

    Args:
        named_VD: what titles' names drew; a title that is watched with no other keeps its row.
        titles_N: the titles of all tokens.
        starts_M: where each member's tokens to learn from begin.
        ends_M: where they end, exclusive; later ones are not looked at.
        scale: the length of a row, as its root mean square over all titles.
    """
    shared_VV = shared(titles_N, starts_M, ends_M, len(named_VD))
    if not shared_VV.values().any():
        return named_VD
    rows_VK = _directions(shared_VV, named_VD)
    # The nearest rotation to the names' rows: the signs of directions, and their order where they
    # matter about equally, are chance, and would otherwise differ after a little more data.
    left_KK, _, right_KD = torch.linalg.svd(rows_VK.T @ named_VD, full_matrices=False)
    turned_VD = rows_VK @ left_KK @ right_KD
    length = turned_VD.square().sum(dim=1).mean().sqrt().clamp(min=1e-9)
    begin_VD: Tensor = named_VD + scale / length * turned_VD
    return begin_VD


def shared(titles_N: Tensor, starts_M: Tensor, ends_M: Tensor, size: int) -> Tensor:
    """How much more often than by chance two titles are watched together, VV, sparse."""
    count_VV = _together(titles_N, starts_M, ends_M, size)
    one_J, other_J = count_VV.indices()
    count_J = count_VV.values()
    total_V = torch.zeros(size, dtype=count_J.dtype).index_add(0, one_J, count_J)
    chance_J = total_V[one_J] * total_V[other_J] / total_V.sum()
    # What was seen only a few times says little, however seldom chance would bring it about.
    sure_J = count_J / (count_J + 1)
    shared_J = (count_J / chance_J).log().clamp(min=0) * sure_J
    return _sparse(count_VV.indices(), shared_J, size)


def _together(titles_N: Tensor, starts_M: Tensor, ends_M: Tensor, size: int) -> Tensor:
    """How often two titles are watched within a few steps of one member's history, VV, sparse."""
    places = [
        torch.arange(start, end)
        for start, end in zip(starts_M.tolist(), ends_M.tolist(), strict=True)
    ]
    title_N = titles_N[torch.cat(places)]
    member_N = torch.repeat_interleave(ends_M - starts_M)
    count_VV = _sparse(torch.zeros(2, 0, dtype=torch.long), torch.zeros(0), size)
    for apart in range(1, _WITHIN + 1):
        one_N, other_N = title_N[:-apart], title_N[apart:]
        pair_N = (member_N[:-apart] == member_N[apart:]) & (one_N != other_N)
        pair_2J = torch.stack([one_N[pair_N], other_N[pair_N]])
        both_2J = torch.cat([pair_2J, pair_2J.flip(0)], dim=1)
        count_VV += _sparse(both_2J, torch.ones(both_2J.shape[1]), size)
    return count_VV.coalesce()


def _sparse(place_2J: Tensor, value_J: Tensor, size: int) -> Tensor:
    """A square sparse matrix; values of one place add up."""
    return torch.sparse_coo_tensor(
        place_2J, value_J, (size, size), check_invariants=False
    ).coalesce()


def _directions(shared_VV: Tensor, begin_VD: Tensor) -> Tensor:
    """Titles in the directions in which they differ most, VK, by rounds of subspace iteration.

    It begins with rows that are the same each time, so that nothing is drawn.
    """
    basis_VK, _ = torch.linalg.qr(begin_VD)
    for _ in range(_ROUNDS):
        basis_VK, _ = torch.linalg.qr(torch.sparse.mm(shared_VV, basis_VK))
    within_KK = basis_VK.T @ torch.sparse.mm(shared_VV, basis_VK)
    strength_K, turn_KK = torch.linalg.eigh((within_KK + within_KK.T) / 2)
    # Along a direction of negative strength titles that belong together would lie apart.
    rows_VK: Tensor = basis_VK @ turn_KK * strength_K.clamp(min=0).sqrt()
    return rows_VK
