"""The wire form: what it says, and what it refuses to read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from ranker import Ranking
from sizzle.cadence import DEFAULT
from sizzle.reel import TimecodeList, assemble, to_timecode_list
from tests.reel.sample_reels import INDEX, TITLE_IDS, ranking_of, rankings


def default_list() -> TimecodeList:
    """The default reel of titles in their own order."""
    return to_timecode_list(assemble(ranking_of(TITLE_IDS), INDEX, DEFAULT), "reel-1")


def test_every_moment_has_frame_timecode_and_seconds() -> None:
    """Source timecode carries the asset's start; record timecode counts from the reel's start."""
    cut = default_list().cuts[1]
    assert cut.clip_key == "title-1-clip-3"
    assert cut.source.start.model_dump() == {
        "frame": 1280,
        "timecode": "01:00:53:08",
        "seconds": 53.386667,
    }
    assert cut.record.start.model_dump() == {
        "frame": 80,
        "timecode": "00:00:03:08",
        "seconds": 3.336667,
    }


def test_a_list_carries_what_replays_it() -> None:
    """Asset and version, cadence, model version and seed."""
    said = default_list()
    assert (said.asset_id, said.asset_version) == ("demo", "unpublished")
    assert (said.cadence, said.model_version, said.seed) == ("three-act", "model-1", 0)
    assert said.rate.to_frame_rate() == INDEX.asset.rate
    assert said.bed.range.to_time_range().duration == said.duration.frame == 1080


@given(rankings)
def test_json_and_back_is_the_same_list(ranking: Ranking) -> None:
    """Nothing is lost on the wire."""
    said = to_timecode_list(assemble(ranking, INDEX, DEFAULT), "reel-1")
    assert TimecodeList.model_validate_json(said.model_dump_json()) == said


def test_source_frames_are_the_cuts_in_order() -> None:
    """One source frame for each frame of the reel."""
    said = default_list()
    frames = said.source_frames()
    assert len(frames) == said.duration.frame
    for cut in said.cuts:
        here = frames[cut.record.start.frame : cut.record.stop.frame]
        assert here == list(range(cut.source.start.frame, cut.source.stop.frame))


def test_fields_that_a_service_adds_are_ignored() -> None:
    """So a response of the service is a timecode list for every player."""
    said = default_list()
    answer = {**said.model_dump(mode="json"), "playback": {"hls": "/x"}}
    assert TimecodeList.model_validate(answer) == said


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("cuts",), []),
        (("cuts", 0, "record", "start", "frame"), 1),
        (("cuts", 0, "source", "stop", "frame"), 0),
        (("cuts", 0, "source", "start", "frame"), -1),
        (("cuts", 0, "source", "start", "frame"), "NaN"),
        (("duration", "frame"), 1),
        (("bed", "range", "stop", "frame"), 10),
        (("rate", "denominator"), 0),
        (("cuts", 0, "extra"), True),
        (("kind",), "trailer"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused(path: tuple[Any, ...], value: object) -> None:
    """A player never starts on a list with holes in it."""
    said: Any = default_list().model_dump(mode="json")
    inner = said
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    with pytest.raises(ValidationError):
        TimecodeList.model_validate(said)
