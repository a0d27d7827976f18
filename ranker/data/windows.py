"""Histories as the batches a model learns from: windows that slide over each member's tokens.

Names of tensors as in `ranker.network.model`; W counts windows, N tokens, M members.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoding import Encoded
from ranker.data.vocabulary import BOS, PAD


class Steps(NamedTuple):
    """Members' steps, position by position; the first is BOS.

    Args:
        titles_BL: tokens, as rows of the table of title vectors.
        happened_BLF: places in the table of what happened; 0 is nothing.
        request_BLR: places in the table of what is known of the next step; 0 is nothing.
        at_BL: when each step ended, in seconds.
        asked_BL: when the next one is asked for; where that is not to be known, the same as `at`.
    """

    titles_BL: Tensor
    happened_BLF: Tensor
    request_BLR: Tensor
    at_BL: Tensor
    asked_BL: Tensor


class Batch(NamedTuple):
    """Steps, and what came after each.

    Args:
        steps: inputs, BOS first.
        target_BL: the place among the encoded tokens of what came next; -1 for none.
    """

    steps: Steps
    target_BL: Tensor


@dataclass(frozen=True, slots=True)
class Spans:
    """Runs of a member's tokens, each with what precedes it.

    Args:
        starts_W: where each begins among the encoded tokens.
        ends_W: where it ends, exclusive.
    """

    starts_W: Tensor
    ends_W: Tensor


def windows(starts_M: Tensor, ends_M: Tensor, context: int, random: torch.Generator) -> Spans:
    """All members' tokens cut into windows of at most `context` targets, each time elsewhere.

    Args:
        starts_M: where each member's tokens to learn from begin.
        ends_M: where they end, exclusive.
        context: positions in a window.
        random: of where the cuts are.
    """
    shift_M = torch.randint(context, (len(starts_M),), generator=random)
    shift_M = torch.where(ends_M - starts_M <= context, 0, shift_M)
    count_M = (ends_M - starts_M + shift_M + context - 1) // context
    member_W = torch.repeat_interleave(count_M)
    first_M = count_M.cumsum(0) - count_M
    number_W = torch.arange(len(member_W)) - first_M[member_W]
    begin_W = starts_M[member_W] - shift_M[member_W] + number_W * context
    return Spans(
        torch.maximum(begin_W, starts_M[member_W]),
        torch.minimum(begin_W + context, ends_M[member_W]),
    )


def cases_before(starts_M: Tensor, target_T: Tensor, context: int) -> Spans:
    """For each target the span of it and what of its member's history the model can look at."""
    member_T = torch.searchsorted(starts_M, target_T, right=True) - 1
    return Spans(torch.maximum(starts_M[member_T], target_T + 1 - context), target_T + 1)


def first_read(tokens: int, context: int) -> int:
    """The first of a member's tokens that is read, so that BOS and the rest fit in the context.

    It moves by a quarter of the context at a time, since each move means to read anew.
    """
    too_many = max(0, tokens + 1 - context)
    stride = max(1, context // 4)
    return -(-too_many // stride) * stride


def batches(spans: Spans, positions: int, random: torch.Generator) -> Iterator[Spans]:
    """Spans of about equal lengths together, about `positions` in all, in random order.

    Little of such a batch is padding, which costs as much as what is learnt from.
    """
    length_W = spans.ends_W - spans.starts_W
    # A little noise, so that not the same members always meet.
    noisy_W = length_W * (1 + 0.1 * torch.rand(len(length_W), generator=random))
    order = noisy_W.argsort(descending=True).tolist()
    groups = _grouped(order, length_W.tolist(), positions)
    for number in torch.randperm(len(groups), generator=random).tolist():
        yield Spans(spans.starts_W[groups[number]], spans.ends_W[groups[number]])


def _grouped(order: Sequence[int], lengths: Sequence[int], positions: int) -> list[Tensor]:
    groups: list[Tensor] = []
    begin = 0
    while begin < len(order):
        rows = max(1, positions // max(1, lengths[order[begin]]))
        groups.append(torch.tensor(order[begin : begin + rows]))
        begin += rows
    return groups


def batch_of(encoded: Encoded, spans: Spans, unasked: Tensor | None = None) -> Batch:
    """The spans' tokens, each the target of the position before it; the first follows BOS.

    Args:
        encoded: the tokens.
        spans: which of them; the longest sets L.
        unasked: BL or broader, true where what is known of the request is withheld.
    """
    length = int((spans.ends_W - spans.starts_W).max())
    device = encoded.titles_N.device
    starts_B1, ends_B1 = spans.starts_W.to(device)[:, None], spans.ends_W.to(device)[:, None]
    target_BL = starts_B1 + torch.arange(length, device=device)
    inside_BL = target_BL < ends_B1
    target_BL = torch.where(inside_BL, target_BL, -1)
    before_BL = torch.where(inside_BL, F.pad(target_BL[:, :-1], (1, 0), value=-1), -1)
    return Batch(_steps(encoded, before_BL, target_BL, unasked), target_BL)


def _steps(
    encoded: Encoded, before_BL: Tensor, target_BL: Tensor, unasked_BL: Tensor | None
) -> Steps:
    """The inputs before each target; -1 in `before` is BOS at the left and padding after it."""
    titles_BL = torch.where(before_BL < 0, PAD, encoded.titles_N[before_BL])
    titles_BL[:, 0] = BOS
    # BOS takes place when the first token does, since nothing is known of before.
    at_BL = torch.where(before_BL < 0, encoded.first_N[target_BL[:, :1]], encoded.last_N[before_BL])
    happened_BLF = encoded.happened_NF[before_BL] * (before_BL >= 0)[..., None]
    known_BL = target_BL >= 0
    if unasked_BL is not None:
        known_BL = known_BL & ~unasked_BL.to(known_BL.device)
    request_BLR = encoded.request_NR[target_BL] * known_BL[..., None]
    asked_BL = torch.where(known_BL, encoded.first_N[target_BL], at_BL)
    return Steps(titles_BL, happened_BLF, request_BLR, at_BL, asked_BL)
