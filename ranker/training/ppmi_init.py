"""Initial ids from co-watching: near those of titles that the same members watched around then.

The similarity of two titles is their positive pointwise mutual information (PPMI): how much more
often than by chance they are watched within a few steps of one another. Its strongest directions do
not depend on the seed, so that two trainings on similar data start in the same space, and have less
to learn.

Names of tensors end in their shape: V titles and special tokens, D the width, K directions, N
tokens, J pairs, M members.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

import torch
from torch import Tensor

from ranker.data.windows import ranges

_WINDOW: Final = 10
"""The most steps between two titles that are counted as watched together."""

_ITERATIONS: Final = 12
"""After which the directions hardly change."""


class TitleSequences(NamedTuple):
    """What members watched, one after the other.

    Args:
        titles_N: the titles of all tokens.
        starts_M: the first training token of each member.
        ends_M: the end of their training tokens, exclusive; later tokens are not used.
        is_target_N: whether a token is one to predict: not of what members only saw, or rejected;
            None if all are.
    """

    titles_N: Tensor
    starts_M: Tensor
    ends_M: Tensor
    is_target_N: Tensor | None = None


def init_ids(named_VD: Tensor, sequences: Iterable[TitleSequences], scale: float) -> Tensor:
    """Initial ids from co-watching, VD, added to those from the titles' names.

    Args:
        named_VD: the ids from names; a title that is watched with no other keeps its row.
        sequences: all members', in any number of parts.
        scale: the root mean square length of what is added.
    """
    ppmi_VV = ppmi(sequences, len(named_VD))
    if not ppmi_VV.values().any():
        return named_VD
    rows_VK = _directions(ppmi_VV, named_VD)
    # Rotated as near as possible to the rows from names: otherwise the signs of the directions, and
    # the order of those of similar strength, would change by chance with a little more data.
    left_KK, _, right_KD = torch.linalg.svd(rows_VK.T @ named_VD, full_matrices=False)
    rotated_VD = rows_VK @ left_KK @ right_KD
    length = rotated_VD.square().sum(dim=1).mean().sqrt().clamp(min=1e-9)
    initial_VD: Tensor = named_VD + scale / length * rotated_VD
    return initial_VD


def ppmi(sequences: Iterable[TitleSequences], size: int) -> Tensor:
    """Positive pointwise mutual information of pairs of titles, VV, sparse."""
    count_VV = _sparse(torch.zeros(2, 0, dtype=torch.long), torch.zeros(0), size)
    for part in sequences:
        count_VV = (count_VV + _co_occurrences(part, size)).coalesce()
    one_J, other_J = count_VV.indices()
    count_J = count_VV.values()
    total_V = torch.zeros(size, dtype=count_J.dtype).index_add(0, one_J, count_J)
    chance_J = total_V[one_J] * total_V[other_J] / total_V.sum()
    # Shrinks pairs that were seen only a few times, which says little however rare they should be.
    shrink_J = count_J / (count_J + 1)
    ppmi_J = (count_J / chance_J).log().clamp(min=0) * shrink_J
    return _sparse(count_VV.indices(), ppmi_J, size)


def _co_occurrences(part: TitleSequences, size: int) -> Tensor:
    """How often two titles are within a few steps of one member's history, VV, sparse."""
    title_N = part.titles_N[ranges(part.starts_M, part.ends_M)]
    member_N = torch.repeat_interleave(part.ends_M - part.starts_M)
    count_VV = _sparse(torch.zeros(2, 0, dtype=torch.long), torch.zeros(0), size)
    for apart in range(1, _WINDOW + 1):
        one_N, other_N = title_N[:-apart], title_N[apart:]
        pair_N = (member_N[:-apart] == member_N[apart:]) & (one_N != other_N)
        pair_2J = torch.stack([one_N[pair_N], other_N[pair_N]])
        both_2J = torch.cat([pair_2J, pair_2J.flip(0)], dim=1)
        count_VV += _sparse(both_2J, torch.ones(both_2J.shape[1]), size)
    return count_VV.coalesce()


def _sparse(index_2J: Tensor, value_J: Tensor, size: int) -> Tensor:
    """A square sparse matrix; values with equal indexes add up."""
    return torch.sparse_coo_tensor(
        index_2J, value_J, (size, size), check_invariants=False
    ).coalesce()


def _directions(ppmi_VV: Tensor, start_VD: Tensor) -> Tensor:
    """Titles in the strongest directions of the matrix, VK, by subspace iteration.

    It starts from the ids from names, so that nothing is random.
    """
    basis_VK, _ = torch.linalg.qr(start_VD)
    for _ in range(_ITERATIONS):
        basis_VK, _ = torch.linalg.qr(torch.sparse.mm(ppmi_VV, basis_VK))
    within_KK = basis_VK.T @ torch.sparse.mm(ppmi_VV, basis_VK)
    strength_K, rotation_KK = torch.linalg.eigh((within_KK + within_KK.T) / 2)
    # Negative strengths are dropped: along such a direction similar titles would be far apart.
    rows_VK: Tensor = basis_VK @ rotation_KK * strength_K.clamp(min=0).sqrt()
    return rows_VK
