"""Members' rankings: asked of the ranker, and kept. The one place that knows the ranker's surface.

What is kept is the best titles of a ranking, as many as any cadence has ranks.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ranker.ranking import Ranking, Ranks, RanksMany
from sizzle.api.http.metrics import RANKING, RANKINGS
from sizzle.clips import Index

_HELD, _ASKED = RANKINGS.labels("held"), RANKINGS.labels("asked")
_BEST = 26  # ranks are the letters from A to Z
_KEPT = 20_000  # rankings, at some 3 KB


class Rankings:
    """The rankings of one model, over what members had watched when it was loaded.

    Safe to share between threads.

    Args:
        ranker: makes them.
        members: the ids of those who had watched anything.
        kept: how many are kept.
    """

    def __init__(self, ranker: Ranks, members: Sequence[str] = (), kept: int = _KEPT) -> None:
        self.ranker = ranker
        self.members = members
        self._most = kept
        self._kept: dict[tuple[object, ...], Ranking] = {}
        self._adding = threading.Lock()

    def held(
        self, member_id: str, index: Index, title_ids: tuple[str, ...] | None
    ) -> Ranking | None:
        """A ranking that was asked for before, if it is still known."""
        ranking = self._kept.get((member_id, index.version, title_ids))
        if ranking is not None:
            _HELD.inc()
        return ranking

    def rank(self, member_id: str, index: Index, title_ids: tuple[str, ...] | None) -> Ranking:
        """The best titles of an asset for a member, of some or of all.

        Raises:
            NotFoundError: a title that the asset has not.
            RankerError: the ranker cannot rank them.
        """
        return self.rank_many([member_id], index, title_ids)[0]

    def rank_many(
        self, member_ids: Sequence[str], index: Index, title_ids: tuple[str, ...] | None
    ) -> list[Ranking]:
        """The same for several members. Raises as `rank`."""
        held = {
            member_id: ranking
            for member_id in member_ids
            if (ranking := self.held(member_id, index, title_ids)) is not None
        }
        missing = [member_id for member_id in dict.fromkeys(member_ids) if member_id not in held]
        _ASKED.inc(len(missing))
        if missing:
            with RANKING.time():
                made = self._ask(missing, _asked(index, title_ids))
            for member_id, ranking in zip(missing, made, strict=True):
                held[member_id] = best = replace(ranking, titles=ranking.titles[:_BEST])
                self._keep((member_id, index.version, title_ids), best)
        return [held[member_id] for member_id in member_ids]

    def _ask(self, member_ids: Sequence[str], title_ids: Sequence[str]) -> Iterable[Ranking]:
        ranker = self.ranker
        if isinstance(ranker, RanksMany):
            return ranker.rank_many(member_ids, title_ids)
        return [ranker.rank(member_id, title_ids) for member_id in member_ids]

    def _keep(self, key: tuple[object, ...], ranking: Ranking) -> None:
        with self._adding:
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = ranking


def _asked(index: Index, title_ids: tuple[str, ...] | None) -> Sequence[str]:
    if title_ids is None:
        return [title.title_id for title in index.titles]
    for title_id in title_ids:
        index.title(title_id)
    return title_ids
