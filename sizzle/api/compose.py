"""A member's reel in three calls: rank, assemble, put into wire form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ranker.ranking import Ranking
from sizzle.cadence import Cadence
from sizzle.clips import Index
from sizzle.reel import TimecodeList, assemble, to_timecode_list


class Ranks(Protocol):
    """What orders titles for a member: the ranker, once its model is loaded."""

    def rank(self, member_id: str, title_ids: Sequence[str]) -> Ranking:
        """Those titles, best first; an unknown member gets a cold-start order."""


class Indexes(Protocol):
    """Where assets' indexes are looked up: a catalog, or a reader that follows one."""

    def index(self, asset_id: str) -> Index:
        """The clips of an asset. Raises NotFoundError, or CatalogError where none can be read."""


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
