"""Tokens: a member's neighbouring events on one title, merged into one viewing.

Names of arrays end in their shape: N counts tokens, E events, M members.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Bools, Floats, Ints, Where
from ranker.data.events import REQUEST_FIELDS, TIME_ZONE, Column, ViewingLog
from ranker.data.local_time import utc_offsets
from ranker.data.roles import (
    CONTEXT,
    IMPRESSION,
    TARGET,
    ShownTitles,
    event_roles,
    passed_over,
    token_roles,
)
from ranker.data.signals import DEFAULT_POLICY, SignalPolicy

SESSION_GAP: Final = 4 * 3600
"""The most seconds between two events of one token; a later return is a new choice."""

DISCOVER, CONTINUE, REWATCH = 0, 1, 2
ENGAGEMENTS: Final = ("discover", "continue", "rewatch")
"""Whether a title is new to the member, was begun recently, or was watched longer ago."""

_CONTINUE_WITHIN: Final = 14 * 86_400


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens ordered by member, then time.

    Args:
        member: who watched.
        title: what was watched.
        start_time_N: when the first event began.
        end_time_N: when it ended: the last end of an event, as far as durations are known.
        gap_N: seconds since the end of the member's previous token; -1 for the first token.
        seconds_N: the total duration; -1 if no event has one.
        engagement_N: indexes into `ENGAGEMENTS`.
        actions: by action, 1 for the tokens that contain it.
        request_fields: of the first event, which is when the title was chosen.
        role_N: `TARGET`, `CONTEXT`, `SKIP` or `DISLIKE`.
        rating_N: the last rating, NaN if there is none; None if no token has one.
        time_zone: the member's at the first event; None if no token has one.
        shown: what was passed over before each token; None where it is not looked at.
    """

    member: Column
    title: Column
    start_time_N: Ints
    end_time_N: Ints
    gap_N: Ints
    seconds_N: Ints
    engagement_N: Ints
    actions: Mapping[str, Ints]
    request_fields: Mapping[str, Column]
    role_N: Ints
    rating_N: Floats | None = None
    time_zone: Column | None = None
    shown: ShownTitles | None = None

    def __len__(self) -> int:
        """The number of tokens."""
        return len(self.start_time_N)

    def starts(self) -> Ints:
        """The index of each member's first token, followed by the number of tokens; M + 1."""
        changes = np.flatnonzero(np.diff(self.member.codes_E)) + 1
        return np.array([0, *changes, len(self)] if len(self) else [0], np.int64)

    def take(self, index: Where) -> Self:
        """Some of the tokens; gaps and engagements are not recomputed."""
        return type(self)(
            self.member.take(index),
            self.title.take(index),
            self.start_time_N[index],
            self.end_time_N[index],
            self.gap_N[index],
            self.seconds_N[index],
            self.engagement_N[index],
            {name: has_action_N[index] for name, has_action_N in self.actions.items()},
            {name: column.take(index) for name, column in self.request_fields.items()},
            self.role_N[index],
            None if self.rating_N is None else self.rating_N[index],
            None if self.time_zone is None else self.time_zone.take(index),
            None if self.shown is None else self.shown.take(index),
        )

    def targets(self) -> Ints:
        """The indexes of the tokens that are predicted."""
        return np.flatnonzero(self.role_N == TARGET)

    def local_offsets(self) -> Ints | None:
        """Seconds by which the members' clocks are ahead of UTC, N; None if no zone is known."""
        if self.time_zone is None:
            return None
        return utc_offsets(self.time_zone, self.start_time_N)


