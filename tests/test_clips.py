"""Clip keys and the in-memory index."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.clips import Bed, Clip, ClipIndex, ClipKey, MegaAsset, Title
from sizzle.errors import InputError, NotFoundError
from sizzle.timecode import FrameRate, TimeRange

RATE = FrameRate(24000, 1001)
ASSET = MegaAsset("demo", RATE, start=86400, duration=400, video="mega.mp4")
TITLES = [Title("aurora", "Aurora Rising"), Title("harbor", "Harbor Lights")]
CLIPS = [
    Clip("aurora", 1, TimeRange(0, 160)),
    Clip("aurora", 2, TimeRange(160, 240)),
    Clip("harbor", 1, TimeRange(240, 400)),
]

title_ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,40}", fullmatch=True)


@given(title_ids, st.integers(1, 999_999))
def test_a_key_parses_to_what_it_was_made_of(title_id: str, number: int) -> None:
    """Even where the title's own id looks like a clip key."""
    key = ClipKey(title_id, number)
    assert ClipKey.parse(str(key)) == key


@pytest.mark.parametrize(
    "text",
    ["", "aurora", "aurora-clip-", "aurora-clip-0", "aurora-clip-01", "-clip-1", "a/b-clip-1"],
)
def test_other_text_is_not_a_key(text: str) -> None:
    """Markers may have any text; only keys name clips."""
    assert ClipKey.parse(text) is None


def test_look_ups() -> None:
    """By key, by title, and by title and length, in timeline order."""
    index = ClipIndex(ASSET, TITLES, CLIPS)
    assert index.clip("aurora-clip-2").source == TimeRange(160, 240)
    assert [clip.key for clip in index.clips_of("aurora")] == ["aurora-clip-1", "aurora-clip-2"]
    assert [clip.key for clip in index.clips_of("aurora", 80)] == ["aurora-clip-2"]
    assert index.title("harbor").name == "Harbor Lights"


def test_what_is_not_found_is_named() -> None:
    """Errors for unknown titles, clips and beds have their names."""
    index = ClipIndex(ASSET, TITLES, CLIPS)
    with pytest.raises(NotFoundError, match="no title 'velvet'"):
        index.clips_of("velvet")
    with pytest.raises(NotFoundError, match="no clip 'aurora-clip-9'"):
        index.clip("aurora-clip-9")
    with pytest.raises(NotFoundError, match="no bed"):
        index.asset.bed()


def test_the_first_bed_is_the_default() -> None:
    """And any can be chosen by its id."""
    beds = (Bed("calm", "calm.wav", 100), Bed("loud", "loud.wav", 100))
    asset = MegaAsset("demo", RATE, 0, 400, "mega.mp4", beds)
    assert asset.bed().bed_id == "calm"
    assert asset.bed("loud").bed_id == "loud"


@pytest.mark.parametrize(
    ("titles", "clips", "says"),
    [
        (TITLES[:1], CLIPS, "belongs to no title"),
        (TITLES, CLIPS[:2], "harbor has no clips"),
        (TITLES + TITLES, CLIPS, "listed twice"),
        (TITLES, [CLIPS[0], Clip("aurora", 3, TimeRange(160, 240)), CLIPS[2]], "is number 2"),
        (TITLES, [*CLIPS, Clip("harbor", 2, TimeRange(390, 400))], "inside the clip before it"),
        (TITLES, [*CLIPS, Clip("harbor", 2, TimeRange(400, 480))], "400 frames"),
    ],
)
def test_an_index_that_contradicts_itself_is_refused(
    titles: list[Title], clips: list[Clip], says: str
) -> None:
    """Every index that is built can be cut into reels."""
    with pytest.raises(InputError, match=says):
        ClipIndex(ASSET, titles, clips)


@pytest.mark.parametrize("value", ["", "../etc", "a b", "naïve", "x" * 101, ".hidden", "a\x00"])
def test_ids_that_are_unsafe_in_names_are_refused(value: str) -> None:
    """Ids become file names and addresses."""
    with pytest.raises(InputError, match="title id"):
        Title(value, "A title")
