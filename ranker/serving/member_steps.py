"""One member's steps, as the model reads them.

Names of tensors as in `ranker.network.model`.
"""

import numpy as np
import torch
from torch import Tensor

from ranker.data.arrays import Ints
from ranker.data.encoding import EncodedTokens
from ranker.data.vocabulary import BOS
from ranker.data.windows import Steps


def slice_steps(steps: Steps, start: int, end: int) -> Steps:
    """The positions from `start` to `end`, with the times of all before `end`."""
    return Steps(
        steps.titles_BL[:, start:end],
        steps.post_action_BLF[:, start:end],
        steps.request_BLR[:, start:end],
        steps.time_BL[:, :end],
        steps.request_time_BL[:, start:end],
    )


def steps_of(
    encoded: EncodedTokens, first_token: int, request_1R: Tensor, request_time: int
) -> Steps:
    """One member's steps from a token on, BOS first, the last one with the next request.

    As `make_batch` has it, which is for many members, and takes several times as long.
    """
    post_action_NF = encoded.post_action_NF[first_token:]
    request_time_L = _joined(encoded.start_time_N[first_token:], np.array([request_time]))
    return Steps(
        _joined(np.array([BOS]), encoded.titles_N[first_token:])[None],
        _joined(np.zeros((1, post_action_NF.shape[1]), np.int64), post_action_NF)[None],
        _joined(encoded.request_NR[first_token:], request_1R)[None],
        _joined(request_time_L[:1], encoded.end_time_N[first_token:])[None],
        request_time_L[None],
    )


def _joined(*parts: Tensor | Ints) -> Tensor:
    """All, one after the other: numpy takes a third of torch's time for such short ones."""
    arrays = [part.numpy() if isinstance(part, Tensor) else part for part in parts]
    return torch.from_numpy(np.concatenate(arrays))


def with_last_request(steps: Steps, request_1R: Tensor, request_time: int) -> Steps:
    """The steps with another request after the last one."""
    time_11 = torch.tensor([[request_time]])
    return steps._replace(
        request_BLR=torch.cat([steps.request_BLR[:, :-1], request_1R[None]], dim=1),
        request_time_BL=torch.cat([steps.request_time_BL[:, :-1], time_11], dim=1),
    )


def extended_steps(
    before: Steps,
    dropped: int,
    known: int,
    newest: EncodedTokens,
    request_1R: Tensor,
    request_time: int,
) -> Steps:
    """The steps of an earlier state's tokens from `dropped` to `known`, and of those after them."""
    old_titles, old_post_action, old_request, old_time, old_request_time = (
        part[0] for part in before
    )
    tokens, following = slice(dropped + 1, known + 1), slice(dropped, known)
    start_time_L = _joined(
        old_request_time[following], newest.start_time_N, np.array([request_time])
    )
    post_action_1F = np.zeros((1, old_post_action.shape[1]), np.int64)
    return Steps(
        _joined(np.array([BOS]), old_titles[tokens], newest.titles_N)[None],
        _joined(post_action_1F, old_post_action[tokens], newest.post_action_NF)[None],
        _joined(old_request[following], newest.request_NR, request_1R)[None],
        _joined(start_time_L[:1], old_time[tokens], newest.end_time_N)[None],
        start_time_L[None],
    )


def unchanged_positions(before: Steps, steps: Steps, known: int) -> int:
    """How many positions both have in common, of which `known` are known to be equal."""
    count = min(before.titles_BL.shape[1], steps.titles_BL.shape[1])
    for old, new in zip(before, steps, strict=True):  # by numpy, in half of torch's time
        changed = old.numpy()[0, known:count] != new.numpy()[0, known:count]
        if changed.any():
            by_position = changed.reshape(count - known, -1).any(axis=1)
            count = known + int(by_position.argmax())
    return count
