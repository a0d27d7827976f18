"""Each cut of a reel is found from the reel's id."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given

from ranker import Ranking
from sizzle.cadence import CADENCES
from sizzle.clips import ClipIndex, Index
from sizzle.errors import NotFoundError
from sizzle.reel import assemble
from sizzle.reel.reel_cuts import ReelCut, ReelCuts
from tests.reel.sample_reels import IDS, INDEX, TITLE_IDS, ranking_of, rankings, seeds


class _Indexes:
    """One index, under its version."""

    def __init__(self, index: ClipIndex) -> None:
        self._index = index

    def index(self, asset_id: str) -> Index:
        return self._index

    def index_of_version(self, version: str) -> Index:
        if version != self._index.version:
            raise NotFoundError("It was swept.")
        return self._index

    def assets(self) -> list[str]:
        return ["demo"]


@given(rankings, seeds)
def test_every_cut_is_that_of_the_reel(ranking: Ranking, seed: int) -> None:
    """Title, length and rate; there is none before the first and after the last."""
    for cadence in CADENCES.values():
        reel = assemble(ranking, INDEX, cadence, seed=seed)
        reel_id, find = IDS.of(reel, INDEX), ReelCuts(IDS, _Indexes(INDEX))
        assert [find(reel_id, number + 1) for number in range(len(reel.cuts))] == [
            ReelCut(cut.title.title_id, cut.clip.length, Fraction(24000, 1001)) for cut in reel.cuts
        ]
        assert find(reel_id, 0) is find(reel_id, len(reel.cuts) + 1) is None


def test_an_id_of_no_reel_has_no_cuts() -> None:
    """Neither one that is not ours, nor one of a version that was swept."""
    reel_id = IDS.of(assemble(ranking_of(TITLE_IDS), INDEX, CADENCES["three-act"]), INDEX)
    swept = ClipIndex(INDEX.asset, INDEX.titles, INDEX.clips)
    swept.version = "another"
    assert ReelCuts(IDS, _Indexes(swept))(reel_id, 1) is None
    assert ReelCuts(IDS, _Indexes(INDEX))("nonsense", 1) is None
