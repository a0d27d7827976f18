"""Members' rankings, from the ranker or the cache. The one place that knows the ranker's surface.

Of each ranking the best titles are cached, as many as any cadence has ranks.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ranker import BatchTitleRanker, Ranking, TitleRanker
from sizzle.api.http.metrics import RANKING, RANKINGS
from sizzle.clips import Index

_HITS, _MISSES = RANKINGS.labels("hit"), RANKINGS.labels("miss")
_BEST = 26  # ranks are the letters from A to Z
_MAX_CACHED = 20_000  # rankings, at some 3 KB


class Rankings:
    """The rankings of one model, over what members had watched when it was loaded.

    Safe to share between threads.

    Args:
        ranker: makes them.
        members: the ids of those who had watched anything.
        max_cached: rankings.
    """

    def __init__(
        self, ranker: TitleRanker, members: Sequence[str] = (), max_cached: int = _MAX_CACHED
    ) -> None:
        self.ranker = ranker
        self.members = members
        self._max_cached = max_cached
        self._cache: dict[tuple[object, ...], Ranking] = {}
        self._adding = threading.Lock()

    def cached(
        self, member_id: str, index: Index, title_ids: tuple[str, ...] | None
    ) -> Ranking | None:
        """A ranking from the cache, if it is there."""
        ranking = self._cache.get((member_id, index.version, title_ids))
        if ranking is not None:
            _HITS.inc()
        return ranking

    def rank(self, member_id: str, index: Index, title_ids: tuple[str, ...] | None) -> Ranking:
        """The best titles of an asset for a member, of some or of all.

        Raises:
            NotFoundError: a title that the asset does not have.
            RankerError: the ranker cannot rank them.
        """
        return self.rank_many([member_id], index, title_ids)[0]

    def rank_many(
        self, member_ids: Sequence[str], index: Index, title_ids: tuple[str, ...] | None
    ) -> list[Ranking]:
        """The same for several members. Raises as `rank`."""
        found = {
            member_id: ranking
            for member_id in member_ids
            if (ranking := self.cached(member_id, index, title_ids)) is not None
        }
        missing = [member_id for member_id in dict.fromkeys(member_ids) if member_id not in found]
        _MISSES.inc(len(missing))
        if missing:
            with RANKING.time():
                made = self._rank(missing, _titles(index, title_ids))
            for member_id, ranking in zip(missing, made, strict=True):
                found[member_id] = best = replace(ranking, titles=ranking.titles[:_BEST])
                self._add((member_id, index.version, title_ids), best)
        return [found[member_id] for member_id in member_ids]

    def _rank(self, member_ids: Sequence[str], title_ids: Sequence[str]) -> Iterable[Ranking]:
        ranker = self.ranker
        if isinstance(ranker, BatchTitleRanker):
            return ranker.rank_many(member_ids, title_ids)
        return [ranker.rank(member_id, title_ids) for member_id in member_ids]

    def _add(self, key: tuple[object, ...], ranking: Ranking) -> None:
        with self._adding:
            while len(self._cache) >= self._max_cached:
                del self._cache[next(iter(self._cache))]
            self._cache[key] = ranking


def _titles(index: Index, title_ids: tuple[str, ...] | None) -> Sequence[str]:
    if title_ids is None:
        return [title.title_id for title in index.titles]
    for title_id in title_ids:
        index.title(title_id)
    return title_ids
