"""The producer's cycle: build, check, publish, read back, announce.

Nothing that a reader looks at changes before the last step, which is one compare-and-swap, so a
failure anywhere leaves the last version in place. What a failed publication has already written is
never used, and is swept by `gc`.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from types import MappingProxyType

from sizzle.catalog.announcing import ATTEMPTS, Clock, announce_over, begin, outrun
from sizzle.catalog.checks import Checks, Objection
from sizzle.catalog.errors import ConflictError, RefusedError
from sizzle.catalog.manifest import Manifest, PublishedAsset, manifest_name, segment_name
from sizzle.catalog.mapped import MappedIndex
from sizzle.catalog.pack import Packed
from sizzle.catalog.storage import Storage
from sizzle.catalog.versions import open_asset, read_announcement, read_manifest, versions
from sizzle.errors import CatalogError

_WRITERS = 8
Assets = Mapping[str, PublishedAsset]
Changes = Mapping[str, Packed | None]
"""What to publish, by asset id; None withdraws the asset."""


@dataclass(frozen=True, slots=True)
class Publication:
    """The result of a publication.

    Attributes:
        version: the version that now is announced.
        parent: the version it was made from.
        segments: the hash of each asset that was published, by asset id.
        changed: False where the catalog held all of it already, and no version was made.
        pinned: the version that readers stay at regardless, if one is pinned.
    """

    version: int
    parent: int
    segments: Mapping[str, str]
    changed: bool
    pinned: int | None


def publish(storage: Storage, changes: Changes, checks: Checks, clock: Clock) -> Publication:
    """Publish changed assets as one new version and announce it.

    Raises:
        RefusedError: a check stopped it.
        ConflictError: another producer changed one of the same assets meanwhile.
        CatalogError: the storage failed, or did not hold what was written to it.
    """
    begin(storage, clock)
    first: Manifest | None = None
    for _ in range(ATTEMPTS):
        announcement, token = read_announcement(storage)
        base = read_manifest(storage, announcement.version)
        first = first or base
        _check_untouched(changes, first, base)
        _check(storage, changes, base, checks)
        assets = _merged(base, changes)
        if assets == base.assets:
            _mend(storage, changes)
            return _publication(base, changes, announcement.pinned, changed=False)
        manifest = _write(storage, changes, base, assets, clock())
        new = replace(announcement, version=manifest.version)
        if announce_over(storage, announcement.followed_by(new, clock()), token):
            return _publication(manifest, changes, announcement.pinned, changed=True)
    raise outrun(storage)


def _check(storage: Storage, changes: Changes, base: Manifest, checks: Checks) -> None:
    objections: list[Objection] = []
    for asset_id, packed in changes.items():
        new = packed.index if packed else None
        objections += checks.objections(new, _replaced(storage, asset_id, base))
    if objections:
        raise RefusedError(objections)


def _replaced(storage: Storage, asset_id: str, base: Manifest) -> MappedIndex | None:
    """The asset as it is published now; a damaged one must not stop its own replacement."""
    published = base.assets.get(asset_id)
    if published is None:
        return None
    try:
        return open_asset(storage, asset_id, published)
    except CatalogError:
        return None


def _merged(base: Manifest, changes: Changes) -> Assets:
    assets = dict(base.assets)
    for asset_id, packed in changes.items():
        if packed is None:
            assets.pop(asset_id, None)
        elif packed.sha256 != _segment(base, asset_id):  # an index that stays keeps its package
            assets[asset_id] = _entry(packed)
    return assets


def _segment(manifest: Manifest, asset_id: str) -> str:
    published = manifest.assets.get(asset_id)
    return published.segment if published else ""


def _entry(packed: Packed) -> PublishedAsset:
    index = packed.index
    return PublishedAsset(packed.sha256, len(packed.data), len(index.titles), index.clip_count)


def _write(
    storage: Storage, changes: Changes, base: Manifest, assets: Assets, now: float
) -> Manifest:
    """Write the manifest and the segments that the base does not hold.

    All at once, since a disk or store takes hardly longer for several than for one, and in which
    order they arrive does not matter before they are announced. They are written again at each
    attempt, since they might be swept in between.
    """
    news = [
        packed
        for asset_id, packed in changes.items()
        if packed and base.assets.get(asset_id) != assets[asset_id]
    ]
    with ThreadPoolExecutor(_WRITERS) as pool:
        written = [pool.submit(_write_segment, storage, packed) for packed in news]
        manifest = write_manifest(storage, base.version, assets, now)
        for segment in written:
            segment.result()
    return manifest


def _write_segment(storage: Storage, packed: Packed) -> None:
    write_checked(storage, segment_name(packed.sha256), packed.data)


def _mend(storage: Storage, changes: Changes) -> None:
    """Write segments again that are published already, but missing or damaged by now."""
    for packed in changes.values():
        if packed and not storage.holds(segment_name(packed.sha256), packed.data):
            _write_segment(storage, packed)


def write_checked(storage: Storage, name: str, data: bytes) -> None:
    """Write a file and read it back. Raises CatalogError: the storage does not hold it."""
    storage.put(name, data)
    _read_back(storage, name, data)


def _read_back(storage: Storage, name: str, data: bytes) -> None:
    if not storage.holds(name, data):
        raise CatalogError(
            "The storage does not contain what was just written.",
            where=f"{storage.location}/{name}",
            fix="check the storage, then publish again; nothing was announced.",
        )


def write_manifest(storage: Storage, parent: int, assets: Assets, now: float) -> Manifest:
    """File the next version. Numbers are never used twice, not even those of failed attempts."""
    version = max([*versions(storage), parent])
    written = False
    while not written:
        version += 1
        manifest = Manifest(version, parent, now, assets)
        data = manifest.to_bytes()
        written = storage.swap(manifest_name(version), data, None)
    _read_back(storage, manifest_name(version), data)
    return manifest


def _check_untouched(changes: Changes, first: Manifest, now: Manifest) -> None:
    for asset_id, packed in changes.items():
        wanted = packed.sha256 if packed else ""
        if _segment(now, asset_id) not in (_segment(first, asset_id), wanted):
            raise ConflictError(
                f"Another producer published asset {asset_id} as version {now.version} meanwhile.",
                where=f"asset {asset_id}",
                fix=f"look at `sizzle catalog diff {first.version} {now.version}`, "
                "then publish again if yours is the right one.",
            )


def _publication(
    manifest: Manifest, changes: Changes, pinned: int | None, *, changed: bool
) -> Publication:
    segments = {key: packed.sha256 for key, packed in changes.items() if packed is not None}
    return Publication(
        manifest.version, manifest.parent, MappingProxyType(segments), changed, pinned
    )
