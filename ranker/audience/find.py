"""Audiences: the members who are likeliest to watch a title next, and why each is.

A score orders the titles of one member, and says nothing between members: one may score every title
higher than another does. So members are ordered by the chance of the title: the softmax of the
member's scores over all titles.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

import numpy as np
from torch import Tensor

from ranker.data.arrays import Bools, Floats
from ranker.data.events import ViewingLog
from ranker.errors import RankingError
from ranker.ranking import Reason
from ranker.request import NO_CONTEXT, RequestContext
from ranker.serving.rank_batch import BatchScorer, ScoredMembers

MAX_TITLES: Final = 500
"""Titles of one call, as Personalize takes them."""

_MEMBERS_AT_ONCE: Final = 4096
_REASONS: Final = 3


@dataclass(frozen=True, slots=True)
class LikelyMember:
    """A member of an audience.

    Args:
        member_id: the member.
        chance: that the title is the next one of all that the model knows.
        why: the member's predicted intents that weigh most.
        rank_by: what the audience is ordered by: the chance, or its product with the number of
            the member's events.
    """

    member_id: str
    chance: float
    why: tuple[Reason, ...]
    rank_by: float


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is likely to watch a title, the likeliest first.

    Args:
        title_id: the title.
        members: those who have not watched it.
        watched: how many were left out, as they have.
        ranked: how many members were considered, those left out included.
    """

    title_id: str
    members: tuple[LikelyMember, ...]
    watched: int
    ranked: int


def find_audiences(
    scorer: BatchScorer,
    log: ViewingLog,
    title_ids: Sequence[str],
    *,
    count: int | None = None,
    least_chance: float = 0.0,
    among: Collection[str] | None = None,
    by_activity: bool = False,
    request: RequestContext = NO_CONTEXT,
    progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[Audience]:
    """The members who are likeliest to watch each title, of those who have not watched it.

    Args:
        scorer: of the model.
        log: the histories of all members.
        title_ids: at most 500, in any order.
        count: the most members of each title; None for all.
        least_chance: of the members, from 0 to 1.
        among: the only members to consider; None for all of the log.
        by_activity: order by the chance times how many events a member has: who watches much has
            more occasions to watch this title too.
        request: what is known of the moment.
        progress: called with how many members were ranked, and of how many.

    Raises:
        RankingError: a title is unknown, or there are too many or none.
    """
    titles = tuple(dict.fromkeys(title_ids))
    check_titles(scorer, titles)
    found = [_Best(title, count, least_chance) for title in titles]
    watched = _watched(log, titles)
    codes, counts = np.unique(log.member.codes_E, return_counts=True)
    named = zip((log.member.values[code] for code in codes), counts.tolist(), strict=True)
    events_of, total, done = dict(named), len(codes), 0
    for part in _merged(scorer.chances(log, titles, request)):
        done += len(part.members)
        kept = np.array([among is None or member in among for member in part.members], bool)
        weight = np.array([events_of[m] if by_activity else 1 for m in part.members], float)
        for best, seen, chance_B in zip(found, watched, part.chance_BT.T, strict=True):
            best.add(part, chance_B, weight, kept, seen)
        progress(done, total)
    return [best.audience() for best in found]


def merge_audiences(parts: Sequence[Audience], count: int | None) -> Audience:
    """One audience of those that were found for a title among the members of parts of a log.

    Args:
        parts: at least one, of the same title.
        count: the most members; None for all.
    """
    members = [member for part in parts for member in part.members]
    members.sort(key=_best_first)
    return Audience(
        parts[0].title_id,
        tuple(members[:count]),
        sum(part.watched for part in parts),
        sum(part.ranked for part in parts),
    )


def _best_first(member: LikelyMember) -> tuple[float, str]:
    return -member.rank_by, member.member_id


def check_titles(scorer: BatchScorer, titles: Sequence[str]) -> None:
    """See that audiences of these titles can be found. Raises RankingError."""
    if not 0 < len(titles) <= MAX_TITLES:
        raise RankingError(
            f"{len(titles)} titles were given.", f"give 1 to {MAX_TITLES} titles at once."
        )
    known = scorer.titles
    for title in titles:
        if title not in known:
            near = get_close_matches(title[:100], known, 3, 0.5)
            fix = f"did you mean {' or '.join(near)}?" if near else "add it to the file of titles."
            raise RankingError(f"The title {title[:100]!r} is unknown.", fix)


def _watched(log: ViewingLog, titles: Sequence[str]) -> list[frozenset[str]]:
    """Who has an event of each title."""
    code_of = {title: code for code, title in enumerate(log.title.values)}
    found = []
    for title in titles:
        events_E = log.title.codes_E == code_of.get(title, -2)
        codes = np.unique(log.member.codes_E[events_E]).tolist()
        found.append(frozenset(log.member.values[code] for code in codes))
    return found


def _merged(parts: Iterator[ScoredMembers]) -> Iterator[ScoredMembers]:
    """Some thousands of members at a time: what is done for each title then takes no time."""
    some: list[ScoredMembers] = []
    for part in parts:
        some.append(part)
        if sum(len(one.members) for one in some) >= _MEMBERS_AT_ONCE:
            yield ScoredMembers.concatenate(some)
            some = []
    if some:
        yield ScoredMembers.concatenate(some)


class _Best:
    """The best members of one title so far."""

    def __init__(self, title_id: str, count: int | None, least_chance: float) -> None:
        self._title_id, self._count, self._least = title_id, count, least_chance
        self._members: list[LikelyMember] = []
        self._watched = self._ranked = 0

    def add(
        self,
        part: ScoredMembers,
        chance_B: Tensor,
        weight_B: Floats,
        kept_B: Bools,
        watched: Collection[str],
    ) -> None:
        """Consider more members."""
        seen_B = np.array([member in watched for member in part.members], bool) & kept_B
        self._ranked += int(kept_B.sum())
        self._watched += int(seen_B.sum())
        chances = chance_B.numpy()
        score_B = chances * weight_B
        index = np.flatnonzero(kept_B & ~seen_B & (chances >= self._least))
        if self._count is not None and len(index) > self._count:
            order = np.lexsort((index, -score_B[index]))
            index = index[order[: self._count]]
        if len(self._members) == self._count and self._members:
            index = index[score_B[index] > self._members[-1].rank_by]
        self._members += [
            LikelyMember(
                part.members[at],
                float(chances[at]),
                part.reasons(at, _REASONS),
                float(score_B[at]),
            )
            for at in index.tolist()
        ]
        self._members.sort(key=_best_first)
        if self._count is not None:
            del self._members[self._count :]

    def audience(self) -> Audience:
        """All of them."""
        return Audience(self._title_id, tuple(self._members), self._watched, self._ranked)
