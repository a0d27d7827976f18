"""What an asset was, from version to version."""

from __future__ import annotations

from dataclasses import asdict

from sizzle.catalog import Catalog
from sizzle.ingest_jobs.job import iso_time
from sizzle.ingest_jobs.records import JobRecord


class AssetVersionEntry(JobRecord):
    """An asset as it was from one version of the catalog on."""

    catalog_version: int
    asset_version: str
    published: str
    titles: int
    clips: int
    current: bool


class AssetHistory(JobRecord):
    """What an asset was, newest first."""

    asset_id: str
    versions: tuple[AssetVersionEntry, ...]


def history_of(asset_id: str, catalog: Catalog) -> AssetHistory:
    """The history of an asset. Raises NotFoundError."""
    versions = (
        AssetVersionEntry(**{**asdict(version), "published": iso_time(version.published)})
        for version in catalog.asset_history(asset_id)
    )
    return AssetHistory(asset_id=asset_id, versions=tuple(versions))
