"""Which title a cut of a reel shows, found from the reel's id alone."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from sizzle.clips import ClipKey, Indexes
from sizzle.errors import CatalogError, NotFoundError
from sizzle.reel.ids import ReelIds

_REELS: Final = 2000  # at some 1 KB: players send an event for each cut
_CLIPS: Final = 20_000  # at some 300 bytes: reels show the same ones
_INDEXES: Final = 8  # that are kept open, beside those that `indexes` keeps


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


class _Reel(NamedTuple):
    """What an id says: the version of the index, and titles and cuts as a `Recipe` has them."""

    version: str
    titles: tuple[int, ...]
    cuts: tuple[int, ...]


class ReelCuts:
    """Finds cuts, without replaying the whole reel.

    Args:
        ids: reads the reels' ids.
        indexes: finds the index that a reel was cut from, also a former version.
    """

    def __init__(self, ids: ReelIds, indexes: Indexes) -> None:
        self._ids = ids
        self._opened = lru_cache(_REELS)(self._open)
        self._index = lru_cache(_INDEXES)(indexes.index_of_version)
        self._found = lru_cache(_CLIPS)(self._find)

    def __call__(self, reel_id: str, number: int) -> ReelCut | None:
        """A cut by its number, from 1; None where there is none, or its index cannot be read."""
        try:
            version, titles, cuts = self._opened(reel_id)
            if not 1 <= number <= len(cuts) // 2:
                return None
            rank, clip = cuts[2 * number - 2] // 2, cuts[2 * number - 1]
            return self._found(version, titles[rank], clip)
        except (NotFoundError, CatalogError):
            return None

    def _open(self, reel_id: str) -> _Reel:
        """What an id says. Raises NotFoundError."""
        recipe = self._ids.read(reel_id)
        return _Reel(recipe.asset_version, recipe.titles, recipe.cuts)

    def _find(self, version: str, title: int, number: int) -> ReelCut:
        """A clip of a version of an index. Raises NotFoundError and CatalogError."""
        index = self._index(version)
        title_id = index.titles[title].title_id
        clip = index.clip(str(ClipKey(title_id, number)))
        return ReelCut(title_id, clip.length, index.asset.rate.fraction)