def merge_events(
    log: ViewingLog, policy: SignalPolicy = DEFAULT_POLICY, *, targets: bool = True
) -> Tokens:
    """Merge each run of a member's events on one title, without long gaps, into one token.

    Impressions are no tokens; what was shown and passed over is kept beside the token after it.

    Args:
        log: of the events.
        policy: the roles of events.
        targets: whether the tokens are to be predicted; else what only targets need is left out.
    """
    role_E, shown = event_roles(log, policy), None
    if role_E is not None and (role_E == IMPRESSION).any():
        read_E = np.flatnonzero(role_E != IMPRESSION)
        shown = log.take(role_E == IMPRESSION) if targets else None
        log, role_E = log.take(read_E), role_E[read_E]
    starts_N = np.flatnonzero(_is_token_start(log))
    first_events, seconds_N = log, log.seconds_E
    end_time_N = log.time_E + np.maximum(log.seconds_E, 0)
    if len(starts_N) < len(log):  # else each event is a token, as in most histories
        first_events = log.take(starts_N)
        end_time_N = np.maximum.reduceat(end_time_N, starts_N)
        seconds_N = _total_seconds(log.seconds_E, starts_N)
    actions = log.texts.get("action", Column((), np.full(len(log), -1)))
    role_N = token_roles(role_E, starts_N, seconds_N, policy)
    return Tokens(
        member=first_events.member,
        title=first_events.title,
        start_time_N=first_events.time_E,
        end_time_N=end_time_N,
        gap_N=_gaps(first_events, end_time_N),
        seconds_N=seconds_N,
        engagement_N=_engagements(first_events, end_time_N, role_N) if targets else end_time_N,
        actions={
            action: _any(actions.codes_E == code, starts_N)
            for code, action in enumerate(actions.values)
        },
        request_fields={
            name: first_events.texts[name] for name in REQUEST_FIELDS if name in first_events.texts
        },
        role_N=role_N,
        rating_N=None if log.rating_E is None else _last_ratings(log.rating_E, starts_N),
        time_zone=first_events.texts.get(TIME_ZONE),
        shown=passed_over(shown, first_events, role_N, policy) if shown else None,
    )


def _is_token_start(log: ViewingLog) -> Ints:
    """1 where the member or title changes or a long gap ends, E."""
    is_start_E = np.ones(len(log), np.int64)
    is_start_E[1:] = (
        _changes(log.member.codes_E)
        | _changes(log.title.codes_E)
        | (log.time_E[1:] - log.time_E[:-1] > SESSION_GAP)
    )
    return is_start_E


def _gaps(first_events: ViewingLog, end_time_N: Ints) -> Ints:
    gap_N = np.full(len(first_events), -1, np.int64)
    # Of viewings at the same time, on two screens, the second begins before the first ends.
    gap_N[1:] = np.maximum(first_events.time_E[1:] - end_time_N[:-1], 0)
    if len(first_events.member.values) > 1:
        gap_N[1:][_changes(first_events.member.codes_E)] = -1
    return gap_N


def _changes(codes_E: Ints) -> Bools:
    """Whether each code but the first differs from the one before: a third of `np.diff`'s time."""
    changes: Bools = codes_E[1:] != codes_E[:-1]
    return changes


def _total_seconds(seconds_E: Ints, starts_N: Ints) -> Ints:
    total_N = np.add.reduceat(np.maximum(seconds_E, 0), starts_N)
    return np.where(_any(seconds_E >= 0, starts_N) > 0, total_N, -1)


def _any(condition_E: np.ndarray, starts_N: Ints) -> Ints:
    """1 for tokens with at least one event for which the condition holds."""
    if len(starts_N) == len(condition_E):
        return condition_E.astype(np.int64)
    return np.maximum.reduceat(condition_E.astype(np.int64), starts_N)


def _last_ratings(rating_E: Floats, starts_N: Ints) -> Floats:
    if len(starts_N) == len(rating_E):
        return rating_E
    index_E = np.where(np.isnan(rating_E), -1, np.arange(len(rating_E)))
    last_N = np.maximum.reduceat(index_E, starts_N)
    return np.where(last_N >= starts_N, rating_E[last_N], np.nan)


def _engagements(first_events: ViewingLog, end_time_N: Ints, role_N: Ints) -> Ints:
    """Whether the member watched the title before, and how long ago."""
    engagement_N = np.full(len(first_events), DISCOVER, np.int64)
    watched_N = np.flatnonzero(role_N != CONTEXT)
    viewed, ended_N = first_events, end_time_N
    if len(watched_N) < len(role_N):
        viewed, ended_N = first_events.take(watched_N), end_time_N[watched_N]
    members, titles = viewed.member.codes_E, viewed.title.codes_E
    by_title_N = np.lexsort((np.arange(len(viewed)), titles, members))
    since_N = viewed.time_E[by_title_N][1:] - ended_N[by_title_N][:-1]
    again_N = (np.diff(members[by_title_N]) == 0) & (np.diff(titles[by_title_N]) == 0)
    sorted_N = np.full(len(viewed), DISCOVER, np.int64)
    sorted_N[1:][again_N] = np.where(since_N > _CONTINUE_WITHIN, REWATCH, CONTINUE)[again_N]
    engagement_N[watched_N[by_title_N]] = sorted_N
    return engagement_N
