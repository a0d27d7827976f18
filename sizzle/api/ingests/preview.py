"""A reel of an asset that is not published yet."""

from __future__ import annotations

from dataclasses import replace

from sizzle import cadence
from sizzle.api.compose import Ranks, compose
from sizzle.api.ingests import work
from sizzle.api.ingests.job import Job
from sizzle.api.ingests.media import MediaFolder
from sizzle.clips import Bed, ClipIndex
from sizzle.reel import TimecodeList

SILENCE = "silence"
"""The bed of a preview of an asset without one."""


def preview(
    job: Job, media: MediaFolder, ranker: Ranks, member_id: str, plan: str, seed: int = 0
) -> TimecodeList:
    """The reel that a member would get, were the job published.

    Args:
        job: that is checked, without errors.
        media: where its media lies.
        ranker: orders the titles.
        member_id: whose reel it is.
        plan: a cadence by name or written out.
        seed: which of the equally long clips come first.

    Raises:
        SizzleError: the job cannot be published, or no such reel can be made.
    """
    chosen = cadence.read(plan)
    index = work.index_of(job, media, work.see_again(job))
    if not index.asset.beds:
        silence = Bed(SILENCE, "", chosen.duration)
        index = ClipIndex(replace(index.asset, beds=(silence,)), index.titles, index.clips)
    return compose(ranker, index, member_id, chosen, seed=seed)
