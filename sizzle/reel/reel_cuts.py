"""Which title a cut of a reel shows, found from the reel's id alone."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from sizzle.clips import ClipKey, Index, Indexes
from sizzle.errors import CatalogError, NotFoundError
from sizzle.reel.ids import Recipe, ReelIds

_CACHED: Final = 2000  # recipes, at some 1 KB: players send an event for each cut


class ReelCut(NamedTuple):
    """A cut of a reel.

    Attributes:
        title_id: whose clip it is.
        frames: its length.
        rate: frames a second.
    """

    title_id: str
    frames: int
    rate: Fraction


class ReelCuts:
    """Finds cuts, without replaying the whole reel.

    Args:
        ids: reads the reels' ids.
        indexes: finds the index that a reel was cut from, also a former version.
    """

    def __init__(self, ids: ReelIds, indexes: Indexes) -> None:
        self._ids = ids
        self._indexes = indexes
        self._opened = lru_cache(_CACHED)(self._open)

    def __call__(self, reel_id: str, number: int) -> ReelCut | None:
        """A cut by its number, from 1; None where there is none, or its index cannot be read."""
        try:
            recipe, index = self._opened(reel_id)
            if not 1 <= number <= len(recipe.cuts) // 2:
                return None
            rank, clip_number = recipe.cuts[2 * number - 2] // 2, recipe.cuts[2 * number - 1]
            title_id = index.titles[recipe.titles[rank]].title_id
            clip = index.clip(str(ClipKey(title_id, clip_number)))
        except (NotFoundError, CatalogError):
            return None
        return ReelCut(title_id, clip.length, index.asset.rate.fraction)

    def _open(self, reel_id: str) -> tuple[Recipe, Index]:
        """What an id says, and its index. Raises NotFoundError and CatalogError."""
        recipe = self._ids.read(reel_id)
        return recipe, self._indexes.index_of_version(recipe.asset_version)
