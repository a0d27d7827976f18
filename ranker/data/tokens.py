"""Tokens: what a member did with one title at one sitting, merged from neighbouring events.

Names of arrays end in their shape: N counts tokens, E events.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from ranker.data.arrays import Ints, Where
from ranker.data.events import SURROUNDINGS, Column, EventLog

SITTING: Final = 4 * 3600
"""Seconds that may pass between two events of one token; who returns later made a choice anew."""

DISCOVER, CONTINUE, REWATCH = 0, 1, 2
ENGAGEMENTS: Final = ("discover", "continue", "rewatch")
"""Why a member turns to a title: it is new, lately begun, or known for longer."""

_CONTINUED_WITHIN: Final = 14 * 86_400


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens by member and then time.

    Args:
        member: whose they are.
        title: what was watched.
        first_N: when the first event was.
        last_N: when the last one was.
        gap_N: seconds from the member's token before, its last event, to this one; -1 for none.
        seconds_N: for how long in all; -1 where no event says.
        engagement_N: one of `ENGAGEMENTS`.
        actions: by action, 1 where it is among those of the token.
        surroundings: of the first event, since that is when the title was chosen.
    """

    member: Column
    title: Column
    first_N: Ints
    last_N: Ints
    gap_N: Ints
    seconds_N: Ints
    engagement_N: Ints
    actions: Mapping[str, Ints]
    surroundings: Mapping[str, Column]

    def __len__(self) -> int:
        """How many tokens there are."""
        return len(self.first_N)

    def starts(self) -> Ints:
        """Where each member's tokens begin, and at the end how many there are; M + 1."""
        changes = np.flatnonzero(np.diff(self.member.codes_E)) + 1
        return np.array([0, *changes, len(self)] if len(self) else [0], np.int64)

    def take(self, index: Where) -> Self:
        """Some of the tokens; what each says of those before it stays as it was."""
        return type(self)(
            self.member.take(index),
            self.title.take(index),
            self.first_N[index],
            self.last_N[index],
            self.gap_N[index],
            self.seconds_N[index],
            self.engagement_N[index],
            {name: yes_N[index] for name, yes_N in self.actions.items()},
            {name: column.take(index) for name, column in self.surroundings.items()},
        )


def merge(log: EventLog) -> Tokens:
    """Make one token of each run of a member's events on one title at one sitting."""
    starts_N = np.flatnonzero(_begins(log))
    ends_N = np.append(starts_N, len(log))[1:] - 1
    heads = log.take(starts_N)
    last_N = log.at_E[ends_N]
    actions = log.texts.get("action", Column((), np.full(len(log), -1)))
    return Tokens(
        member=heads.member,
        title=heads.title,
        first_N=heads.at_E,
        last_N=last_N,
        gap_N=_gaps(heads, last_N),
        seconds_N=_total_seconds(log.seconds_E, starts_N),
        engagement_N=_engagements(heads, last_N),
        actions={
            action: _any(actions.codes_E == code, starts_N)
            for code, action in enumerate(actions.values)
        },
        surroundings={name: heads.texts[name] for name in SURROUNDINGS if name in heads.texts},
    )


def _begins(log: EventLog) -> Ints:
    """Where another member, title or sitting begins, E."""
    begins_E = np.ones(len(log), np.int64)
    begins_E[1:] = (
        (np.diff(log.member.codes_E) != 0)
        | (np.diff(log.title.codes_E) != 0)
        | (np.diff(log.at_E) > SITTING)
    )
    return begins_E


def _gaps(heads: EventLog, last_N: Ints) -> Ints:
    gap_N = np.full(len(heads), -1, np.int64)
    same_N = np.diff(heads.member.codes_E) == 0
    gap_N[1:] = np.where(same_N, heads.at_E[1:] - last_N[:-1], -1)
    return gap_N


def _total_seconds(seconds_E: Ints, starts_N: Ints) -> Ints:
    if not len(starts_N):
        return seconds_E
    total_N = np.add.reduceat(np.maximum(seconds_E, 0), starts_N)
    return np.where(_any(seconds_E >= 0, starts_N) > 0, total_N, -1)


def _any(true_E: np.ndarray, starts_N: Ints) -> Ints:
    if not len(starts_N):
        return starts_N
    return np.maximum.reduceat(true_E.astype(np.int64), starts_N)


def _engagements(heads: EventLog, last_N: Ints) -> Ints:
    """Whether the member met the title before, and how long ago."""
    by_title_N = np.lexsort((np.arange(len(heads)), heads.title.codes_E, heads.member.codes_E))
    member_N, title_N = heads.member.codes_E[by_title_N], heads.title.codes_E[by_title_N]
    since_N = heads.at_E[by_title_N][1:] - last_N[by_title_N][:-1]
    again_N = (np.diff(member_N) == 0) & (np.diff(title_N) == 0)
    kinds_N = np.full(len(heads), DISCOVER, np.int64)
    kinds_N[1:][again_N] = np.where(since_N > _CONTINUED_WITHIN, REWATCH, CONTINUE)[again_N]
    engagement_N = np.empty_like(kinds_N)
    engagement_N[by_title_N] = kinds_N
    return engagement_N
