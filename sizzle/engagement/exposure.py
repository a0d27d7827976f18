"""Exposures: a reel that was answered, what it showed, and how likely it was to be that."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from typing import Any, Final

import msgspec

from sizzle.cadence import Cadence, Slot
from sizzle.events.event import time_text

SITTING: Final = 1_800_000
"""Milliseconds within which the same reel, answered again, is the same exposure: players ask again
where addresses have expired or a page is loaded anew."""

_HASH_BYTES: Final = 16


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
        treatment: of the request, or that of the service's experiment; empty without one.
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


def _slots(plan: str) -> Iterator[Slot]:
    for _, slot in Cadence.parse("", plan.split("|")).slots:
        yield slot
