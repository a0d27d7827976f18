"""Tokens: a member's neighbouring events on one title, merged into one viewing.

Names of arrays end in their shape: N counts tokens, E events, M members.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Bools, Ints, Where
from ranker.data.events import REQUEST_FIELDS, Column, ViewingLog

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
        end_time_N: when the last event began.
        gap_N: seconds since the last event of the member's previous token; -1 for the first token.
        seconds_N: the total duration; -1 if no event has one.
        engagement_N: indexes into `ENGAGEMENTS`.
        actions: by action, 1 for the tokens that contain it.
        request_fields: of the first event, which is when the title was chosen.
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
        )


def merge_events(log: ViewingLog, *, targets: bool = True) -> Tokens:
    """Merge each run of a member's events on one title, without long gaps, into one token.

    Args:
        log: of the events.
        targets: whether the tokens are to be predicted; else their engagement is not worked out.
    """
    starts_N = np.flatnonzero(_is_token_start(log))
    first_events, end_time_N, seconds_N = log, log.time_E, log.seconds_E
    if len(starts_N) < len(log):  # else each event is a token, as in most histories
        first_events = log.take(starts_N)
        end_time_N = log.time_E[np.append(starts_N[1:], len(log)) - 1]
        seconds_N = _total_seconds(log.seconds_E, starts_N)
    actions = log.texts.get("action", Column((), np.full(len(log), -1)))
    return Tokens(
        member=first_events.member,
        title=first_events.title,
        start_time_N=first_events.time_E,
        end_time_N=end_time_N,
        gap_N=_gaps(first_events, end_time_N),
        seconds_N=seconds_N,
        engagement_N=_engagements(first_events, end_time_N) if targets else end_time_N,
        actions={
            action: _any(actions.codes_E == code, starts_N)
            for code, action in enumerate(actions.values)
        },
        request_fields={
            name: first_events.texts[name] for name in REQUEST_FIELDS if name in first_events.texts
        },
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
    gap_N[1:] = first_events.time_E[1:] - end_time_N[:-1]
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


def _engagements(first_events: ViewingLog, end_time_N: Ints) -> Ints:
    """Whether the member watched the title before, and how long ago."""
    members, titles = first_events.member.codes_E, first_events.title.codes_E
    by_title_N = np.lexsort((np.arange(len(first_events)), titles, members))
    since_N = first_events.time_E[by_title_N][1:] - end_time_N[by_title_N][:-1]
    again_N = (np.diff(members[by_title_N]) == 0) & (np.diff(titles[by_title_N]) == 0)
    sorted_N = np.full(len(first_events), DISCOVER, np.int64)
    sorted_N[1:][again_N] = np.where(since_N > _CONTINUE_WITHIN, REWATCH, CONTINUE)[again_N]
    engagement_N = np.empty_like(sorted_N)
    engagement_N[by_title_N] = sorted_N
    return engagement_N
