"""One asset's versions: what it was in each version of the catalog, and how to get one back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sizzle.catalog.manifest import Manifest, PublishedAsset, segment_name
from sizzle.catalog.pack import Packed
from sizzle.catalog.storage import Storage
from sizzle.catalog.versions import (
    open_asset,
    read_announcement,
    read_manifest,
    readable_manifests,
)
from sizzle.clips import MegaAsset
from sizzle.errors import CatalogError, NotFoundError


@dataclass(frozen=True, slots=True)
class AssetVersion:
    """An asset as it was from one version of the catalog on.

    Attributes:
        catalog_version: the first version that had it so.
        asset_version: the hash of its segment.
        published: when, in seconds since 1970.
        titles: how many.
        clips: how many.
        current: whether readers have it so now.
    """

    catalog_version: int
    asset_version: str
    published: float
    titles: int
    clips: int
    current: bool


def announced_asset(storage: Storage, asset_id: str) -> PublishedAsset | None:
    """An asset as it is announced, whether or not a version is pinned; None where there is none.

    This is what a publication replaces. Readers may have another, while a version is pinned.
    """
    version = read_announcement(storage)[0].version
    return read_manifest(storage, version).assets.get(asset_id)


def announced_media(storage: Storage, asset_id: str) -> MegaAsset | None:
    """The announced asset's media and beds; None where there is none, or it is damaged.

    A damaged asset must not stop its own replacement.
    """
    published = announced_asset(storage, asset_id)
    if published is None:
        return None
    try:
        return open_asset(storage, asset_id, published).asset
    except CatalogError:
        return None


def asset_history(storage: Storage, asset_id: str) -> tuple[AssetVersion, ...]:
    """What an asset was, newest first; versions that left it as it was are passed over.

    Raises:
        NotFoundError: no version has such an asset.
    """
    current = read_announcement(storage)[0].current
    states: list[AssetVersion] = []
    for manifest in readable_manifests(storage):
        published = manifest.assets.get(asset_id)
        if published and (not states or states[-1].asset_version != published.segment):
            states.append(_state(manifest, published))
        if published and manifest.version == current:
            states = list(_with_current(states))
    if not states:
        raise NotFoundError(
            f"The catalog never had an asset {asset_id[:120]!r}.", fix="publish it first."
        )
    return tuple(reversed(states))


def packed_version(storage: Storage, asset_id: str, version: int) -> Packed:
    """An asset as it was in a version of the catalog, to be published again.

    Raises:
        NotFoundError: no such version, or it has no such asset.
        CatalogError: what it was can no longer be read.
    """
    for manifest in readable_manifests(storage):
        if manifest.version == version and asset_id in manifest.assets:
            return _packed(storage, asset_id, manifest)
    raise NotFoundError(
        f"Version {version} of the catalog has no asset {asset_id[:120]!r}.",
        where=storage.location,
        fix=f"`sizzle catalog asset-history {asset_id[:120]}` lists the versions that have it.",
    )


def _state(manifest: Manifest, published: PublishedAsset) -> AssetVersion:
    return AssetVersion(
        catalog_version=manifest.version,
        asset_version=published.segment,
        published=manifest.published,
        titles=published.titles,
        clips=published.clips,
        current=False,
    )


def _with_current(states: list[AssetVersion]) -> Iterator[AssetVersion]:
    for state in states:
        yield replace(state, current=state is states[-1])


def _packed(storage: Storage, asset_id: str, manifest: Manifest) -> Packed:
    blob = storage.read(segment_name(manifest.assets[asset_id].segment))
    if blob is None:
        raise CatalogError(
            f"Asset {asset_id} as it was in version {manifest.version} is no longer stored.",
            where=storage.location,
            fix="go back to another version.",
        )
    return Packed(blob.data)
