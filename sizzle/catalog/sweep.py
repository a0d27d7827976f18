"""Remove the files that no version in use needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from sizzle.catalog.announcing import Clock, change
from sizzle.catalog.manifest import (
    MAPS,
    SEGMENTS,
    Announcement,
    manifest_name,
    map_name,
    segment_name,
)
from sizzle.catalog.storage import UNFINISHED, Storage, StoredFile
from sizzle.catalog.versions import read_manifest, readable_manifests, versions
from sizzle.errors import InputError

DEFAULT_GRACE = 3600.0
"""Seconds: longer than any publication takes."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What was removed: versions, segments by hash, and the bytes of all files together."""

    versions: tuple[int, ...]
    segments: tuple[str, ...]
    bytes: int


def sweep(
    storage: Storage, keep: int, grace: float, clock: Clock, held: Collection[str] = ()
) -> Swept:
    """Keep the newest versions, the announced and the pinned one, and remove the rest.

    Old versions are first announced as removed, so that no one announces one during the removal.
    Segments that no version uses stay for `grace`: a running publication may be about to use them.

    Args:
        storage: the catalog's.
        keep: how many of the newest versions stay, at least 1.
        grace: seconds since a file was written.
        clock: the present, in seconds since 1970.
        held: versions of assets whose segments stay although no version of the catalog has them,
            so that reels of them can still be replayed.

    Raises:
        InputError: `keep` is below 1.
        CatalogError: the storage failed, or a version in use cannot be read.
    """
    if keep < 1:
        raise InputError(f"Keeping {keep} versions would remove all.", fix="keep at least 1.")
    announcement = change(storage, clock, lambda now: _going(storage, now, keep))
    old = tuple(version for version in sorted(versions(storage)) if _is_old(version, announcement))
    for version in old:
        storage.delete(manifest_name(version))
    removed = [*_unused(storage, announcement, held), *storage.list(UNFINISHED)]
    removed = [entry for entry in removed if entry.modified <= clock() - grace]
    for entry in removed:
        storage.delete(entry.name)
    return Swept(
        versions=old,
        segments=tuple(_hash_of(e) for e in removed if e.name.startswith(f"{SEGMENTS}/")),
        bytes=sum(entry.size for entry in removed),
    )


def _going(storage: Storage, now: Announcement, keep: int) -> Announcement:
    newest = sorted(versions(storage))[-keep:]
    return replace(now, oldest=max(now.oldest, *newest[:1])) if newest else now


def _is_old(version: int, announcement: Announcement) -> bool:
    in_use = (announcement.version, announcement.pinned)
    return version < announcement.oldest and version not in in_use


def _unused(
    storage: Storage, announcement: Announcement, held: Collection[str]
) -> Iterator[StoredFile]:
    """Files of no version; torn versions do not count, unless one is in use: then this raises."""
    for version in {announcement.version, announcement.current}:
        read_manifest(storage, version)
    used = {
        name
        for manifest in readable_manifests(storage)
        for published in manifest.assets.values()
        for name in (segment_name(published.segment), map_name(published.segment_map))
    }
    used.update(segment_name(version) for version in held)
    files = chain(storage.list(SEGMENTS), storage.list(MAPS))
    return (entry for entry in files if entry.name not in used)


def _hash_of(entry: StoredFile) -> str:
    return entry.name.rpartition("/")[2]
