"""The changes between two versions: titles and clips added, removed and moved, per asset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from sizzle.catalog.manifest import Manifest, PublishedAsset
from sizzle.catalog.mapped import MappedIndex
from sizzle.catalog.storage import Storage
from sizzle.catalog.versions import open_asset, read_manifest
from sizzle.clips import ClipKey, Title
from sizzle.timecode import TimeRange


@dataclass(frozen=True, slots=True)
class ClipChange:
    """A clip before and after; None is where it does not exist."""

    key: str
    before: TimeRange | None
    after: TimeRange | None

    @property
    def kind(self) -> str:
        """`added`, `removed` or `moved`."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "moved"


@dataclass(frozen=True, slots=True)
class AssetDiff:
    """What changed in one asset.

    Attributes:
        asset_id: which.
        kind: `added`, `removed` or `changed`, of the asset as a whole.
        media_changed: whether its rate, start, duration, video, beds or trailer differ.
        package_changed: whether it is played from another package.
        titles_added: ids of new titles, sorted.
        titles_removed: ids of titles that are gone, sorted.
        titles_changed: ids of titles whose name or metadata differ, sorted.
        clips: every clip that was added, removed or moved, by title and number.
    """

    asset_id: str
    kind: str
    media_changed: bool
    package_changed: bool
    titles_added: tuple[str, ...]
    titles_removed: tuple[str, ...]
    titles_changed: tuple[str, ...]
    clips: tuple[ClipChange, ...]


def diff(storage: Storage, before: int, after: int) -> tuple[AssetDiff, ...]:
    """The assets that differ between two versions, sorted by id; equal ones are left out.

    Raises:
        NotFoundError: no such version.
        CatalogError: one cannot be read.
    """
    old, new = read_manifest(storage, before), read_manifest(storage, after)
    return tuple(
        _compare(asset_id, old, new, storage)
        for asset_id in sorted(old.assets.keys() | new.assets.keys())
        if old.assets.get(asset_id) != new.assets.get(asset_id)
    )


def _package(manifest: Manifest, asset_id: str) -> str:
    published: PublishedAsset | None = manifest.assets.get(asset_id)
    return published.package_id if published else ""


def _open(storage: Storage, asset_id: str, manifest: Manifest) -> MappedIndex | None:
    published = manifest.assets.get(asset_id)
    return open_asset(storage, asset_id, published) if published else None


def _compare(asset_id: str, was: Manifest, now: Manifest, storage: Storage) -> AssetDiff:
    old, new = _open(storage, asset_id, was), _open(storage, asset_id, now)
    before, after = _titles(old), _titles(new)
    both = before.keys() & after.keys()
    return AssetDiff(
        asset_id=asset_id,
        kind="added" if old is None else "removed" if new is None else "changed",
        media_changed=bool(old and new and old.asset != new.asset),
        package_changed=_package(was, asset_id) != _package(now, asset_id),
        titles_added=tuple(sorted(after.keys() - both)),
        titles_removed=tuple(sorted(before.keys() - both)),
        titles_changed=tuple(sorted(key for key in both if before[key] != after[key])),
        clips=tuple(
            change
            for title_id in sorted(before | after)
            for change in _changes(title_id, _pairs(old, title_id), _pairs(new, title_id))
        ),
    )


def _titles(index: MappedIndex | None) -> dict[str, Title]:
    return {title.title_id: title for title in index.titles} if index else {}


def _pairs(index: MappedIndex | None, title_id: str) -> memoryview:
    return index.pairs_of(title_id) if index and index.has_title(title_id) else memoryview(b"")


def _changes(title_id: str, old: memoryview, new: memoryview) -> Iterator[ClipChange]:
    """What happened to each clip of one title; most titles are equal, which is seen at once."""
    if old == new:
        return
    for number, (before, after) in enumerate(zip_longest(_ranges(old), _ranges(new)), start=1):
        if before != after:
            yield ClipChange(str(ClipKey(title_id, number)), before, after)


def _ranges(pairs: memoryview) -> Iterator[TimeRange]:
    return map(TimeRange, pairs[::2], pairs[1::2])
