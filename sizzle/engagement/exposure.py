"""Exposures: a reel that was answered, what it showed, and how likely it was to be that."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple

import msgspec

from ranker import Ranking
from sizzle.cadence import Cadence, Cadences, Slot
from sizzle.clips import Index
from sizzle.events.event import time_text
from sizzle.reel.randomised_order import TitleOrder

SITTING: Final = 1_800_000
"""Milliseconds within which the same reel, answered again, is the same exposure: players ask again
where addresses have expired or a page is loaded anew."""

_HASH_BYTES: Final = 16
_MAX_KNOWN: Final = 256  # cadences


class Probabilities(msgspec.Struct, frozen=True):
    """How likely it was that just this was shown, by what the service drew.

    Attributes:
        cadence: that the cadence was chosen: its share of a set, or one of those that `random`
            could have chosen; 1 where the request named it.
        slots: that each rank got its title after those before it, best rank first; empty where
            orders are not drawn.
        randomised: whether this order was drawn, rather than the ranker's.
    """

    cadence: float = 1.0
    slots: tuple[float, ...] = ()
    randomised: bool = False


CERTAIN: Final = Probabilities()
"""Nothing was drawn."""


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """A reel that was shown to a member.

    Attributes:
        reel_id: replays it, clip by clip.
        member_id: to whom.
        asset_id: what it was cut from.
        asset_version: the version of that.
        cadence: its name.
        plan: the cadence written out, such as "A:160 B:80 | A:80".
        rate: frames a second, such as "24000/1001".
        titles: by rank, as many as the cadence has.
        seed: of the request.
        treatment: of the request, or that of the service's experiment; empty where there is none.
        model_version: that ranked the titles.
        cold_start: whether nothing was known of the member.
        time: of the response, in milliseconds since 1970.
        probabilities: of what was drawn.
    """

    reel_id: str
    member_id: str
    asset_id: str
    asset_version: str
    cadence: str
    plan: str
    rate: str
    titles: tuple[str, ...]
    seed: int = 0
    treatment: str = ""
    model_version: str
    cold_start: bool = False
    time: int
    probabilities: Probabilities = CERTAIN

    @property
    def key(self) -> bytes:
        """The same for the same reel and member."""
        return exposure_key(self.member_id, self.reel_id)


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


def exposure_key(member_id: str, reel_id: str) -> bytes:
    """The same for the same reel and member."""
    return blake2b(f"{member_id}\0{reel_id}".encode(), digest_size=_HASH_BYTES).digest()


def to_record(exposure: Exposure) -> dict[str, Any]:
    """An exposure for files: with each cut's title and frames, and times as text."""
    return {
        "time": time_text(exposure.time),
        "member_id": exposure.member_id,
        "reel_id": exposure.reel_id,
        "asset_id": exposure.asset_id,
        "asset_version": exposure.asset_version,
        "cadence": exposure.cadence,
        "rate": exposure.rate,
        "seed": exposure.seed,
        "treatment": exposure.treatment,
        "model_version": exposure.model_version,
        "cold_start": exposure.cold_start,
        "cuts": [
            {"title_id": exposure.titles[slot.rank - 1], "frames": slot.length}
            for slot in slots_of(exposure.plan)
        ],
        "cadence_probability": exposure.probabilities.cadence,
        "slot_probabilities": list(exposure.probabilities.slots),
        "randomised": exposure.probabilities.randomised,
    }


@lru_cache(1000)
def slots_of(plan: str) -> tuple[Slot, ...]:
    """The slots of a cadence that is written out, in playing order."""
    return tuple(_slots(plan))


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


def _slots(plan: str) -> Iterator[Slot]:
    for _, slot in Cadence.parse("", plan.split("|")).slots:
        yield slot
