"""Histories as the batches a model learns from: windows that slide over each member's titles.

Names of tensors as in `ranker.model`; E counts the training events of all members.
"""
# ruff: noqa: N803, N806 - a tensor's name shows its shape

from collections.abc import Sequence

import torch
from torch import Tensor

from ranker.vocabulary import BOS, PAD, UNK

Batch = tuple[Tensor, Tensor]
"""Inputs and targets, both BL: the target of a position is the title after it, or PAD for none."""


class Windows:
    """Random windows over the histories; each begins with BOS at any event, equally likely.

    What came before a window is dropped. So the event after BOS is any event of any member, and
    BOS alone learns how popular each title is: the ranking for a member without a history.

    Args:
        histories: each member's tokens, oldest first; at least one token in all.
        context: positions in a window, BOS included.
        unknown_share: share of titles that UNK replaces, so that it is learnt like any title.
    """

    def __init__(
        self, histories: Sequence[Sequence[int]], context: int, unknown_share: float
    ) -> None:
        lengths = torch.tensor([len(history) for history in histories])
        self.tokens_E = torch.tensor([token for history in histories for token in history])
        self.ends_E = lengths.cumsum(0).repeat_interleave(lengths)
        self.offsets_L = torch.arange(context)
        self.unknown_share = unknown_share

    def draw(self, size: int, random: torch.Generator) -> Batch:
        """A batch of `size` windows."""
        starts_B1 = torch.randint(len(self.tokens_E), (size, 1), generator=random)
        index_BL = starts_B1 + self.offsets_L
        outside_BL = index_BL >= self.ends_E[starts_B1]
        titles_BL = self.tokens_E[index_BL.clamp(max=len(self.tokens_E) - 1)]
        unknown_BL = torch.rand(titles_BL.shape, generator=random) < self.unknown_share
        titles_BL = titles_BL.masked_fill(unknown_BL, UNK).masked_fill(outside_BL, PAD)
        return after_bos(titles_BL), titles_BL


def after_bos(titles_BL: Tensor) -> Tensor:
    """The inputs whose next titles are `titles_BL`: BOS, and all of them but the last, BL."""
    return torch.nn.functional.pad(titles_BL[:, :-1], (1, 0), value=BOS)


def last_titles(histories: Sequence[Sequence[int]], context: int) -> Batch:
    """One row a history, in which only the last title is a target: what was held out.

    Args:
        histories: tokens, oldest first, at least the held-out one.
        context: positions in a row, BOS included.
    """
    titles_BL = torch.full((len(histories), context), PAD)
    targets_BL = torch.full((len(histories), context), PAD)
    for row, history in enumerate(histories):
        recent = torch.tensor(history[-context:])
        titles_BL[row, : len(recent)] = recent
        targets_BL[row, len(recent) - 1] = recent[-1]
    return after_bos(titles_BL), targets_BL
