"""The role of each event and token in training, by a signal policy.

Names of arrays end in their shape: E counts events, N tokens, J titles that were shown.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Bools, Ints, Where
from ranker.data.events import Column, ViewingLog
from ranker.data.signals import SignalPolicy, normal_action

TARGET: Final = 1
"""Predicted."""

CONTEXT: Final = 0
"""Only read."""

SKIP: Final = -1
"""Pushed down: broken off at once."""

DISLIKE: Final = -2
"""Pushed down: the member has said so."""

LIKE: Final = 2
"""Of an event: a target that takes back an earlier dislike."""

IMPRESSION: Final = -3
"""Of an event: shown, which is not read at all."""

_MOST_SHOWN: Final = 50
"""Titles shown before one token that count, the last ones: a page has few, a mistake millions."""


@dataclass(frozen=True, slots=True)
class ShownTitles:
    """Titles that were shown to a member and passed over.

    Args:
        start_N: where those that were shown before each token begin, followed by their number; N+1.
        title_J: codes of the titles.
    """

    start_N: Ints
    title_J: Ints

    def take(self, index_N: Where) -> Self:
        """Those before some of the tokens."""
        first_N, count_N = self.start_N[:-1][index_N], np.diff(self.start_N)[index_N]
        end_N = np.cumsum(count_N)
        shift_N = first_N - (end_N - count_N)
        index_J = np.arange(int(end_N[-1]) if len(end_N) else 0) + np.repeat(shift_N, count_N)
        return type(self)(np.append(0, end_N), self.title_J[index_J])

    @property
    def before_J(self) -> Ints:
        """The token before which each was shown."""
        return np.repeat(np.arange(len(self.start_N) - 1), np.diff(self.start_N))


def event_roles(log: ViewingLog, policy: SignalPolicy) -> Ints | None:
    """The role of each event, E; None if all are targets, as in most logs."""
    role_V = action_roles(log.column("action"), policy)
    disliked_E = None if log.rating_E is None else log.rating_E < policy.ratings.dislike_below
    if (role_V == TARGET).all() and disliked_E is None:
        return None
    role_E: Ints = role_V[log.column("action").codes_E]
    if log.rating_E is not None and disliked_E is not None:
        # A rating takes back an earlier one, as a thumb does.
        is_rated_target_E = ~np.isnan(log.rating_E) & (role_E == TARGET)
        role_E = np.where(disliked_E, DISLIKE, np.where(is_rated_target_E, LIKE, role_E))
    return role_E


def action_roles(action: Column, policy: SignalPolicy) -> Ints:
    """The role of each action of a column, and at the end that of no action."""
    role_of = _roles_by_name(
        policy.likes.actions,
        policy.dislikes.actions,
        policy.skips.actions,
        policy.impressions.actions,
        policy.context.actions,
    )
    return np.array([*(role_of.get(normal_action(a), TARGET) for a in action.values), TARGET])


@lru_cache(maxsize=16)
def _roles_by_name(*tables: tuple[str, ...]) -> dict[str, int]:
    """The roles of a policy's actions: of one member's few events it takes as long as the rest."""
    roles = LIKE, DISLIKE, SKIP, IMPRESSION, CONTEXT
    return {
        normal_action(name): role
        for role, names in zip(roles, tables, strict=True)
        for name in names
    }


def token_roles(role_E: Ints | None, starts_N: Ints, seconds_N: Ints, policy: SignalPolicy) -> Ints:
    """The role of each token, N.

    What the member said last of the title decides: a thumb, or a rating. Else it is a target if any
    of its events is one, and is not a skip by its duration.

    Args:
        role_E: of the events; None if all are targets.
        starts_N: the first event of each token.
        seconds_N: the tokens' durations; -1 if unknown.
        policy: of the roles.
    """
    is_short_N = (seconds_N >= 0) & (seconds_N < policy.skips.seconds)
    if role_E is None:
        return np.where(is_short_N, SKIP, TARGET)
    role_N = _most_telling(role_E, starts_N)
    role_N[(role_N == TARGET) & is_short_N] = SKIP
    opinion_N = _last_opinion(role_E, starts_N)
    return np.where(opinion_N != CONTEXT, np.minimum(opinion_N, TARGET), role_N)


def _most_telling(role_E: Ints, starts_N: Ints) -> Ints:
    """Of each token a target if it has one, else a skip, else context."""
    has_N = {
        role: np.logical_or.reduceat(role_E == role, starts_N) if len(starts_N) else starts_N > 0
        for role in (TARGET, SKIP)
    }
    return np.where(has_N[TARGET], TARGET, np.where(has_N[SKIP], SKIP, CONTEXT))


def _last_opinion(role_E: Ints, starts_N: Ints) -> Ints:
    """Of each token its last like or dislike; `CONTEXT` if it has none."""
    is_opinion_E = (role_E == LIKE) | (role_E == DISLIKE)
    if not is_opinion_E.any():
        return np.full(len(starts_N), CONTEXT)
    index_E = np.where(is_opinion_E, np.arange(len(role_E)), -1)
    last_N = np.maximum.reduceat(index_E, starts_N)
    return np.where(last_N >= 0, role_E[last_N], CONTEXT)


def passed_over(
    shown: ViewingLog, viewed: ViewingLog, role_N: Ints, policy: SignalPolicy
) -> ShownTitles:
    """What was shown before each token, and not watched soon after.

    Args:
        shown: the impressions.
        viewed: the first event of each token, with the same columns of members and titles.
        role_N: the tokens' roles.
        policy: says how soon.
    """
    before_J = _next(shown.member.codes_E, shown.time_E, viewed.member.codes_E, viewed.time_E)
    target_N = np.flatnonzero(role_N == TARGET)
    watched_J = _next(_pair(shown), shown.time_E, _pair(viewed)[target_N], viewed.time_E[target_N])
    found_J = watched_J >= 0
    time_N = viewed.time_E[target_N]
    found_J[found_J] = (
        time_N[watched_J[found_J]] - shown.time_E[found_J] <= policy.impressions.hours * 3600
    )
    index_J = np.flatnonzero((before_J >= 0) & ~found_J)
    index_J = index_J[np.argsort(before_J[index_J], kind="stable")]
    index_J = index_J[_is_among_last(before_J[index_J])]
    start_N = np.searchsorted(before_J[index_J], np.arange(len(viewed) + 1))
    return ShownTitles(start_N, shown.title.codes_E[index_J])


def _pair(log: ViewingLog) -> Ints:
    """A number for each pair of member and title, E."""
    titles = len(log.title.values) + 1
    return log.member.codes_E.astype(np.int64) * titles + log.title.codes_E


def _next(key_J: Ints, time_J: Ints, key_N: Ints, time_N: Ints) -> Ints:
    """For each of J the first of N with the same key that is not earlier; -1 if there is none."""
    key, time = np.concatenate([key_J, key_N]), np.concatenate([time_J, time_N])
    is_n = np.arange(len(key)) >= len(key_J)
    order = np.lexsort((is_n, time, key))
    position = np.where(is_n[order], np.arange(len(order)), len(order))
    following = np.minimum.accumulate(position[::-1])[::-1]
    next_of = np.empty(len(order), np.int64)
    next_of[order] = np.append(order, -1)[following]
    next_J = next_of[: len(key_J)]
    same_J = (next_J >= 0) & (key[next_J] == key_J)
    return np.where(same_J, next_J - len(key_J), -1)


def _is_among_last(before_J: Ints) -> Bools:
    """Whether each is one of the last `_MOST_SHOWN` before its token, of rising ones."""
    is_last: Bools = np.ones(len(before_J), np.bool_)
    later_J, now_J = before_J[_MOST_SHOWN:], before_J[:-_MOST_SHOWN]
    is_last[: len(now_J)] = later_J != now_J
    return is_last
