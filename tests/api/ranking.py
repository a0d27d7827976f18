"""Reels of a ranker that orders titles as everybody can tell."""

from __future__ import annotations

from sizzle.cadence import Cadence
from sizzle.clips import Index
from sizzle.reel import TimecodeList
from sizzle.reel.compose import compose
from tests.api.making import Alphabetical


def alphabetically(index: Index, member_id: str, plan: Cadence, seed: int) -> TimecodeList:
    """A member's reel, ranked so."""
    return compose(Alphabetical(), index, member_id, plan, seed=seed)
