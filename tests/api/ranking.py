"""A ranker that orders titles as everybody can tell, and reels that it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ranker.ranking import RankedTitle, Ranking
from sizzle.api.compose import compose
from sizzle.cadence import Cadence
from sizzle.clips import Index
from sizzle.reel import TimecodeList


@dataclass(frozen=True)
class Alphabetical:
    """A ranker with one taste for all; what the real one learns is proved in its own tests."""

    def rank(self, member_id: str, title_ids: Sequence[str]) -> Ranking:
        """The titles by their ids."""
        ordered = sorted(title_ids)
        ranked = [RankedTitle(each, 1 / at) for at, each in enumerate(ordered, start=1)]
        return Ranking(member_id, tuple(ranked), "model-1", cold_start=member_id != "member-ada")


def alphabetically(index: Index, member_id: str, plan: Cadence, seed: int) -> TimecodeList:
    """A member's reel, ranked so."""
    return compose(Alphabetical(), index, member_id, plan, seed=seed)
