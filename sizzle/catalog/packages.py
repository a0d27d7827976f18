"""Publishing how an asset is packaged: its package's name and segment map, beside its index.

That is a version of the catalog like any other. It can be pinned and rolled back, and who reads the
asset's index and its package from one version never sees the package of another.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from sizzle.catalog.announcing import ATTEMPTS, Clock, announce_over, outrun
from sizzle.catalog.errors import ConflictError
from sizzle.catalog.manifest import Manifest, PublishedAsset, map_name
from sizzle.catalog.publication import Publication, write_checked, write_manifest
from sizzle.catalog.storage import Storage
from sizzle.catalog.versions import read_announcement, read_manifest, readable_manifests
from sizzle.clips import checked_id
from sizzle.errors import CatalogError, NotFoundError


def publish_package(
    storage: Storage, asset_id: str, segment: str, package_id: str, data: bytes, clock: Clock
) -> Publication:
    """Announce a version with an asset's package.

    Args:
        storage: the catalog's.
        asset_id: of the asset.
        segment: the version of its index that was packaged.
        package_id: what its package is called.
        data: the segment map, as its file holds it.
        clock: seconds since 1970.

    Raises:
        NotFoundError: the announced version has no such asset.
        ConflictError: it has another index of the asset.
        CatalogError: the storage failed. In each case the last version stays in place.
    """
    digest = sha256(data).hexdigest()
    entry = _entered(checked_id(package_id, "package id"), digest)
    for _ in range(ATTEMPTS):
        announcement, token = read_announcement(storage)
        base = read_manifest(storage, announcement.version)
        published = _packaged(storage, base, asset_id, segment)
        assets = {**base.assets, asset_id: entry(published)}
        if not storage.holds(map_name(digest), data):
            write_checked(storage, map_name(digest), data)
        if assets == base.assets:
            return _publication(base, asset_id, segment, announcement.pinned, changed=False)
        manifest = write_manifest(storage, base.version, assets, clock())
        new = replace(announcement, version=manifest.version)
        if announce_over(storage, announcement.followed_by(new, clock()), token):
            return _publication(manifest, asset_id, segment, announcement.pinned, changed=True)
    raise outrun(storage)


def read_map(storage: Storage, published: PublishedAsset) -> bytes | None:
    """The segment map of a published asset, or None where it is not packaged.

    Raises:
        CatalogError: it is missing or damaged.
    """
    if not published.segment_map:
        return None
    name = map_name(published.segment_map)
    blob = storage.read(name)
    if blob is None or sha256(blob.data).hexdigest() != published.segment_map:
        raise CatalogError(
            f"The segment map of package {published.package_id} is missing or damaged.",
            where=f"{storage.location}/{name}",
            fix="run `sizzle package` again: it writes the map again.",
        )
    return blob.data


def packages_in_use(storage: Storage) -> dict[str, set[str]]:
    """The packages that versions of the catalog name, by the version of the asset's index.

    Raises:
        CatalogError: the storage failed.
    """
    used: dict[str, set[str]] = {}
    for manifest in readable_manifests(storage):
        for published in manifest.assets.values():
            named = used.setdefault(published.segment, set())
            if published.package_id:
                named.add(published.package_id)
    return used


def _entered(package_id: str, digest: str) -> Callable[[PublishedAsset], PublishedAsset]:
    return lambda published: published._replace(package_id=package_id, segment_map=digest)


def _packaged(storage: Storage, base: Manifest, asset_id: str, segment: str) -> PublishedAsset:
    """The asset as it is announced, if it is what was packaged."""
    published = base.assets.get(asset_id)
    if published is None:
        raise NotFoundError(
            f"Version {base.version} of the catalog has no asset {asset_id[:120]!r}.",
            where=storage.location,
            fix="publish it with `sizzle ingest`, then package it.",
        )
    if published.segment != segment:
        raise ConflictError(
            f"The package is of version {segment[:16]} of asset {asset_id}, which the catalog has "
            f"at {published.segment[:16]}.",
            where=storage.location,
            fix="package the asset again: unchanged parts are not encoded again.",
        )
    return published


def _publication(
    manifest: Manifest, asset_id: str, segment: str, pinned: int | None, *, changed: bool
) -> Publication:
    return Publication(manifest.version, manifest.parent, {asset_id: segment}, changed, pinned)
