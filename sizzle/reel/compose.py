"""A member's reel in one call: rank, choose the cadence, assemble, put into wire form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ranker import NO_CONTEXT, Ranking, RequestContext, TitleRanker, known_request
from sizzle.cadence import Cadences
from sizzle.clips import Index
from sizzle.reel.assemble import assemble
from sizzle.reel.explanation import ReelExplanation, explain_ranking, to_reel_explanation
from sizzle.reel.ids import ReelIds
from sizzle.reel.timecode_list import TimecodeList, to_timecode_list


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes reels.

    Attributes:
        ranker: orders the titles.
        cadences: to choose from.
        ids: gives reels their ids.
    """

    ranker: TitleRanker
    cadences: Cadences
    ids: ReelIds

    def compose(
        self,
        index: Index,
        member_id: str,
        cadence: str,
        *,
        seed: int = 0,
        title_ids: Sequence[str] | None = None,
        request: RequestContext = NO_CONTEXT,
    ) -> TimecodeList:
        """The timecode list of a member's reel.

        Args:
            index: of the asset to cut from.
            member_id: whose reel it is.
            cadence: the name of a cadence or a set, or `random`, or a plan written out.
            seed: which of the equally long clips of a title comes first; and decides `random`.
            title_ids: the titles to choose from, or None for all of the asset.
            request: what is known of the request.

        Raises:
            NotFoundError: a title that the asset does not hold, or an unknown cadence.
            PolicyError: a written plan that is malformed.
            ReelError: the cadence asks for more titles or clips than there are.
            RankerError: the titles cannot be ranked.
        """
        ranking = self.ranker.rank(member_id, _titles(index, title_ids), request)
        return self._reel(ranking, index, cadence, seed)

    def compose_ranked(
        self,
        index: Index,
        member_id: str,
        cadence: str,
        *,
        seed: int = 0,
        request: RequestContext = NO_CONTEXT,
    ) -> tuple[TimecodeList, Ranking]:
        """The same reel, and the ranking that it is made from. Takes and raises as `compose`."""
        ranking = self.ranker.rank(member_id, _titles(index, None), request)
        return self._reel(ranking, index, cadence, seed), ranking

    def explain(
        self,
        index: Index,
        member_id: str,
        cadence: str,
        *,
        seed: int = 0,
        request: RequestContext = NO_CONTEXT,
    ) -> tuple[TimecodeList, ReelExplanation]:
        """The same reel, and why its titles are in this order. Takes and raises as `compose`."""
        explanation = explain_ranking(self.ranker, member_id, _titles(index, None), request)
        reel = self._reel(explanation.ranking, index, cadence, seed)
        known = known_request(self.ranker, request)
        return reel, to_reel_explanation(explanation, known, index)

    def _reel(self, ranking: Ranking, index: Index, cadence: str, seed: int) -> TimecodeList:
        plan = self.cadences.choose(cadence, ranking.member_id, seed, ranking.title_ids, index)
        reel = assemble(ranking, index, plan, seed=seed)
        return to_timecode_list(reel, self.ids.of(reel, index))


def _titles(index: Index, title_ids: Sequence[str] | None) -> Sequence[str]:
    if title_ids is None:
        return [title.title_id for title in index.titles]
    for title_id in title_ids:
        index.title(title_id)
    return title_ids
