"""Following a catalog: always a whole version to read from, and never a pause."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType

from sizzle.catalog.manifest import EMPTY, NOTHING_ANNOUNCED, Announcement, Manifest
from sizzle.catalog.mapped import MappedIndex
from sizzle.catalog.storage import Storage
from sizzle.catalog.versions import open_segment, open_version, read_announcement, read_manifest
from sizzle.errors import CatalogError, NotFoundError, SizzleError
from sizzle.reloading import Reloadable

_KEPT = 64  # assets of former versions that stay mapped


@dataclass(frozen=True, slots=True)
class Status:
    """How a reader is.

    Attributes:
        version: the version in use, 0 before there is one.
        announced: the version that is announced, as far as is known; if it cannot be read, another
            one is in use.
        pinned: the version that is pinned over it, or None.
        age: seconds since the version in use was published.
        checked: seconds since the announcement was last read and found good.
        healthy: whether the last attempt to read it succeeded.
        last_error: the last error, however long ago; empty if there was none.
    """

    version: int
    announced: int
    pinned: int | None
    age: float
    checked: float
    healthy: bool
    last_error: str


@dataclass(frozen=True, slots=True)
class _Held:
    """A whole version, opened. Never changed: a newer one takes its place."""

    announcement: Announcement
    manifest: Manifest
    indexes: Mapping[str, MappedIndex]


_NOTHING = _Held(NOTHING_ANNOUNCED, EMPTY, MappingProxyType({}))


class Reader(Reloadable[_Held]):
    """The version in use of a catalog, replaced by newer ones as it is refreshed.

    What is asked of it is answered from memory maps. A newer version is opened and checked beside
    the one in use, then takes its place by one assignment. If it cannot be used, the last good one
    stays, `status` says why, and the next refresh tries again.

    Args:
        storage: the catalog's.
        clock: seconds since 1970.
    """

    def __init__(self, storage: Storage, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(_NOTHING)
        self._storage = storage
        self._clock = clock
        self._checked = 0.0
        self._announcement = NOTHING_ANNOUNCED  # the newest that was read, of use or not
        self._once = lru_cache(_KEPT)(partial(open_segment, storage))
        self.refresh()

    def __str__(self) -> str:
        return f"catalog {self._storage.location}"

    @property
    def indexes(self) -> Mapping[str, MappedIndex]:
        """All assets of the version in use; take it once to read several from one version."""
        return self.current.indexes

    def assets(self) -> tuple[str, ...]:
        """The ids of all assets of the version in use, sorted.

        Raises:
            CatalogError: there is no version in use, since the catalog could never be read.
        """
        if self.current is _NOTHING and not self.healthy:
            raise self._missing("")
        return tuple(sorted(self.indexes))

    def index(self, asset_id: str) -> MappedIndex:
        """The clips of an asset; hold on to it to answer one question from one version.

        Raises:
            NotFoundError: the version in use has no such asset.
            CatalogError: there is no version in use, since the catalog could never be read.
        """
        index = self.current.indexes.get(asset_id)
        if index is None:
            raise self._missing(asset_id)
        return index

    def package_of(self, asset_id: str, asset_version: str) -> str | None:
        """The package that the version in use plays an asset from.

        None where that version has another index of the asset, or none that is packaged.
        """
        published = self.current.manifest.assets.get(asset_id)
        if published is None or published.segment != asset_version:
            return None
        return published.package_id or None

    def index_of_version(self, version: str) -> MappedIndex:
        """The clips of an asset as they are or once were; `version` is as its index says.

        Raises:
            NotFoundError: there is none, or it was swept.
            CatalogError: it cannot be read.
        """
        for index in self.indexes.values():
            if index.version == version:
                return index
        return self._once(version)

    def status(self) -> Status:
        """How it is, for metrics and health checks."""
        held, now = self.current, self._clock()
        return Status(
            version=held.manifest.version,
            announced=self._announcement.version,
            pinned=self._announcement.pinned,
            age=max(0.0, now - held.manifest.published),
            checked=max(0.0, now - self._checked),
            healthy=self.healthy,
            last_error=self.last_error,
        )

    def newest(self, current: _Held) -> _Held:
        """The version that is announced. Raises CatalogError or what the storage does."""
        held = self._read(current)
        self._checked = self._clock()
        return held

    def _read(self, held: _Held) -> _Held:
        """What should be held in place of `held`."""
        announcement, _ = read_announcement(self._storage)
        if announcement == held.announcement:
            self._announcement = announcement
            return held
        if announcement.sequence < held.announcement.sequence:
            raise CatalogError(
                "The announcement is older than the one before: a stale copy or a lost write.",
                where=self._storage.location,
                fix="announce a version again with `sizzle catalog announce`.",
            )
        self._announcement = announcement
        if announcement.current == held.manifest.version:
            return _Held(announcement, held.manifest, held.indexes)
        manifest = read_manifest(self._storage, announcement.current)
        # At the start nothing is served yet, so opening goes before checking every bit, which
        # look-ups then do; later there is time, as the version in use goes on serving.
        verify = held is not _NOTHING
        indexes = open_version(self._storage, manifest, held.indexes, verify=verify)
        return _Held(announcement, manifest, MappingProxyType(indexes))

    def _missing(self, asset_id: str) -> SizzleError:
        if self.current is _NOTHING and not self.healthy:
            return CatalogError(
                f"The catalog cannot be read: {self.last_error}",
                where=self._storage.location,
                fix="correct that; the reader recovers by itself.",
            )
        return NotFoundError(
            f"Version {self.current.manifest.version} of the catalog has no asset "
            f"{asset_id[:120]!r}.",
            where=self._storage.location,
            fix="publish it with `sizzle ingest`.",
        )
