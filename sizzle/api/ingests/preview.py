"""A reel of an asset that is not published yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from sizzle import cadence
from sizzle.api.ingests import work
from sizzle.api.ingests.job import Job
from sizzle.api.ingests.media import MediaFolder
from sizzle.cadence import Cadence
from sizzle.catalog.pack import pack_index
from sizzle.clips import Bed, ClipIndex, Index
from sizzle.reel import TimecodeList

Compose: TypeAlias = Callable[[Index, str, Cadence, int], TimecodeList]
"""Gives the timecode list of a member's reel: of an index, for a member id, by a cadence, with a
seed. Raises SizzleError or RankerError."""

SILENCE = "silence"
"""The bed of a preview of an asset without one."""


def preview(
    job: Job, media: MediaFolder, compose: Compose, member_id: str, plan: str, seed: int = 0
) -> TimecodeList:
    """The reel that a member would get, were the job published.

    Args:
        job: that is checked, without errors.
        media: where its media lies.
        compose: makes the reel.
        member_id: whose reel it is.
        plan: a cadence by name or written out.
        seed: which of the equally long clips come first.

    Raises:
        SizzleError: the job cannot be published, or no such reel can be made.
        RankerError: the titles cannot be ranked.
    """
    chosen = cadence.read(plan)
    index = work.index_of(job, media, work.see_again(job))
    if not index.asset.beds:
        silence = Bed(SILENCE, "", chosen.duration)
        index = ClipIndex(replace(index.asset, beds=(silence,)), index.titles, index.clips)
    # Packed, it has the version that it would be published as, and gives the same reels.
    return compose(pack_index(index).index, member_id, chosen, seed)
