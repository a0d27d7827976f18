"""Reels written straight into wire form: the same bytes, and the same refusals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranker import RankedTitle, Ranking
from sizzle.cadence import CADENCES, DEFAULT, Cadence
from sizzle.clips import ClipIndex, Title
from sizzle.errors import PolicyError, ReelError
from sizzle.reel import assemble, to_timecode_list
from sizzle.reel.ids import ReelIds
from sizzle.reel.prebuilt_json import PrebuiltReels
from sizzle.timecode import FrameRate
from tests.api.sample_service import KEY
from tests.reel.sample_reels import (
    INDEX,
    TITLE_IDS,
    cadences,
    index_of,
    ranking_of,
    rankings,
    seeds,
)

IDS = ReelIds(KEY)
WRITER = PrebuiltReels(IDS)


def check_equal(
    ranking: Ranking, index: ClipIndex, plan: Cadence, seed: int, writer: PrebuiltReels
) -> None:
    """Either both make the reel, in the same bytes, or neither does."""
    written = writer.write(ranking, index, plan, seed)
    try:
        reel = assemble(ranking, index, plan, seed=seed)
    except ReelError:
        assert written is None
        return
    expected = to_timecode_list(reel, IDS.of(reel, index))
    assert written == (expected.reel_id, expected.model_dump_json().encode())


@given(rankings, cadences, seeds)
def test_the_bytes_are_those_of_assemble(ranking: Ranking, lines: list[str], seed: int) -> None:
    """For any ranking, cadence and seed, whatever was built before."""
    try:
        plan = Cadence.parse("any", lines)
    except PolicyError:
        return
    check_equal(ranking, INDEX, plan, seed, WRITER)


@given(st.text(max_size=20), st.booleans())
def test_any_names_are_written_as_they_are(name: str, cold_start: bool) -> None:
    """Quotes, control characters, any alphabet, in a member's id and a title's name."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return
    index = ClipIndex(INDEX.asset, [Title(each, name) for each in TITLE_IDS], INDEX.clips)
    ranked = tuple(map(RankedTitle, TITLE_IDS, [1.0] * len(TITLE_IDS)))
    ranking = Ranking(name, ranked, "model", cold_start=cold_start)
    check_equal(ranking, index, DEFAULT, 0, PrebuiltReels(IDS))


@pytest.mark.parametrize(
    "rate", [FrameRate(25), FrameRate(30000, 1001, drop_frame=True), FrameRate(60)], ids=str
)
def test_at_any_rate(rate: FrameRate) -> None:
    """Drop-frame timecode too."""
    index = ClipIndex(replace(INDEX.asset, rate=rate), INDEX.titles, INDEX.clips)
    for plan in CADENCES.values():
        check_equal(ranking_of(TITLE_IDS), index, plan, 3, PrebuiltReels(IDS))


def test_cuts_that_were_given_up_are_built_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several assets, orders and seeds in turn; no more are kept than there may be."""
    monkeypatch.setattr("sizzle.reel.prebuilt_json._MAX_CUTS", 7)
    writer = PrebuiltReels(IDS)
    other = ClipIndex(replace(INDEX.asset, rate=FrameRate(60)), INDEX.titles, INDEX.clips)
    other.version = "other"
    for seed in range(4):
        for index, titles in ((INDEX, TITLE_IDS), (other, TITLE_IDS), (INDEX, TITLE_IDS[::-1])):
            for plan in CADENCES.values():
                check_equal(ranking_of(titles), index, plan, seed, writer)
                assert len(writer._cuts) <= 7


def test_an_impossible_reel_is_not_written() -> None:
    """A bed that is too short, no bed, too few titles."""
    short = index_of(TITLE_IDS, bed=100)
    silent = ClipIndex(replace(INDEX.asset, beds=()), INDEX.titles, INDEX.clips)
    for index, titles in ((short, TITLE_IDS), (silent, TITLE_IDS), (INDEX, TITLE_IDS[:2])):
        assert PrebuiltReels(IDS).write(ranking_of(titles), index, DEFAULT, 0) is None
