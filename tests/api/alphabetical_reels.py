"""Reels of a ranker that orders titles as everybody can tell."""

from __future__ import annotations

from sizzle.cadence import STANDARD, Cadences
from sizzle.clips import Index
from sizzle.ingest_jobs.preview import Compose
from sizzle.reel import TimecodeList
from sizzle.reel.compose import Composer
from sizzle.reel.ids import ReelIds
from tests.api.sample_service import KEY, Alphabetical


def composing(cadences: Cadences) -> Compose:
    """Composes members' reels, the titles ranked by their ids."""
    composer = Composer(Alphabetical(), cadences, ReelIds(KEY))

    def compose(index: Index, member_id: str, cadence: str, seed: int) -> TimecodeList:
        return composer.compose(index, member_id, cadence, seed=seed)

    return compose


alphabetically = composing(STANDARD)
