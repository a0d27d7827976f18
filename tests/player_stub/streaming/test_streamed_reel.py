"""Reels as bytes: from the segment map, from ranges.json, and from files that are neither."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from player_stub.streaming import StreamedReel, read_streamed_reel
from player_stub.streaming.streamed_reel import MUSIC_PIECES
from sizzle.errors import InputError, NotFoundError, ReelError
from sizzle.hls import plan_reel, ranges_document
from tests.hls.sample_segment_map import reel_of, segment_map
from tests.packager.packaged_asset import Made, scattered, shared
from tests.player_stub.streaming.synthetic_reels import CUTS, FRAGMENT

REEL, MAP = reel_of(*CUTS), segment_map(heights=(1080, 480, 240))


def document() -> dict[str, Any]:
    """What `ranges.json` of the reel holds."""
    text = json.dumps(ranges_document(REEL, plan_reel(REEL, MAP), "../media"))
    read: dict[str, Any] = json.loads(text)
    return read


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A packaged asset."""
    return shared(tmp_path_factory)


def test_sizes_are_those_of_the_segment_map() -> None:
    """Fragment by fragment, in the order of the reel; the fewest bits first."""
    streamed = StreamedReel.from_package(REEL, MAP)
    fragments = plan_reel(REEL, MAP).fragments
    assert [rendition.name for rendition in streamed.renditions] == ["240p", "480p", "1080p"]
    for rendition in streamed.renditions:
        track = MAP.rendition(rendition.name)
        assert list(rendition.sizes) == [track.sizes[fragment] for fragment in fragments]
        assert [first for first, _ in rendition.ranges] == [
            track.offsets[fragment] for fragment in fragments
        ]
    assert float(streamed.renditions[0].fragment) == pytest.approx(FRAGMENT)
    assert streamed.seconds == pytest.approx(len(fragments) * FRAGMENT)


def test_cuts_begin_where_the_timecode_list_has_them() -> None:
    """Two fragments, one, one, four, one and two."""
    assert StreamedReel.from_package(REEL, MAP).cuts == (0, 2, 3, 4, 8, 9, 11)


def test_music_is_divided_into_quarters_of_its_fragments() -> None:
    """Of equal bytes, the first with the header before it: one after another, none left out."""
    bed, track = StreamedReel.from_package(REEL, MAP).bed, MAP.bed("main")
    fragments = plan_reel(REEL, MAP).bed_fragments
    assert len(bed.ranges) == MUSIC_PIECES * len(fragments)
    assert bed.fragment * MUSIC_PIECES == track.fragment_seconds
    for index, fragment in enumerate(fragments):
        pieces = bed.ranges[MUSIC_PIECES * index : MUSIC_PIECES * (index + 1)]
        assert pieces[0][0] == track.offsets[fragment]
        assert pieces[-1][1] == track.offsets[fragment] + track.sizes[fragment]
        assert all(one[1] == other[0] for one, other in pairwise(pieces))
        sizes = [end - first for first, end in pieces]
        sizes[0] -= track.header_sizes[fragment]
        assert max(sizes) - min(sizes) <= 1


def test_qualities_go_from_0_to_1_by_the_logarithm() -> None:
    """And one rendition alone is the best there is."""
    none, some, all_ = StreamedReel.from_package(REEL, MAP).qualities
    assert (none, all_) == (0.0, 1.0)
    assert 0.3 < some < 0.7
    assert StreamedReel.from_package(REEL, segment_map(heights=(480,))).qualities == (1.0,)


def test_ranges_json_makes_the_same_reel() -> None:
    """The document that devices get and the segment map make one reel."""
    of_map, of_document = (
        StreamedReel.from_package(REEL, MAP),
        StreamedReel.from_document(document()),
    )
    assert [rendition.ranges for rendition in of_document.renditions] == [
        rendition.ranges for rendition in of_map.renditions
    ]
    assert of_document.bed.ranges == of_map.bed.ranges
    assert of_document.cuts == of_map.cuts


def test_files_of_both_kinds_are_read(made: Made, tmp_path: Path) -> None:
    """A timecode list with the folder of packages or with the package itself."""
    path, reel = tmp_path / "reel.json", scattered(made.index)
    path.write_text(reel.model_dump_json())
    for packages in (made.root, made.packaged.folder):
        assert read_streamed_reel(path, packages).slots == 10
    path.write_text(json.dumps(document()))
    assert read_streamed_reel(path, tmp_path / "none").slots == 11


def test_a_reel_of_another_version_is_refused(made: Made, tmp_path: Path) -> None:
    """It would play other pictures: the error names both versions, or that it was not packaged."""
    path = tmp_path / "reel.json"
    path.write_text(
        scattered(made.index).model_copy(update={"asset_version": "v2"}).model_dump_json()
    )
    with pytest.raises(NotFoundError, match="Version v2 of the asset is not packaged"):
        read_streamed_reel(path, made.root)
    with pytest.raises(ReelError, match="of version v2 of demo, the segment map of version v1"):
        read_streamed_reel(path, made.packaged.folder)


def torn(change: str) -> str:
    """A `ranges.json` with one thing wrong."""
    data = document()
    if change == "fewer ranges":
        data["renditions"][0]["ranges"].pop()
    elif change == "no bytes":
        data["bed"]["ranges"][1][1] = data["bed"]["ranges"][1][0]
    elif change == "no renditions":
        data["renditions"] = []
    elif change == "negative":
        data["renditions"][0]["ranges"][0][0] = -1
    else:
        return json.dumps(data)[:-100]
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (torn("fewer ranges"), "one range per segment"),
        (torn("no bytes"), "bed-main has an empty range"),
        (torn("no renditions"), "renditions"),
        (torn("negative"), "renditions.0.ranges.0.0"),
        (torn("cut off"), "Invalid JSON"),
        ("", "Invalid JSON"),
        ("[1]", "Not a timecode list"),
        ('{"kind": "reel"}', "Not a timecode list: reel_id: Field required"),
        ("[" * 100_000, "Invalid JSON"),
        ("\x00", "Invalid JSON"),
    ],
    ids=range(10),
)
def test_a_malformed_reel_is_refused_with_the_reason(
    tmp_path: Path, text: str, message: str
) -> None:
    """And with the file, and how to mend it."""
    path = tmp_path / "reel.json"
    path.write_text(text)
    with pytest.raises(InputError, match=message) as refused:
        read_streamed_reel(path, tmp_path)
    assert refused.value.where == str(path)
    assert refused.value.fix


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Instead of a traceback."""
    with pytest.raises(InputError, match="cannot be read"):
        read_streamed_reel(tmp_path / "none.json", tmp_path)
