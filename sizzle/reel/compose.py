"""A member's reel in three calls: rank, assemble, put into wire form."""

from __future__ import annotations

from collections.abc import Sequence

from ranker import Ranks
from sizzle.cadence import Cadence
from sizzle.clips import Index
from sizzle.reel import TimecodeList, assemble, to_timecode_list


def compose(
    ranker: Ranks,
    index: Index,
    member_id: str,
    cadence: Cadence,
    *,
    seed: int = 0,
    title_ids: Sequence[str] | None = None,
) -> TimecodeList:
    """The timecode list of a member's reel.

    Args:
        ranker: orders the titles.
        index: of the asset to cut from.
        member_id: whose reel it is.
        cadence: the plan.
        seed: which of the equally long clips of a title comes first.
        title_ids: the titles to choose from, or None for all of the asset.

    Raises:
        NotFoundError: a title that the asset does not hold.
        ReelError: the cadence asks for more titles or clips than there are.
    """
    if title_ids is None:
        title_ids = [title.title_id for title in index.titles]
    for title_id in title_ids:
        index.title(title_id)
    ranking = ranker.rank(member_id, title_ids)
    return to_timecode_list(assemble(ranking, index, cadence, seed=seed))
