"""Read a catalog: its announcement, its manifests, and the segments of a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress

from sizzle.catalog.errors import TornError
from sizzle.catalog.large import open_index
from sizzle.catalog.manifest import (
    ANNOUNCEMENT,
    EMPTY,
    MANIFESTS,
    NOTHING_ANNOUNCED,
    Announcement,
    Manifest,
    PublishedAsset,
    manifest_name,
    segment_name,
    version_of,
)
from sizzle.catalog.mapped import MappedIndex
from sizzle.catalog.mapping import map_file
from sizzle.catalog.storage import Storage, Token
from sizzle.errors import CatalogError, NotFoundError


def read_announcement(storage: Storage) -> tuple[Announcement, Token | None]:
    """What is announced, and the token to replace it; an empty catalog announces nothing.

    Raises:
        CatalogError: the announcement is torn, or gone while versions are there.
    """
    blob = storage.read(ANNOUNCEMENT)
    if blob is None and next(versions(storage), None) is not None:
        # A catalog begins with its announcement, so either it has begun since, or it lost that.
        blob = storage.read(ANNOUNCEMENT)
        if blob is None:
            raise CatalogError(
                "The announcement is missing, although versions have been published.",
                where=f"{storage.location}/{ANNOUNCEMENT}",
                fix="choose the version to use with `sizzle catalog announce`.",
            )
    if blob is None:
        return NOTHING_ANNOUNCED, None
    return Announcement.from_bytes(blob.data), blob.token


def last_announcement(storage: Storage) -> tuple[Announcement, Token | None]:
    """The announcement as `read_announcement`, or nothing in place of one that is lost or torn."""
    try:
        return read_announcement(storage)
    except CatalogError:
        blob = storage.read(ANNOUNCEMENT)
        return NOTHING_ANNOUNCED, blob.token if blob else None


def versions(storage: Storage) -> Iterator[int]:
    """The numbers of all versions there are files of, in any order."""
    for entry in storage.list(MANIFESTS):
        version = version_of(entry.name)
        if version is not None:
            yield version


def read_manifest(storage: Storage, version: int) -> Manifest:
    """One version.

    Raises:
        NotFoundError: there is no such version.
        TornError: its manifest is torn.
    """
    if version == EMPTY.version:
        return EMPTY
    name = manifest_name(version)
    blob = storage.read(name)
    if blob is None:
        raise NotFoundError(
            f"The catalog has no version {version}.",
            where=storage.location,
            fix="`sizzle catalog versions` lists those that can be announced and pinned.",
        )
    manifest = Manifest.from_bytes(blob.data, name)
    if manifest.version != version:
        raise TornError(
            f"The file contains version {manifest.version}.",
            where=name,
            fix="roll back to another version, or publish again.",
        )
    return manifest


def readable_manifests(storage: Storage) -> Iterator[Manifest]:
    """All versions but torn ones, oldest first."""
    for version in sorted(versions(storage)):
        with suppress(TornError, NotFoundError):  # not found: swept since they were listed
            yield read_manifest(storage, version)


def open_asset(storage: Storage, asset_id: str, published: PublishedAsset) -> MappedIndex:
    """Map one asset of a version.

    Raises:
        CatalogError: the segment is missing, torn, damaged or another asset's.
    """
    return _index(storage, asset_id, published, _map(storage, asset_id, published))


def open_segment(storage: Storage, segment: str) -> MappedIndex:
    """Map a segment by its hash, whatever versions it is of.

    Raises:
        NotFoundError: it was never published, or was swept.
        CatalogError: it is torn or damaged.
    """
    path = storage.local(segment_name(segment), segment)
    if path is None:
        raise NotFoundError(
            f"The catalog no longer has version {segment[:16]} of an asset.",
            where=storage.location,
            fix="request the reel again.",
        )
    index = open_index(map_file(path), segment)
    index.verify()
    return index


def open_version(
    storage: Storage, manifest: Manifest, reuse: Mapping[str, MappedIndex], *, verify: bool
) -> dict[str, MappedIndex]:
    """Map all assets of a version.

    Args:
        storage: where they are.
        manifest: which they are.
        reuse: assets mapped already; those with the same segment are taken as they are.
        verify: whether to check every bit of those that are mapped now.

    Raises:
        CatalogError: a segment that is missing or damaged.
    """
    held = {
        asset_id: index
        for asset_id, index in reuse.items()
        if (published := manifest.assets.get(asset_id)) and index.version == published.segment
    }
    news = {key: published for key, published in manifest.assets.items() if key not in held}
    mapped = {key: _map(storage, key, published) for key, published in news.items()}
    for asset_id, published in news.items():
        held[asset_id] = _index(storage, asset_id, published, mapped[asset_id])
        if verify:
            held[asset_id].verify()
    return held


def _map(storage: Storage, asset_id: str, published: PublishedAsset) -> memoryview:
    name = segment_name(published.segment)
    path = storage.local(name, published.segment)
    if path is None:
        raise CatalogError(
            f"The segment of asset {asset_id} is missing.",
            where=f"{storage.location}/{name}",
            fix="publish the asset again, or roll back to a version that uses another segment.",
        )
    return map_file(path)


def _index(
    storage: Storage, asset_id: str, published: PublishedAsset, data: memoryview
) -> MappedIndex:
    index = open_index(data, published.segment)
    if index.asset.asset_id != asset_id:
        raise CatalogError(
            f"The segment of asset {asset_id} holds asset {index.asset.asset_id}.",
            where=f"{storage.location}/{segment_name(published.segment)}",
            fix="publish the asset again.",
        )
    return index
