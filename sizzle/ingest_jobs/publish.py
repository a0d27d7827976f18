"""Publish what a job checked.

What was checked may no longer hold when somebody presses Publish: the timeline is checked again,
the media must be what it was, and the asset that is replaced must be the one the editor saw. The
catalog compares that under its own compare-and-swap, so the second of two publishers is refused.
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

from sizzle.catalog import Catalog, Checks, Publication
from sizzle.errors import NotFoundError
from sizzle.ingest_jobs import run_job
from sizzle.ingest_jobs.job import IngestJob, JobStateError
from sizzle.ingest_jobs.media_folder import MediaFolder, stamp
from sizzle.ingest_jobs.records import PublicationResult


def publish(
    job: IngestJob,
    media: MediaFolder,
    catalog: Catalog,
    *,
    replaces: str | None = None,
    large_change: bool = False,
) -> PublicationResult:
    """Publish a job's index, once: asked again, the same answer comes again.

    Args:
        job: that is checked, without errors.
        media: the folder of its media.
        catalog: to publish to.
        replaces: the asset's version that it replaces, if not the one at its upload.
        large_change: whether the number of clips may change by more than half.

    Raises:
        JobStateError: it is not checked, or its media was changed since.
        StructureError: it has errors.
        ConflictError: another version is published by now.
        RefusedError: a check of the catalog stopped it.
    """
    with job.changing():
        job = again(job)
        if done := job.publication:
            return done
        index = run_job.index_of(job, media, catalog, run_job.recheck(job))
        _check_media_is_unchanged(job, media)
        checks = Checks(replaces=job.request.base if replaces is None else replaces)
        if large_change:
            checks = replace(checks, max_change=math.inf)
        result = result_of(job.request.asset_id, catalog.publish(index, checks=checks))
        job.queue.set_publication(job.job_id, result.model_dump(mode="json"))
        return result


def result_of(asset_id: str, publication: Publication) -> PublicationResult:
    """What a publication did to one asset."""
    return PublicationResult(
        asset_id=asset_id,
        asset_version=publication.segments.get(asset_id, ""),
        catalog_version=publication.version,
        changed=publication.changed,
        pinned=publication.pinned,
    )


def again(job: IngestJob) -> IngestJob:
    """A job as it is now. Raises NotFoundError: it was discarded."""
    row = job.queue.find(job.job_id)
    if row is None:
        raise NotFoundError(f"The ingest {job.job_id} was discarded.", fix="upload it again.")
    return IngestJob(job.queue, row)


def _check_media_is_unchanged(job: IngestJob, media: MediaFolder) -> None:
    """By its stamp; on another machine, where a copy has another, by its content."""
    result = job.checked()
    for name, seen in result.stamps.items():
        path = media.named(name)
        if stamp(path) != seen and not _is_the_same(path, result.digests.get(name)):
            raise JobStateError(
                f"{name} was changed since it was checked.",
                fix="upload the timeline again, so that both are checked together.",
            )


def _is_the_same(path: Path, digest: tuple[str, str] | None) -> bool:
    if digest is None:
        return False
    from sizzle.media.digest import digest_of

    found = digest_of(path)
    return (found.sampled, found.whole) == digest
