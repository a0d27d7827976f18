"""A member's reel in one call: rank, choose the cadence, assemble, put into wire form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from ranker import NO_CONTEXT, Ranking, RequestContext, TitleRanker, known_request
from sizzle.cadence import MAX_RANKS, Cadences
from sizzle.clips import Index
from sizzle.reel.assemble import assemble
from sizzle.reel.explanation import ReelExplanation, explain_ranking, to_reel_explanation
from sizzle.reel.ids import ReelIds
from sizzle.reel.randomised_order import TitleOrder
from sizzle.reel.timecode_list import TimecodeList, to_timecode_list
from sizzle.reel.treatments import NO_TREATMENTS, Treatments


@dataclass(frozen=True, slots=True)
class Composer:
    """Composes reels.

    Attributes:
        ranker: orders the titles.
        cadences: to choose from.
        ids: gives reels their ids.
        treatments: what those of experiments change, and who gets them.
    """

    ranker: TitleRanker
    cadences: Cadences
    ids: ReelIds
    treatments: Treatments = NO_TREATMENTS

    def compose(
        self,
        index: Index,
        member_id: str,
        cadence: str,
        *,
        seed: int = 0,
        title_ids: Sequence[str] | None = None,
        request: RequestContext = NO_CONTEXT,
        treatment: str | None = None,
    ) -> TimecodeList:
        """The timecode list of a member's reel.

        Args:
            index: of the asset to cut from.
            member_id: whose reel it is.
            cadence: the name of a cadence or a set, or `random`, or a plan written out.
            seed: which of the equally long clips of a title comes first; and decides `random`.
            title_ids: the titles to choose from, or None for all of the asset.
            request: what is known of the request.
            treatment: that the request names; None for the one that the member gets.

        Raises:
            NotFoundError: a title that the asset does not hold, or an unknown cadence.
            PolicyError: a written plan that is malformed.
            ReelError: the cadence asks for more titles or clips than there are.
            RankerError: the titles cannot be ranked.
        """
        ranking = self.ranker.rank(member_id, _titles(index, title_ids), request)
        treatment = self.treatments.of(member_id, treatment)
        order = self._order(ranking, index, seed, request, treatment)
        return self._reel(ranking, index, cadence, seed, treatment, order)

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
        treatment = self.treatments.of(member_id, None)
        order = self._order(ranking, index, seed, request, treatment)
        return self._reel(ranking, index, cadence, seed, treatment, order), ranking

    def explain(
        self,
        index: Index,
        member_id: str,
        cadence: str,
        *,
        seed: int = 0,
        request: RequestContext = NO_CONTEXT,
        treatment: str | None = None,
    ) -> tuple[TimecodeList, ReelExplanation]:
        """The same reel, and why its titles are in this order. Takes and raises as `compose`."""
        explanation = explain_ranking(self.ranker, member_id, _titles(index, None), request)
        treatment = self.treatments.of(member_id, treatment)
        order = self._order(explanation.ranking, index, seed, request, treatment)
        reel = self._reel(explanation.ranking, index, cadence, seed, treatment, order)
        known = known_request(self.ranker, request)
        return reel, to_reel_explanation(explanation, known, index, order)

    def _order(
        self,
        ranking: Ranking,
        index: Index,
        seed: int,
        request: RequestContext,
        treatment: str | None,
    ) -> TitleOrder:
        """The titles as the reel shows them: drawn from the best ones, or as they are ranked."""
        best = replace(ranking, titles=ranking.titles[:MAX_RANKS], request=request)
        return self.treatments.order(treatment, index, seed, best)

    def _reel(
        self,
        ranking: Ranking,
        index: Index,
        cadence: str,
        seed: int,
        treatment: str | None,
        order: TitleOrder,
    ) -> TimecodeList:
        cadence, titles = self.treatments.cadence(treatment, cadence), order.title_ids
        plan = self.cadences.choose(cadence, ranking.member_id, seed, titles, index)
        reel = assemble(ranking, index, plan, seed=seed, title_ids=titles)
        return to_timecode_list(reel, self.ids.of(reel, index))


def _titles(index: Index, title_ids: Sequence[str] | None) -> Sequence[str]:
    if title_ids is None:
        return [title.title_id for title in index.titles]
    for title_id in title_ids:
        index.title(title_id)
    return title_ids
