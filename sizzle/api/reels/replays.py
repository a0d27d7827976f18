"""From a reel's id to the reel, on any worker and after any restart."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from sizzle.clips import Index
from sizzle.reel import TimecodeList, to_timecode_list
from sizzle.reel.ids import ReelIds, replay

_KEPT = 1000  # reels at some 20 KB: a player asks for several playlists of one


class Versions(Protocol):
    """Where an index is found by its version: a catalog, or a reader that follows one."""

    def index_of_version(self, version: str) -> Index:
        """The index. Raises NotFoundError: it never was, or was swept; and CatalogError."""


class Replays:
    """Replays reels.

    Args:
        ids: reads their ids.
        versions: finds the index that a reel was cut from, be it a former one.
    """

    def __init__(self, ids: ReelIds, versions: Versions) -> None:
        self._ids = ids
        self._versions = versions
        self._kept = lru_cache(_KEPT)(self._replayed)

    def get(self, reel_id: str) -> TimecodeList:
        """The reel, without its member, of whom its id says nothing.

        Raises:
            NotFoundError: not an id of ours, or one of a version that was swept.
            CatalogError: the catalog cannot be read.
        """
        return self._kept(reel_id)

    def _replayed(self, reel_id: str) -> TimecodeList:
        recipe = self._ids.read(reel_id)
        index = self._versions.index_of_version(recipe.asset_version)
        return to_timecode_list(replay(recipe, index, reel_id))
