"""Every look-up of the mapped index against the index in memory that it was made from."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.catalog import MappedIndex, NotFoundError
from sizzle.catalog.large import LargeMappedIndex
from sizzle.catalog.pack import pack_index
from sizzle.catalog.segment import Segment
from sizzle.clips import Clip, ClipIndex, MegaAsset, Title
from sizzle.timecode import FrameRate, TimeRange
from tests.catalog import sample_index

KINDS = pytest.mark.parametrize("kind", [MappedIndex, LargeMappedIndex])
IDS = ("saga", "saga-2", "saga-clip-1", "Tide", "tide", "moth.x", "9", "z_z")


def _mapped(index: ClipIndex, kind: type[MappedIndex]) -> MappedIndex:
    """The index published and mapped, as an asset of few titles is or as one of many."""
    packed = pack_index(index)
    return kind(Segment(memoryview(packed.data), packed.sha256))


@st.composite
def indexes(draw: st.DrawFn) -> ClipIndex:
    """Any index: titles in any order, clips of any length, with gaps between or without."""
    pieces = draw(
        st.lists(
            st.tuples(st.sampled_from(IDS), st.integers(0, 3), st.integers(1, 5)),
            min_size=1,
            max_size=30,
        )
    )
    clips: list[Clip] = []
    numbers: dict[str, int] = {}
    at = 0
    for title_id, gap, length in pieces:
        numbers[title_id] = numbers.get(title_id, 0) + 1
        clips.append(Clip(title_id, numbers[title_id], TimeRange.of(at + gap, length)))
        at += gap + length
    asset = MegaAsset("a", FrameRate(25), 0, at + draw(st.integers(0, 3)), "v.mp4")
    return ClipIndex(asset, [Title(title_id, title_id) for title_id in numbers], clips)


@KINDS
@settings(max_examples=100, deadline=None)
@given(index=indexes())
def test_look_ups_equal_those_in_memory(index: ClipIndex, kind: type[MappedIndex]) -> None:
    """By key, title and length."""
    mapped = _mapped(index, kind)
    assert index.titles == tuple(mapped.titles)
    for title_id in (title.title_id for title in index.titles):
        for length in (None, 1, 2, 3, 4, 5):
            assert index.clips_of(title_id, length) == mapped.clips_of(title_id, length)
    for clip in index.clips:
        assert clip == mapped.clip(clip.key)


@KINDS
@pytest.mark.parametrize(
    "key",
    [
        "",
        "saga",
        "saga-clip-",
        "saga-clip-0",
        "saga-clip-01",
        "saga-clip-+1",
        "saga-clip- 1",
        "saga-clip-1 ",
        "saga-clip-1_0",
        "saga-clip-٣",
        "saga-clip--1",
        "saga-clip-9",
        "saga-clip-1000000",
        "sagas-clip-1",
        "-clip-1",
        "sägä-clip-1",
        "saga-clip-1\0",
        "\ud800-clip-1",
    ],
)
def test_only_a_clip_s_own_key_finds_it(key: str, kind: type[MappedIndex]) -> None:
    """No other spelling of a key is let through, before and after the title has been used."""
    index = sample_index.index()
    mapped = _mapped(index, kind)
    for _ in range(2):
        with pytest.raises(NotFoundError) as caught:
            mapped.get(key)
        with pytest.raises(NotFoundError) as expected:
            index.clip(key)
        assert str(expected.value) == str(caught.value)
        assert mapped.get("saga-clip-8") == (680, 720)


@KINDS
def test_unknown_titles_are_said_as_in_memory(kind: type[MappedIndex]) -> None:
    """The same question gets the same error, whichever index answers it."""
    index = sample_index.index()
    mapped = _mapped(index, kind)
    for ask in ("title", "clips_of"):
        with pytest.raises(NotFoundError) as expected:
            getattr(index, ask)("none")
        with pytest.raises(NotFoundError) as caught:
            getattr(mapped, ask)("none")
        assert str(expected.value) == str(caught.value)


@KINDS
def test_a_title_with_more_clips_than_places_are_remembered(kind: type[MappedIndex]) -> None:
    """A title of thousands of clips is looked up right to its last."""
    mapped = _mapped(sample_index.index(titles=("saga",), lengths=(2,) * 9000), kind)
    for number in (1, 4095, 4096, 4097, 8999, 9000):
        assert mapped.get(f"saga-clip-{number}") == (2 * number - 2, 2 * number)
    with pytest.raises(NotFoundError):
        mapped.get("saga-clip-9001")


@KINDS
def test_titles_are_a_sequence(kind: type[MappedIndex]) -> None:
    """Length, places from both ends, slices and membership, as of a tuple."""
    index = sample_index.index()
    mapped = _mapped(index, kind)
    assert len(mapped.titles) == 3
    assert index.titles[-1] == mapped.titles[-1]
    assert index.titles[1:] == tuple(mapped.titles[1:])
    assert index.titles[0] in mapped.titles
    with pytest.raises(IndexError):
        mapped.titles[3]


@KINDS
def test_threads_share_an_index(kind: type[MappedIndex]) -> None:
    """First look-ups of the same titles from many threads at once are all right."""
    index = sample_index.index(titles=tuple(f"title-{number}" for number in range(200)))
    mapped = _mapped(index, kind)
    wrong: list[str] = []

    def look_up() -> None:
        wrong.extend(clip.key for clip in index.clips if mapped.clip(clip.key) != clip)

    threads = [threading.Thread(target=look_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_an_asset_of_many_titles_finds_each_of_them() -> None:
    """Seven thousand titles, many of which share a slot of the hash table, and as many others."""
    titles = tuple(f"title-{number}" for number in range(7000))
    packed = pack_index(sample_index.index(titles=titles, lengths=(3, 2)))
    assert isinstance(packed.index, LargeMappedIndex)
    for number, title_id in enumerate(titles):
        assert packed.index.get(f"{title_id}-clip-2") == (5 * number + 3, 5 * number + 5)
        assert not packed.index.has_title(f"{title_id}x")
    assert [title.title_id for title in packed.index.titles[:2]] == ["title-0", "title-1"]
