"""What versions there are, and what each did to a clip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sizzle.catalog.errors import TornError
from sizzle.catalog.manifest import Manifest
from sizzle.catalog.mapped import MappedIndex
from sizzle.catalog.storage import Storage
from sizzle.catalog.versions import (
    last_announcement,
    open_asset,
    read_manifest,
    readable_manifests,
    versions,
)
from sizzle.errors import NotFoundError
from sizzle.timecode import TimeRange


@dataclass(frozen=True, slots=True)
class Version:
    """One version, as a line of a list.

    Attributes:
        version: its number.
        parent: the version it was made from, 0 for the empty catalog.
        published: when, in seconds since 1970.
        assets: how many.
        clips: how many, in all assets together.
        announced: whether it is the announced one.
        pinned: whether it is the pinned one.
        problem: what is wrong with its manifest, or nothing; then the other facts are unknown.
    """

    version: int
    parent: int = 0
    published: float = 0.0
    assets: int = 0
    clips: int = 0
    announced: bool = False
    pinned: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ClipState:
    """Where a clip is from one version on; `source` is None where the version dropped it."""

    version: int
    published: float
    asset_id: str
    source: TimeRange | None


def list_versions(storage: Storage) -> tuple[Version, ...]:
    """All versions, oldest first, even where the announcement is lost and one must be chosen."""
    announcement, _ = last_announcement(storage)
    return tuple(
        _line(storage, version, version == announcement.version, version == announcement.pinned)
        for version in sorted(versions(storage))
    )


def history_of(storage: Storage, key: str, asset_id: str | None) -> tuple[ClipState, ...]:
    """When a clip was added, moved and removed, oldest first; torn versions are passed over.

    Raises:
        NotFoundError: no version has such a clip.
    """
    states = tuple(_clip_states(storage, key, asset_id))
    if not states:
        raise NotFoundError(
            f"No version has a clip {key[:120]!r}.",
            where=storage.location,
            fix="a clip key is <title_id>-clip-<n>, n counted from 1.",
        )
    return states


def _line(storage: Storage, version: int, announced: bool, pinned: bool) -> Version:
    try:
        manifest = read_manifest(storage, version)
    except TornError as error:
        return Version(version, announced=announced, pinned=pinned, problem=str(error))
    clips = sum(published.clips for published in manifest.assets.values())
    return Version(
        version,
        manifest.parent,
        manifest.published,
        len(manifest.assets),
        clips,
        announced,
        pinned,
    )


def _clip_states(storage: Storage, key: str, asset_id: str | None) -> Iterator[ClipState]:
    found: dict[str, TimeRange | None] = {}  # by segment: most versions share most segments
    last: dict[str, TimeRange] = {}
    for manifest in readable_manifests(storage):
        now = dict(_places(storage, manifest, key, asset_id, found))
        for asset in sorted(now.keys() | last.keys()):
            if now.get(asset) != last.get(asset):
                yield ClipState(manifest.version, manifest.published, asset, now.get(asset))
        last = now


def _places(
    storage: Storage,
    manifest: Manifest,
    key: str,
    asset_id: str | None,
    found: dict[str, TimeRange | None],
) -> Iterator[tuple[str, TimeRange]]:
    """The assets of a version that have the clip, and where."""
    for asset, published in manifest.assets.items():
        if asset_id not in (None, asset):
            continue
        if published.segment not in found:
            index = open_asset(storage, asset, published)
            found[published.segment] = _source_of(index, key)
        source = found[published.segment]
        if source is not None:
            yield asset, source


def _source_of(index: MappedIndex, key: str) -> TimeRange | None:
    try:
        return index.clip(key).source
    except NotFoundError:
        return None
