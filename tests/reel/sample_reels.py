"""An index of eight titles, rankings of them and cadences, for tests of reels."""

from __future__ import annotations

from hypothesis import strategies as st

from ranker.ranking import RankedTitle, Ranking
from sizzle.clips import Bed, Clip, ClipIndex, MegaAsset, Title
from sizzle.reel.ids import ReelIds
from sizzle.timecode import FrameRate, TimeRange

RUN = (160,) * 2 + (80,) * 4 + (40,) * 8
TITLE_IDS = [f"title-{number}" for number in range(8)]


def index_of(title_ids: list[str], run: tuple[int, ...] = RUN, bed: int = 2000) -> ClipIndex:
    """An index of titles that all keep one run."""
    titles = [Title(title_id, title_id.capitalize()) for title_id in title_ids]
    clips, at = [], 0
    for title_id in title_ids:
        for number, length in enumerate(run, start=1):
            clips.append(Clip(title_id, number, TimeRange.of(at, length)))
            at += length
    beds = (Bed("main", "bed.wav", bed),)
    asset = MegaAsset("demo", FrameRate(24000, 1001), 86400, at, "mega.mp4", beds)
    return ClipIndex(asset, titles, clips)


def ranking_of(title_ids: list[str]) -> Ranking:
    """Those titles, in that order."""
    scores = [1 / position for position in range(1, len(title_ids) + 1)]
    ranked = tuple(map(RankedTitle, title_ids, scores))
    return Ranking("member-1", ranked, "model-1", cold_start=False)


rankings = st.permutations(TITLE_IDS).map(ranking_of)
seeds = st.integers(0, 2**31 - 1)
cadences = st.lists(
    st.lists(st.sampled_from(["A:160", "A:80", "A:40", "B:80", "B:40", "C:40"]), min_size=1).map(
        " ".join
    ),
    min_size=1,
    max_size=3,
)
INDEX = index_of(TITLE_IDS)
IDS = ReelIds(b"an open secret of at least 32 bytes")
