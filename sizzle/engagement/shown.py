"""A reel as it was answered, from which its exposure is made once there is time for it."""

from __future__ import annotations

from typing import Final, NamedTuple

from ranker import Ranking
from sizzle.cadence import Cadence, Cadences
from sizzle.clips import Index
from sizzle.engagement.exposure import Exposure, Probabilities
from sizzle.reel.randomised_order import TitleOrder

_MAX_KNOWN: Final = 256  # cadences


class ShownReel(NamedTuple):
    """What an exposure is made from, once there is time for it."""

    reel_id: str
    member_id: str
    treatment: str | None
    wanted_cadence: str
    seed: int
    asset_index: Index
    cadence: Cadence
    cadences: Cadences
    ranking: Ranking
    order: TitleOrder
    seconds: float

    def exposure(self) -> Exposure:
        """The exposure."""
        index, plan, order = self.asset_index, self.cadence, self.order
        rate = index.asset.rate
        titles = order.title_ids
        text, ranks = _written(plan)
        chance = self.cadences.chance(self.wanted_cadence, plan, titles, index)
        return Exposure(
            reel_id=self.reel_id,
            member_id=self.member_id,
            asset_id=index.asset.asset_id,
            asset_version=index.version,
            cadence=plan.name,
            plan=text,
            rate=f"{rate.numerator}/{rate.denominator}",
            titles=titles[:ranks],
            seed=self.seed,
            treatment=self.treatment or "",
            model_version=self.ranking.model_version,
            cold_start=self.ranking.cold_start,
            time=int(self.seconds * 1000),
            probabilities=Probabilities(chance, order.probabilities[:ranks], order.randomised),
        )


def _written(cadence: Cadence) -> tuple[str, int]:
    """A cadence written out, and its ranks.

    Kept by the object, as it takes longer to hash a cadence than to make the rest of an exposure.
    """
    known = _known.get(id(cadence))
    if known is None or known[0] is not cadence:
        if len(_known) >= _MAX_KNOWN:
            _known.clear()
        known = _known[id(cadence)] = cadence, (str(cadence), cadence.ranks)
    return known[1]


_known: dict[int, tuple[Cadence, tuple[str, int]]] = {}
