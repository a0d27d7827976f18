"""Publish what a job checked, and go back to what an asset was.

What was checked may no longer hold when somebody presses Publish: the timeline is checked anew, the
media must be what it was, and what is replaced must be what the editor saw. The last is looked at
under the catalog's own compare-and-swap, so of two publishers one is told that the other was first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sizzle.catalog import (
    Catalog,
    Checks,
    ConflictError,
    MappedIndex,
    Objection,
    Packed,
    Publication,
)
from sizzle.catalog import manifest as manifests
from sizzle.catalog.manifest import Manifest, segment_name
from sizzle.catalog.versions import read_manifest, readable_manifests
from sizzle.errors import CatalogError, NotFoundError
from sizzle.ingest_jobs import run_job
from sizzle.ingest_jobs.errors import UnfitStateError
from sizzle.ingest_jobs.job import Job, moment
from sizzle.ingest_jobs.media_folder import MediaFolder, stamp
from sizzle.ingest_jobs.records import AssetHistory, AssetVersion, Published


@dataclass(frozen=True, slots=True)
class Over(Checks):
    """Checks that also hold a publication to what it is to replace.

    Attributes:
        version: of the asset that is to be replaced; empty for one that is not there yet, None
            where it does not matter.
    """

    version: str | None = None

    def objections(self, new: MappedIndex | None, old: MappedIndex | None) -> Iterator[Objection]:
        """As those of any publication. Raises ConflictError, where another is in its place."""
        now = old.version if old else ""
        if self.version is not None and now not in (self.version, new.version if new else ""):
            asset_id = (new or old).asset.asset_id  # type: ignore[union-attr]
            raise ConflictError(
                f"Another producer published asset {asset_id} meanwhile: it is "
                f"{now[:12] or 'gone'} and no longer {self.version[:12] or 'new'}.",
                where=f"asset {asset_id}",
                fix="look at what is published now, then publish over that if yours is right.",
            )
        yield from Checks.objections(self, new, old)


def publish(
    job: Job,
    media: MediaFolder,
    catalog: Catalog,
    *,
    over: str | None = None,
    large_change: bool = False,
) -> Published:
    """Publish a job's index, once: asked again, the same answer comes again.

    Args:
        job: that is checked, without errors.
        media: where its media lies.
        catalog: to publish to.
        over: the asset's version that it replaces, if not the one at its upload.
        large_change: whether the clips may become more or fewer by over a half.

    Raises:
        UnfitStateError: it is not checked, or its media is another by now.
        StructureError: it has errors.
        ConflictError: another version is published by now.
        RefusedError: a check of the catalog stopped it.
    """
    with job.changing():
        if done := job.publication:
            return done
        sight = run_job.recheck(job)
        index = run_job.index_of(job, media, sight)
        _check_media_is_the_same(job, media)
        version = job.ask.base if over is None else over
        checks = Over(max_change=math.inf if large_change else 0.5, version=version)
        published = _published(job.ask.asset_id, catalog.publish(index, checks=checks))
        job.record("publication.json", published)
        return published


def roll_back(
    asset_id: str, to_version: int, catalog: Catalog, *, over: str | None = None
) -> Published:
    """Publish an asset as it was in an earlier version; all others stay as they are.

    Raises:
        NotFoundError: no such version, or it has no such asset.
        ConflictError: the asset is not what `over` says.
        CatalogError: what it was can no longer be read.
    """
    for manifest in readable_manifests(catalog.storage):
        if manifest.version == to_version and asset_id in manifest.assets:
            packed = _packed(catalog, asset_id, manifest)
            checks = Over(max_change=math.inf, version=over)
            return _published(asset_id, catalog.publish(packed, checks=checks))
    raise NotFoundError(
        f"Version {to_version} of the catalog has no asset {asset_id[:120]!r}.",
        fix=f"GET /v1/assets/{asset_id[:120]}/versions lists those that have it.",
    )


def announced(catalog: Catalog, asset_id: str) -> manifests.Published | None:
    """An asset as it is announced, be another version pinned or not; None where it is not there.

    It is what a publication replaces.
    """
    version = catalog.announcement().version
    return read_manifest(catalog.storage, version).assets.get(asset_id)


def history(asset_id: str, catalog: Catalog) -> AssetHistory:
    """What an asset was, the newest first; versions that left it as it was are passed over.

    Raises:
        NotFoundError: no version has such an asset.
    """
    current = catalog.announcement().current
    states: list[AssetVersion] = []
    for manifest in readable_manifests(catalog.storage):
        entry = manifest.assets.get(asset_id)
        if entry and (not states or states[-1].asset_version != entry.segment):
            states.append(_state(asset_id, manifest))
        if entry and manifest.version == current:
            states = [each.model_copy(update={"current": each is states[-1]}) for each in states]
    if not states:
        raise NotFoundError(
            f"The catalog never had an asset {asset_id[:120]!r}.", fix="publish it first."
        )
    return AssetHistory(asset_id=asset_id, versions=tuple(reversed(states)))


def _state(asset_id: str, manifest: Manifest) -> AssetVersion:
    entry = manifest.assets[asset_id]
    return AssetVersion(
        catalog_version=manifest.version,
        asset_version=entry.segment,
        published=moment(manifest.published),
        titles=entry.titles,
        clips=entry.clips,
        current=False,
    )


def _check_media_is_the_same(job: Job, media: MediaFolder) -> None:
    for name, seen in job.checked().stamps.items():
        if stamp(media.named(name)) != seen:
            raise UnfitStateError(
                f"{name} was changed since it was checked.",
                fix="upload the timeline again, so that both are checked together.",
            )


def _packed(catalog: Catalog, asset_id: str, manifest: Manifest) -> Packed:
    name = segment_name(manifest.assets[asset_id].segment)
    blob = catalog.storage.read(name)
    if blob is None:
        raise CatalogError(
            f"What version {manifest.version} had of asset {asset_id} was swept away.",
            fix="go back to another version.",
        )
    return Packed(blob.data)


def _published(asset_id: str, publication: Publication) -> Published:
    return Published(
        asset_id=asset_id,
        asset_version=publication.segments[asset_id],
        catalog_version=publication.version,
        changed=publication.changed,
        pinned=publication.pinned,
    )
