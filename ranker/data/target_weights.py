"""How much each target counts in training.

Names of arrays end in their shape: N counts tokens.
"""

import numpy as np
from numpy.typing import NDArray

from ranker.data.arrays import Floats
from ranker.data.roles import TARGET
from ranker.data.signals import SignalPolicy, normal_action
from ranker.data.tokens import Tokens


def target_weights(tokens: Tokens, runtime_N: Floats, policy: SignalPolicy) -> NDArray[np.float32]:
    """The weight of each token as a target; 0 for other roles.

    By the share of the runtime that was watched, by the seconds where the runtime is unknown, by
    the rating, and by the action; a film counts more than a trailer. What is not known counts
    neither fully nor least.

    Args:
        tokens: to weigh.
        runtime_N: of their titles, in seconds; NaN if unknown.
        policy: of the weights.
    """
    weight_N = _by_duration(tokens, runtime_N, policy)
    if tokens.rating_N is not None and policy.ratings.full > policy.ratings.dislike_below:
        weight_N = _with_ratings(weight_N, tokens.seconds_N >= 0, tokens.rating_N, policy)
    weight_N = weight_N * _by_action(tokens, policy)
    return np.where(tokens.role_N == TARGET, weight_N, 0.0).astype(np.float32)


def _by_duration(tokens: Tokens, runtime_N: Floats, policy: SignalPolicy) -> Floats:
    durations = policy.durations
    full_N = np.where(np.isnan(runtime_N), durations.full_seconds, runtime_N * durations.full_share)
    weight_N = _between(durations.least, tokens.seconds_N / full_N)
    return np.where(tokens.seconds_N < 0, durations.unknown, weight_N)


def _with_ratings(
    weight_N: Floats, is_timed_N: NDArray[np.bool_], rating_N: Floats, policy: SignalPolicy
) -> Floats:
    """Weights by duration and rating; of either alone where only one is known."""
    ratings = policy.ratings
    share_N = (rating_N - ratings.dislike_below) / (ratings.full - ratings.dislike_below)
    by_rating_N = _between(policy.durations.least, np.nan_to_num(share_N))
    rated_N = np.where(is_timed_N, weight_N * by_rating_N, by_rating_N)
    return np.where(np.isnan(rating_N), weight_N, rated_N)


def _by_action(tokens: Tokens, policy: SignalPolicy) -> Floats:
    """The greatest weight of a token's actions; 1 without any that is named."""
    weights = {normal_action(name): weight for name, weight in policy.targets.weights.items()}
    if not weights:
        return np.ones(len(tokens))
    factor_N = np.full(len(tokens), -1.0)
    for action, has_action_N in tokens.actions.items():
        weight = weights.get(normal_action(action), 1.0)
        factor_N = np.where(has_action_N > 0, np.maximum(factor_N, weight), factor_N)
    return np.where(factor_N < 0, 1.0, factor_N)


def _between(least: float, share_N: Floats) -> Floats:
    weight_N: Floats = least + (1 - least) * np.clip(share_N, 0, 1)
    return weight_N
