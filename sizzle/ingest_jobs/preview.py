"""A reel of an asset that is not published yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from sizzle.catalog import Catalog
from sizzle.catalog.pack import pack_index
from sizzle.clips import Bed, ClipIndex, Index
from sizzle.ingest_jobs import run_job
from sizzle.ingest_jobs.job import IngestJob
from sizzle.ingest_jobs.media_folder import MediaFolder
from sizzle.reel import TimecodeList

Compose: TypeAlias = Callable[[Index, str, str, int], TimecodeList]
"""Gives the timecode list of a member's reel: of an index, for a member id, by a cadence (a
name, or a plan written out), with a seed. Raises SizzleError or RankerError."""

SILENCE = "silence"
"""The bed of a preview of an asset without one."""

_ENDLESS = 2**31 - 1  # frames: longer than any reel


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """The reel to preview.

    Attributes:
        member_id: whose it is.
        plan: a cadence or a set of them by name, or one written out.
        seed: which of the equally long clips come first.
    """

    member_id: str
    plan: str
    seed: int = 0


def preview(
    job: IngestJob, media: MediaFolder, catalog: Catalog, compose: Compose, request: PreviewRequest
) -> TimecodeList:
    """The reel that a member would get, were the job published.

    Args:
        job: that is checked, without errors.
        media: the folder of its media.
        catalog: that it would be published to.
        compose: makes the reel.
        request: which reel.

    Raises:
        SizzleError: the job cannot be published, or no such reel can be made.
        RankerError: the titles cannot be ranked.
    """
    index = run_job.index_of(job, media, catalog, run_job.recheck(job))
    if not index.asset.beds:
        silence = Bed(SILENCE, "", _ENDLESS)
        index = ClipIndex(replace(index.asset, beds=(silence,)), index.titles, index.clips)
    # Packed, it has the version that it would be published as, and gives the same reels.
    packed = pack_index(index).index
    return compose(packed, request.member_id, request.plan, request.seed)
