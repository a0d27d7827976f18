"""A ranker that orders titles as everybody can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ranker.ranking import RankedTitle, Ranking


@dataclass(frozen=True)
class Alphabetical:
    """A ranker with one taste for all; what the real one learns is proved in its own tests."""

    def rank(self, member_id: str, title_ids: Sequence[str]) -> Ranking:
        """The titles by their ids."""
        ordered = sorted(title_ids)
        ranked = [RankedTitle(each, 1 / at) for at, each in enumerate(ordered, start=1)]
        return Ranking(member_id, tuple(ranked), "model-1", cold_start=member_id != "member-ada")
