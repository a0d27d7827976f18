"""Services to test: with a real catalog, and a ranker that orders titles as it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ranker import NO_CONTEXT, RankedTitle, Ranking, RequestContext
from sizzle.catalog import Catalog
from sizzle.clips import ClipIndex
from tests.reel.sample_reels import TITLE_IDS, index_of

KEY = b"an open secret of at least 32 bytes"
ASK: dict[str, Any] = {
    "member_id": "member-ada",
    "asset_id": "demo",
    "device": {"dynamic_sizzles": True},
}


@dataclass(frozen=True)
class Alphabetical:
    """A ranker with one taste for all; what the real one learns is proved in its own tests."""

    version: str = "model-1"

    def rank(
        self, member_id: str, title_ids: Sequence[str], request: RequestContext = NO_CONTEXT
    ) -> Ranking:
        """The titles by their ids."""
        ordered = sorted(title_ids)
        ranked = [RankedTitle(each, 1 / at) for at, each in enumerate(ordered, start=1)]
        return Ranking(member_id, tuple(ranked), self.version, cold_start=member_id != "member-ada")


def with_trailer(folder: Path) -> ClipIndex:
    """The index of an asset that has a trailer."""
    trailer = folder / "trailer.mp4"
    trailer.write_bytes(b"not really a film")
    index = index_of(TITLE_IDS)
    return ClipIndex(replace(index.asset, trailer=str(trailer)), index.titles, index.clips)


def catalog_in(folder: Path) -> Catalog:
    """A catalog with one asset."""
    catalog = Catalog.open(folder / "catalog")
    catalog.publish(with_trailer(folder))
    return catalog
