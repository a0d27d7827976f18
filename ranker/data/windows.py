"""Batches of model inputs, cut from members' encoded tokens.

Names of tensors as in `ranker.network.model`; W counts spans, N tokens, M members.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from ranker.data.encoding import EncodedTokens
from ranker.data.vocabulary import BOS, PAD


class Steps(NamedTuple):
    """Model inputs, position by position; the first position is BOS.

    Args:
        titles_BL: tokens of the titles.
        post_action_BLF: post-action features of the step, as rows of a table; 0 is unknown.
        request_BLR: request-time features of the next step, likewise.
        time_BL: when the step ended, in seconds.
        request_time_BL: when the next step is requested; equal to `time_BL` if withheld.
    """

    titles_BL: Tensor
    post_action_BLF: Tensor
    request_BLR: Tensor
    time_BL: Tensor
    request_time_BL: Tensor


class TrainingBatch(NamedTuple):
    """Model inputs and their targets.

    Args:
        steps: the inputs.
        target_BL: the next step of each position, as an index of the encoded tokens; -1 for none.
    """

    steps: Steps
    target_BL: Tensor


@dataclass(frozen=True, slots=True)
class Spans:
    """Runs of one member's tokens each, to be predicted one after another.

    Args:
        starts_W: the first token of each, as an index of the encoded tokens.
        ends_W: its end, exclusive.
    """

    starts_W: Tensor
    ends_W: Tensor


def ranges(starts_W: Tensor, ends_W: Tensor) -> Tensor:
    """All indexes from each start up to its end, exclusive, one range after the other."""
    length_W = ends_W - starts_W
    offset_W = starts_W - (length_W.cumsum(0) - length_W)
    index_N = torch.arange(int(length_W.sum()))
    return index_N + torch.repeat_interleave(offset_W, length_W)


def cut_windows(starts_M: Tensor, ends_M: Tensor, context: int, random: torch.Generator) -> Spans:
    """All members' tokens in windows of at most `context` tokens, cut at random offsets.

    Args:
        starts_M: the first training token of each member.
        ends_M: the end of their training tokens, exclusive.
        context: positions in a window.
        random: for the offsets.
    """
    shift_M = torch.randint(context, (len(starts_M),), generator=random)
    shift_M = torch.where(ends_M - starts_M <= context, 0, shift_M)
    count_M = (ends_M - starts_M + shift_M + context - 1) // context
    member_W = torch.repeat_interleave(count_M)
    first_M = count_M.cumsum(0) - count_M
    number_W = torch.arange(len(member_W)) - first_M[member_W]
    start_W = starts_M[member_W] - shift_M[member_W] + number_W * context
    return Spans(
        torch.maximum(start_W, starts_M[member_W]),
        torch.minimum(start_W + context, ends_M[member_W]),
    )


def target_spans(starts_M: Tensor, target_T: Tensor, context: int) -> Spans:
    """For each target the span that ends with it, with as much history as the model can read."""
    member_T = torch.searchsorted(starts_M, target_T, right=True) - 1
    return Spans(torch.maximum(starts_M[member_T], target_T + 1 - context), target_T + 1)


def split_spans(spans: Spans, rows: int) -> list[Spans]:
    """The spans in parts of at most so many."""
    parts = zip(torch.split(spans.starts_W, rows), torch.split(spans.ends_W, rows), strict=True)
    return [Spans(starts, ends) for starts, ends in parts]


def last_titles(titles_N: Tensor, spans: Spans, count: int) -> Tensor:
    """The titles before the last token of each span, WK: most recent first, then padding."""
    device = titles_N.device
    index_WK = spans.ends_W.to(device)[:, None] - 2 - torch.arange(count, device=device)
    inside_WK = index_WK >= spans.starts_W.to(device)[:, None]
    return torch.where(inside_WK, titles_N[index_WK.clamp(min=0)], PAD)


def first_token_to_read(tokens: int, context: int) -> int:
    """The first of a member's tokens to read, so that BOS and the rest fit in the context.

    It moves in strides of a quarter of the context, since after each move the history has to be
    read again.
    """
    excess = max(0, tokens + 1 - context)
    stride = max(1, context // 4)
    return -(-excess // stride) * stride


def length_batches(spans: Spans, positions: int, random: torch.Generator) -> Iterator[Spans]:
    """Spans of similar lengths, about `positions` tokens at a time, in random order.

    So that little of a batch is padding, which costs as much time as real tokens.
    """
    length_W = spans.ends_W - spans.starts_W
    # With a little noise, so that batches differ from epoch to epoch.
    noisy_W = length_W * (1 + 0.1 * torch.rand(len(length_W), generator=random))
    order = noisy_W.argsort(descending=True).tolist()
    groups = _group_by_positions(order, length_W.tolist(), positions)
    for number in torch.randperm(len(groups), generator=random).tolist():
        yield Spans(spans.starts_W[groups[number]], spans.ends_W[groups[number]])


def _group_by_positions(
    order: Sequence[int], lengths: Sequence[int], positions: int
) -> list[Tensor]:
    groups: list[Tensor] = []
    start = 0
    while start < len(order):
        rows = max(1, positions // max(1, lengths[order[start]]))
        groups.append(torch.tensor(order[start : start + rows]))
        start += rows
    return groups


def make_batch(
    encoded: EncodedTokens, spans: Spans, request_hidden: Tensor | None = None
) -> TrainingBatch:
    """The spans' tokens, each the target of the position before it; the first follows BOS.

    Args:
        encoded: the tokens.
        spans: those to use; the longest determines L.
        request_hidden: BL or broadcastable, true where the request-time features are withheld.
    """
    length = int((spans.ends_W - spans.starts_W).max())
    device = encoded.titles_N.device
    starts_B1, ends_B1 = spans.starts_W.to(device)[:, None], spans.ends_W.to(device)[:, None]
    target_BL = starts_B1 + torch.arange(length, device=device)
    inside_BL = target_BL < ends_B1
    target_BL = torch.where(inside_BL, target_BL, -1)
    input_BL = torch.where(inside_BL, F.pad(target_BL[:, :-1], (1, 0), value=-1), -1)
    return TrainingBatch(_steps(encoded, input_BL, target_BL, request_hidden), target_BL)


def _steps(
    encoded: EncodedTokens, input_BL: Tensor, target_BL: Tensor, request_hidden_BL: Tensor | None
) -> Steps:
    """The inputs before each target; an input of -1 is BOS in the first column, else padding."""
    titles_BL = torch.where(input_BL < 0, PAD, encoded.titles_N[input_BL])
    titles_BL[:, 0] = BOS
    # BOS has the time of the first token, since nothing earlier is known.
    first_time_B1 = encoded.start_time_N[target_BL[:, :1]]
    time_BL = torch.where(input_BL < 0, first_time_B1, encoded.end_time_N[input_BL])
    post_action_BLF = encoded.post_action_NF[input_BL] * (input_BL >= 0)[..., None]
    known_BL = target_BL >= 0
    if request_hidden_BL is not None:
        known_BL = known_BL & ~request_hidden_BL.to(known_BL.device)
    request_BLR = encoded.request_NR[target_BL] * known_BL[..., None]
    request_time_BL = torch.where(known_BL, encoded.start_time_N[target_BL], time_BL)
    return Steps(titles_BL, post_action_BLF, request_BLR, time_BL, request_time_BL)
