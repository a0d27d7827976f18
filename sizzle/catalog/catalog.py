"""The catalog: all published indexes, versioned, announced, pinned and rolled back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from sizzle.catalog import announcing, asset_versions, packages, publication
from sizzle.catalog.asset_versions import AssetVersion
from sizzle.catalog.checks import Checks
from sizzle.catalog.diff import AssetDiff, diff
from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.history import ClipState, Version, history_of, list_versions
from sizzle.catalog.manifest import Announcement, Manifest, PublishedAsset
from sizzle.catalog.mapped import MappedIndex
from sizzle.catalog.pack import Packed, pack_index
from sizzle.catalog.publication import Publication
from sizzle.catalog.reader import Reader
from sizzle.catalog.storage import Storage
from sizzle.catalog.sweep import DEFAULT_GRACE, Swept, sweep
from sizzle.catalog.versions import open_asset, open_segment, read_announcement, read_manifest
from sizzle.clips import ClipIndex, MegaAsset
from sizzle.errors import InputError, NotFoundError


class Catalog:
    """One catalog, to publish to and to look things up in.

    Each look-up here reads what is announced at that moment. A service that answers many should
    hold a `Reader`, which reads in the background.

    Args:
        storage: where its files are.
        clock: seconds since 1970.
    """

    def __init__(self, storage: Storage, *, clock: Callable[[], float] = time.time) -> None:
        self.storage = storage
        self._clock = clock
        self._mapped: dict[str, MappedIndex] = {}

    @classmethod
    def open(cls, location: str | Path) -> Self:
        """The catalog in a folder, or at an address such as `s3://bucket/prefix`.

        Nothing is read or written yet. An object store is set up by the environment variables that
        its own tools use, and needs the extra `objectstore`.

        Raises:
            CatalogError: the address is of no known kind.
        """
        return cls(open_storage(location))

    def publish(self, *indexes: ClipIndex | Packed, checks: Checks | None = None) -> Publication:
        """Publish assets as one new version: build, check, write, read back, announce.

        Args:
            indexes: what to publish; assets that are not among them stay as they are.
            checks: what may stop it.

        Raises:
            InputError: an asset is given twice.
            RefusedError: a check stopped it; nothing was written.
            ConflictError: another producer changed one of these assets meanwhile.
            CatalogError: the storage failed. In each case the last version stays in place.
        """
        packed = [item if isinstance(item, Packed) else pack_index(item) for item in indexes]
        changes = {item.asset_id: item for item in packed}
        if len(changes) < len(packed):
            raise InputError("An asset is given twice.", fix="publish each asset once at a time.")
        return self._publish(changes, checks)

    def withdraw(self, *asset_ids: str, checks: Checks | None = None) -> Publication:
        """Publish a version without these assets; earlier versions keep them.

        Readers of the announced version find no such asset from then on. A reel that was made
        before can still be played, until `gc` removes the last version that had the asset.

        Raises:
            NotFoundError: the announced version has no such asset.
            RefusedError, ConflictError, CatalogError: as `publish`.
        """
        for asset_id in asset_ids:
            if self.announced_asset(asset_id) is None:
                raise self._not_found(asset_id)
        return self._publish(dict.fromkeys(asset_ids), checks)

    def announced_asset(self, asset_id: str) -> PublishedAsset | None:
        """An asset as it is announced, whether or not a version is pinned, or None."""
        return asset_versions.announced_asset(self.storage, asset_id)

    def announced_media(self, asset_id: str) -> MegaAsset | None:
        """The media and beds of an asset as it is announced; None if there is none readable."""
        return asset_versions.announced_media(self.storage, asset_id)

    def asset_history(self, asset_id: str) -> tuple[AssetVersion, ...]:
        """What an asset was, newest first. Raises NotFoundError: no version has it."""
        return asset_versions.asset_history(self.storage, asset_id)

    def rollback_asset(
        self, asset_id: str, to_version: int, *, replaces: str | None = None
    ) -> Publication:
        """Publish an asset as it was in an earlier version; all other assets stay as they are.

        Args:
            asset_id: of the asset.
            to_version: a version of the catalog that has it.
            replaces: the asset's version that must be the announced one, if it matters.

        Raises:
            NotFoundError: no such version, or it has no such asset.
            ConflictError: the announced asset is not `replaces`.
            CatalogError: what it was can no longer be read, or the storage failed.
        """
        packed = asset_versions.packed_version(self.storage, asset_id, to_version)
        return self.publish(packed, checks=Checks(max_change=math.inf, replaces=replaces))

    def publish_package(self, index: MappedIndex, package_id: str, data: bytes) -> Publication:
        """Announce a version that says what an asset is played from.

        Args:
            index: of the asset, as it was packaged.
            package_id: of its package.
            data: the package's segment map, as its file holds it.

        Raises:
            NotFoundError: the announced version has no such asset.
            ConflictError: it has another index of the asset.
            CatalogError: the storage failed. In each case the last version stays in place.
        """
        return packages.publish_package(
            self.storage, index.asset.asset_id, index.version, package_id, data, self._clock
        )

    def segment_map(self, asset_id: str) -> bytes | None:
        """The segment map of an asset at the version in use; None where it is not packaged.

        Raises:
            NotFoundError: the version has no such asset.
            CatalogError: the catalog cannot be read, or the map is missing or damaged.
        """
        return packages.read_map(self.storage, self._entry(asset_id))

    def packages_in_use(self) -> dict[str, set[str]]:
        """The packages that any version of the catalog names, by the asset's version.

        Raises:
            CatalogError: the catalog cannot be read.
        """
        return packages.packages_in_use(self.storage)

    def assets(self) -> tuple[str, ...]:
        """The ids of all assets of the version in use, sorted."""
        return tuple(sorted(self._manifest().assets))

    def index(self, asset_id: str) -> MappedIndex:
        """The clips of an asset, at the pinned version or else the announced one.

        Raises:
            NotFoundError: the version has no such asset.
            CatalogError: the catalog cannot be read.
        """
        index = self._mapped.get(asset_id)
        published = self._entry(asset_id)
        if index is None or index.version != published.segment:
            index = self._mapped[asset_id] = open_asset(self.storage, asset_id, published)
        return index

    def index_of_version(self, version: str) -> MappedIndex:
        """The clips of an asset as they once were; `version` is as its index says.

        Raises:
            NotFoundError: there is none, or it was swept.
            CatalogError: it cannot be read.
        """
        return open_segment(self.storage, version)

    def announcement(self) -> Announcement:
        """Which version is announced, and which is pinned over it."""
        return read_announcement(self.storage)[0]

    def announce(self, version: int) -> Announcement:
        """Make readers use `version`, unless one is pinned; replaces a lost or torn announcement.

        Raises:
            NotFoundError: there is no such version.
            CatalogError: it cannot be read whole, or the storage failed.
        """
        return announcing.announce(self.storage, version, self._clock)

    def pin(self, version: int) -> Announcement:
        """Keep readers at `version` until `unpin`, whatever is published. Raises as `announce`."""
        return announcing.pin(self.storage, version, self._clock)

    def unpin(self) -> Announcement:
        """Let readers follow what is announced again.

        Raises:
            CatalogError: nothing is announced, or the announcement cannot be read.
        """
        return announcing.unpin(self.storage, self._clock)

    def rollback(self) -> Announcement:
        """Announce the version that the announced one was made from.

        Raises:
            CatalogError: there is no such version, or it cannot be read completely.
        """
        return announcing.roll_back(self.storage, self._clock)

    def reader(self) -> Reader:
        """A reader that has the version in use open; refresh it to follow later ones."""
        return Reader(self.storage, clock=self._clock)

    def versions(self) -> tuple[Version, ...]:
        """All versions there are, oldest first."""
        return list_versions(self.storage)

    def diff(self, before: int, after: int) -> tuple[AssetDiff, ...]:
        """Which titles and clips were added, removed and moved between two versions, per asset.

        Raises:
            NotFoundError: no such version.
            CatalogError: one cannot be read.
        """
        return diff(self.storage, before, after)

    def history(self, key: str, asset_id: str | None = None) -> tuple[ClipState, ...]:
        """When a clip was added, moved and removed, in one asset or in all, oldest first.

        Raises:
            NotFoundError: no version has such a clip.
        """
        return history_of(self.storage, key, asset_id)

    def gc(self, *, keep: int, grace: float = DEFAULT_GRACE, held: Collection[str] = ()) -> Swept:
        """Remove all but the newest `keep` versions, the announced and the pinned one.

        Args:
            keep: at least 1.
            grace: seconds that an unused segment stays, as a running publication may use it.
            held: versions of assets whose reels must stay replayable.

        Raises:
            InputError: `keep` is below 1.
            CatalogError: a version in use cannot be read, or the storage failed.
        """
        return sweep(self.storage, keep, grace, self._clock, held)

    def _publish(self, changes: publication.Changes, checks: Checks | None) -> Publication:
        return publication.publish(self.storage, changes, checks or Checks(), self._clock)

    def _manifest(self) -> Manifest:
        return read_manifest(self.storage, self.announcement().current)

    def _entry(self, asset_id: str) -> PublishedAsset:
        try:
            return self._manifest().assets[asset_id]
        except KeyError:
            raise self._not_found(asset_id) from None

    def _not_found(self, asset_id: str) -> NotFoundError:
        return NotFoundError(
            f"The catalog has no asset {asset_id[:120]!r}.",
            where=self.storage.location,
            fix="publish it with `sizzle ingest`.",
        )


def open_storage(location: str | Path) -> Storage:
    """The folder or object store at a location. Raises CatalogError for an unknown kind."""
    text = str(location)
    if "://" not in text:
        return FolderStorage(Path(text))
    if text.startswith("file://"):
        return FolderStorage(Path(unquote(urlsplit(text).path)))
    from sizzle.catalog.objects import ObjectStorage  # an extra, loaded where it is asked for

    return ObjectStorage.open(text)
