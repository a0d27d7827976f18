"""From a reel's id to the reel, in any process and after any restart."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from sizzle.clips import Indexes
from sizzle.reel.ids import ReelIds, replay
from sizzle.reel.timecode_list import TimecodeList, to_timecode_list

_CACHED = 1000  # reels at some 20 KB: a player asks for several playlists of one


class Reels(Protocol):
    """Where reels are found by their ids."""

    def get(self, reel_id: str) -> TimecodeList:
        """The reel. Raises NotFoundError: there is none, or it can no longer be replayed."""


class ReplayedReels:
    """Reels replayed from what their ids say.

    Args:
        ids: reads the ids.
        indexes: finds the index that a reel was cut from, also a former version.
    """

    def __init__(self, ids: ReelIds, indexes: Indexes) -> None:
        self._ids = ids
        self._indexes = indexes
        self._cached = lru_cache(_CACHED)(self._replayed)

    def get(self, reel_id: str) -> TimecodeList:
        """The reel, with an empty `member_id`, as an id says nothing of the member.

        Raises:
            NotFoundError: not an id of this key, or one of a version that was swept.
            CatalogError: the catalog cannot be read.
        """
        return self._cached(reel_id)

    def _replayed(self, reel_id: str) -> TimecodeList:
        recipe = self._ids.read(reel_id)
        index = self._indexes.index_of_version(recipe.asset_version)
        return to_timecode_list(replay(recipe, index), reel_id)
