"""Whether histories can be trained on; where they cannot, why, and how to mend it."""

from collections.abc import Sequence

import numpy as np

from ranker.data.token_summary import TokenSummary
from ranker.data.tokens import Tokens
from ranker.errors import TrainingError


def refuse_untrainable(shards: Sequence[Tokens], summary: TokenSummary) -> None:
    """Raise a TrainingError if there is no order of several titles to learn.

    Args:
        shards: all tokens.
        summary: of those to train on.
    """
    if summary.has_order and summary.count_V.any() and len(summary.counts) > 1:
        return
    raise _of_all(shards) or _of_training(summary)


def _of_all(shards: Sequence[Tokens]) -> TrainingError | None:
    """What is wrong with the tokens before they are split, if anything is."""
    times: set[int] = set()
    tokens = targets = 0
    for part in shards:
        tokens, targets = tokens + len(part), targets + len(part.targets())
        times |= set(np.unique(part.start_time_N)[:2].tolist())
    if not tokens:
        return TrainingError(
            "There are no viewings in these histories.",
            "give histories in which members watch several titles each.",
        )
    if not targets:
        return TrainingError(
            f"None of the {tokens} viewings is a target by the policy of signals: all are "
            "dislikes, skips, or only read.",
            "see `sizzle signals`, and say with --signals which actions are to be predicted.",
        )
    if tokens > 1 and len(times) == 1:
        return TrainingError(
            f"All {tokens} viewings have the same time, {times.pop()}: none is before another.",
            "give the time of each event; if the file is in order, use --split leave-one-out.",
        )
    return None


def _of_training(summary: TokenSummary) -> TrainingError:
    """What is wrong with the tokens to train on."""
    titles = list(summary.counts)
    if len(titles) == 1:
        return TrainingError(
            f"All viewings to train on are of one title, {titles[0]!r}: there is nothing to learn.",
            "give histories in which members watch several titles each.",
        )
    return TrainingError(
        "No member has two titles to train on, beside those that validate: there is no order to "
        "learn.",
        "give viewing histories in which members watch several titles each.",
    )
