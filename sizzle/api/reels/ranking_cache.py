"""Members' rankings, from the ranker or the cache. The one place that knows the ranker's surface.

A ranking is for the time of the request, in steps of a few minutes, and is cached until the next
step or the member's next event. Of each ranking the best titles are cached, as many as any cadence
has ranks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from msgspec.structs import replace

from ranker import (
    BatchTitleRanker,
    ExplainingRanker,
    Explanation,
    FollowingRanker,
    MemberIntents,
    Ranking,
    RequestContext,
    TitleRanker,
    known_request,
)
from sizzle.api.http.metrics import COLD_STARTS, RANKING, RANKINGS
from sizzle.api.reels.request import NO_CONTEXT, Context
from sizzle.cadence import MAX_RANKS
from sizzle.clips import Index
from sizzle.errors import NotFoundError
from sizzle.reel.explanation import explain_ranking
from sizzle.reel.ranking_time import RANKING_SECONDS, ranking_time

_HITS, _MISSES = RANKINGS.labels("hit"), RANKINGS.labels("miss")
_MAX_CACHED: Final = 20_000  # rankings, at some 3 KB
_MAX_CONTEXTS: Final = 1000

_Key = tuple[str, tuple[str, ...] | None, RequestContext]


@dataclass(frozen=True, slots=True)
class MemberRankings:
    """One member's rankings for one time.

    Attributes:
        at: the time that they are made for, in seconds since 1970.
    """

    at: int
    _rankings: dict[_Key, Ranking] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._rankings)

    def get(self, key: _Key) -> Ranking | None:
        """A ranking, if it is there."""
        return self._rankings.get(key)

    def add(self, key: _Key, ranking: Ranking) -> None:
        """Add a ranking, or replace an equal one."""
        self._rankings[key] = ranking


class Rankings:
    """The rankings of one model.

    Safe to share between threads.

    Args:
        ranker: makes them.
        members: the ids of those who had watched anything when the model was loaded.
        trained_titles: how many titles the model was trained on.
        max_cached: rankings.
        clock: the time of requests, in seconds since 1970.
        watched: the ids of titles that a member has watched.
    """

    def __init__(
        self,
        ranker: TitleRanker,
        members: Sequence[str] = (),
        trained_titles: int = 0,
        max_cached: int = _MAX_CACHED,
        clock: Callable[[], float] = time.time,
        watched: Callable[[str], Collection[str]] = lambda _: (),
    ) -> None:
        self.ranker = ranker
        self.watched = watched
        self.members = members
        self.trained_titles = trained_titles
        self._max_cached = max_cached
        self.clock = clock
        self._cache: dict[str, MemberRankings] = {}
        self._count = 0
        self._changing = threading.Lock()
        self._in_progress: list[set[str]] = []
        self._known = lru_cache(_MAX_CONTEXTS)(self._known_context)
        self._nothing = self._known_context(NO_CONTEXT)

    def counts(self) -> dict[str, int]:
        """How many members and titles are known."""
        return {"members": len(self.members), "titles": self.trained_titles}

    @property
    def states(self) -> int:
        """How many members' histories the ranker has in memory."""
        return len(self.ranker.cached_members) if isinstance(self.ranker, FollowingRanker) else 0

    def of_member(self, member_id: str) -> MemberRankings | None:
        """A member's cached rankings for this time: other ones after each event of the member."""
        cached = self._cache.get(member_id)
        if cached is None or not cached.at <= self.clock() < cached.at + RANKING_SECONDS:
            return None
        return cached

    def cached(
        self,
        member: MemberRankings,
        index: Index,
        title_ids: tuple[str, ...] | None,
        context: Context = NO_CONTEXT,
    ) -> Ranking | None:
        """A ranking from the cache, if it is there."""
        known = self._nothing if context is NO_CONTEXT else self._known(context)
        ranking = member.get((index.version, title_ids, known))
        if ranking is not None:
            _HITS.inc()
        return ranking

    def outdate(
        self, member_ids: Iterable[str] | None = None, since: Mapping[str, int] | None = None
    ) -> None:
        """Make rankings anew from now on: something has happened.

        A ranking that is being made meanwhile is given once, and not cached.

        Args:
            member_ids: those whose histories have changed; None for all members.
            since: of some of them, the earliest time of what is new, in seconds since 1970.
        """
        ranker = self.ranker
        if isinstance(ranker, FollowingRanker):  # first: it is asked as soon as nothing is cached
            ranker.outdate(member_ids, since)
        with self._changing:
            outdated = set(self._cache) if member_ids is None else set(member_ids)
            for members in self._in_progress:
                members.clear() if member_ids is None else members.difference_update(outdated)
            for member_id in outdated:
                self._remove(member_id)

    def forget(self, gone: Callable[[str], bool]) -> None:
        """Drop all that is cached of the members for whom this is true."""
        ranker = self.ranker
        known = set(self._cache)
        if isinstance(ranker, FollowingRanker):
            known.update(ranker.cached_members)
        members = list(filter(gone, known))
        if isinstance(ranker, FollowingRanker):
            ranker.forget(members)
        self.outdate(members)

    def rank(
        self,
        member_id: str,
        index: Index,
        title_ids: tuple[str, ...] | None,
        context: Context = NO_CONTEXT,
    ) -> Ranking:
        """The best titles of an asset for a member, of some or of all.

        Raises:
            NotFoundError: a title that the asset does not have.
            RankerError: the ranker cannot rank them.
        """
        return self.rank_many([member_id], index, title_ids, context)[0]

    def rank_many(
        self,
        member_ids: Sequence[str],
        index: Index,
        title_ids: tuple[str, ...] | None,
        context: Context = NO_CONTEXT,
    ) -> list[Ranking]:
        """The same for several members. Raises as `rank`."""
        found = {
            member_id: ranking
            for member_id in member_ids
            if (member := self.of_member(member_id)) is not None
            and (ranking := self.cached(member, index, title_ids, context)) is not None
        }
        missing = [member_id for member_id in dict.fromkeys(member_ids) if member_id not in found]
        _MISSES.inc(len(missing))
        if missing:
            found |= self._make(missing, index, title_ids, self._known(context))
        return [found[member_id] for member_id in member_ids]

    def explain(
        self,
        member_id: str,
        index: Index,
        title_ids: tuple[str, ...] | None,
        context: Context = NO_CONTEXT,
    ) -> Explanation:
        """The ranking that `rank` gives, and why. Raises as `rank`."""
        request = self._request(member_id, context)
        explanation = explain_ranking(self.ranker, member_id, _titles(index, title_ids), request)
        ranking = explanation.ranking
        best = replace(ranking, titles=ranking.titles[:MAX_RANKS], request=request)
        return Explanation(best, explanation.intents, explanation.titles)

    def intents(
        self, member_id: str, context: Context = NO_CONTEXT
    ) -> tuple[MemberIntents, RequestContext]:
        """What a member is likely to want at this time, and for what it was predicted.

        Raises:
            NotFoundError: the ranker predicts none.
        """
        request = self._request(member_id, context)
        if isinstance(self.ranker, ExplainingRanker):
            return self.ranker.intents(member_id, request), request
        raise NotFoundError("The ranker in use predicts no intents.", fix="use a trained model.")

    def _request(self, member_id: str, context: Context) -> RequestContext:
        """What a member's rankings at this time are made for."""
        return replace(self._known(context), at=ranking_time(member_id, self.clock()))

    def _make(
        self,
        member_ids: Sequence[str],
        index: Index,
        title_ids: tuple[str, ...] | None,
        context: RequestContext,
    ) -> dict[str, Ranking]:
        now = self.clock()
        requests = [replace(context, at=ranking_time(member, now)) for member in member_ids]
        with self._unchanged(member_ids) as unchanged:
            with RANKING.time():
                made = self._rank(member_ids, _titles(index, title_ids), requests)
            best = [
                replace(ranking, titles=ranking.titles[:MAX_RANKS], request=request)
                for ranking, request in zip(made, requests, strict=True)
            ]
            COLD_STARTS.inc(sum(ranking.cold_start for ranking in best))
            key = (index.version, title_ids, context)
            with self._changing:
                for member_id, request, ranking in zip(member_ids, requests, best, strict=True):
                    if member_id in unchanged and request.at is not None:
                        self._add(member_id, request.at, key, ranking)
        return dict(zip(member_ids, best, strict=True))

    def _rank(
        self,
        member_ids: Sequence[str],
        title_ids: Sequence[str],
        requests: Sequence[RequestContext],
    ) -> Iterable[Ranking]:
        ranker = self.ranker
        if isinstance(ranker, BatchTitleRanker):
            return ranker.rank_many(member_ids, title_ids, requests)
        return [
            ranker.rank(member_id, title_ids, request)
            for member_id, request in zip(member_ids, requests, strict=True)
        ]

    @contextmanager
    def _unchanged(self, member_ids: Sequence[str]) -> Iterator[set[str]]:
        """Those of some members who have not been forgotten since the block began."""
        members = set(member_ids)
        with self._changing:
            self._in_progress.append(members)
        try:
            yield members
        finally:
            with self._changing:
                self._in_progress = [other for other in self._in_progress if other is not members]

    def _known_context(self, context: Context) -> RequestContext:
        """The context as the ranker has it, without what makes no difference to it."""
        return known_request(self.ranker, context.to_request())

    def _add(self, member_id: str, at: int, key: _Key, ranking: Ranking) -> None:
        """Add a ranking; the lock is held."""
        member = self._cache.get(member_id)
        if member is None or member.at != at:
            self._remove(member_id)
            self._cache[member_id] = member = MemberRankings(at)
        self._count -= len(member)
        member.add(key, ranking)
        self._count += len(member)
        while self._count > self._max_cached:
            self._remove(next(iter(self._cache)))

    def _remove(self, member_id: str) -> None:
        """Remove a member's rankings; the lock is held."""
        member = self._cache.pop(member_id, None)
        if member is not None:
            self._count -= len(member)


def _titles(index: Index, title_ids: tuple[str, ...] | None) -> Sequence[str]:
    if title_ids is None:
        return [title.title_id for title in index.titles]
    for title_id in title_ids:
        index.title(title_id)
    return title_ids
