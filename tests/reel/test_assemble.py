"""Reels: every promise of `assemble`, for any ranking, layout, cadence and seed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from ranker import Ranking
from sizzle.cadence import DEFAULT, Cadence
from sizzle.clips import Bed, ClipIndex
from sizzle.errors import NotFoundError, PolicyError, ReelError
from sizzle.reel import Reel, assemble, to_timecode_list
from sizzle.timecode import TimeRange
from tests.reel.sample_reels import (
    IDS,
    INDEX,
    TITLE_IDS,
    cadences,
    index_of,
    ranking_of,
    rankings,
    seeds,
)


@given(rankings, seeds)
def test_the_default_reel_keeps_every_promise(ranking: Ranking, seed: int) -> None:
    """Checked here independently of the reel's own checks."""
    check_promises(assemble(ranking, INDEX, DEFAULT, seed=seed), ranking)


@given(rankings, cadences, seeds)
def test_any_cadence_gives_a_whole_reel_or_an_error(
    ranking: Ranking, lines: list[str], seed: int
) -> None:
    """Never a reel that breaks a promise."""
    try:
        cadence = Cadence.parse("any", lines)
        reel = assemble(ranking, INDEX, cadence, seed=seed)
    except (ReelError, PolicyError):
        return
    check_promises(reel, ranking)


def check_promises(reel: Reel, ranking: Ranking) -> None:
    """Contiguous from zero, no clip twice, ranks as ranked, inside the asset, bed as long."""
    at = 0
    times: dict[int, int] = {}
    for cut in reel.cuts:
        assert (cut.record.start, cut.record.duration) == (at, cut.clip.source.duration)
        assert cut.title.title_id == cut.clip.title_id == ranking.title_ids[cut.rank - 1]
        assert TimeRange(0, reel.asset.duration).contains(cut.clip.source)
        times[cut.rank] = times.get(cut.rank, 0) + cut.record.duration
        at = cut.record.end
    assert len({cut.clip.key for cut in reel.cuts}) == len(reel.cuts)
    assert [times[rank] for rank in sorted(times)] == sorted(times.values(), reverse=True)
    assert reel.bed_range == TimeRange(0, at)


@given(rankings, seeds)
def test_the_same_inputs_give_the_same_reel(ranking: Ranking, seed: int) -> None:
    """And the same id."""
    first, second = (assemble(ranking, INDEX, DEFAULT, seed=seed) for _ in range(2))
    assert first == second
    assert IDS.of(first, INDEX) == IDS.of(second, INDEX)


def test_a_title_shows_another_clip_in_each_segment() -> None:
    """The 80-frame clip of A in the first segment is not the one in the third."""
    reel = assemble(ranking_of(TITLE_IDS), INDEX, DEFAULT)
    of_a = [cut.clip.key for cut in reel.cuts if cut.rank == 1]
    assert of_a == ["title-0-clip-3", "title-0-clip-1", "title-0-clip-4"]


def test_the_seed_chooses_among_equally_long_clips() -> None:
    """Seed 1 starts at each title's second clip of a length."""
    reel = assemble(ranking_of(TITLE_IDS), INDEX, DEFAULT, seed=1)
    assert [cut.clip.number for cut in reel.cuts if cut.rank == 1] == [4, 2, 5]


def test_other_inputs_give_other_ids() -> None:
    """Order, seed and cadence each change the id."""
    base = assemble(ranking_of(TITLE_IDS), INDEX, DEFAULT)
    others = [
        assemble(ranking_of(TITLE_IDS[::-1]), INDEX, DEFAULT),
        assemble(ranking_of(TITLE_IDS), INDEX, DEFAULT, seed=1),
        assemble(ranking_of(TITLE_IDS), INDEX, Cadence.parse("short", ["A:80"])),
    ]
    assert len({IDS.of(reel, INDEX) for reel in [base, *others]}) == 4


def test_a_cadence_with_more_clips_than_a_title_has_says_which() -> None:
    """The message names the length, the rank, the title, and both counts."""
    greedy = Cadence.parse("greedy", ["A:160 A:160 A:160"])
    with pytest.raises(ReelError, match=r"3 clips of 160 frames .* rank A; title-0 has 2"):
        assemble(ranking_of(TITLE_IDS), INDEX, greedy)


def test_a_cadence_with_more_ranks_than_titles_says_so() -> None:
    """The message names both counts."""
    with pytest.raises(ReelError, match=r"shows 5 titles, .* has 3 ranked"):
        assemble(ranking_of(TITLE_IDS[:3]), INDEX, DEFAULT)


def test_a_bed_that_is_too_short_is_refused() -> None:
    """Music must not stop before the video does."""
    with pytest.raises(ReelError, match="Bed main lasts 1079 frames"):
        assemble(ranking_of(TITLE_IDS), index_of(TITLE_IDS, bed=1079), DEFAULT)


def test_a_bed_that_loops_is_never_too_short() -> None:
    """And the timecode list has the length of its loop, and its fade."""
    index = index_of(TITLE_IDS, bed=1079)
    bed = Bed("main", "bed.wav", 100, loops=True, fade=48)
    index = ClipIndex(replace(index.asset, beds=(bed,)), index.titles, index.clips)
    reel = assemble(ranking_of(TITLE_IDS), index, DEFAULT)
    assert reel.bed_range == TimeRange(0, 1080)
    entry = to_timecode_list(reel, "reel-1").bed
    assert (entry.loop and entry.loop.frame, entry.fade and entry.fade.frame) == (100, 48)


def test_a_ranked_title_that_the_asset_lacks_is_refused() -> None:
    """A ranking of another asset's titles cannot make a reel."""
    with pytest.raises(NotFoundError, match="no title 'velvet'"):
        assemble(ranking_of(["velvet", *TITLE_IDS]), INDEX, DEFAULT)


def test_a_reel_cannot_be_made_that_breaks_a_promise() -> None:
    """Each promise is checked when a reel is constructed, however it was made."""
    reel = assemble(ranking_of(TITLE_IDS), INDEX, DEFAULT)
    first, second, *rest = reel.cuts
    broken: list[dict[str, Any]] = [
        {"cuts": ()},
        {"cuts": (second, first, *rest)},
        {"cuts": (first, replace(second, clip=first.clip), *rest)},
        {"cuts": tuple(replace(cut, rank=6 - cut.rank) for cut in reel.cuts)},
        {"bed_range": TimeRange(0, 1079)},
        {"bed_range": TimeRange(1000, 2080)},
        {"asset": replace(reel.asset, duration=100)},
    ]
    for change in broken:
        with pytest.raises(ReelError):
            replace(reel, **change)
