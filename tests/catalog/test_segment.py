"""The bytes of a segment: what goes in comes out, and nothing else is ever believed."""

from __future__ import annotations

import dataclasses
import zlib
from array import array
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sizzle.catalog import CatalogError, MappedIndex, pack
from sizzle.catalog.format import (
    HEADER_SIZE,
    REGIONS,
    Record,
    SegmentHeader,
    header_bytes,
    record_layout,
)
from sizzle.catalog.large import LargeMappedIndex
from sizzle.catalog.pack import pack_index
from sizzle.catalog.segment import Segment
from sizzle.clips import Bed, MediaDigest, MegaAsset, Title
from sizzle.errors import SizzleError
from sizzle.timecode import FrameRate
from tests.catalog import sample_index

DROP_FRAME = FrameRate(30000, 1001, drop_frame=True)


KINDS = pytest.mark.parametrize("kind", [MappedIndex, LargeMappedIndex])


def _opened(data: bytes, kind: type[MappedIndex] = MappedIndex) -> MappedIndex:
    return kind(Segment(memoryview(data), "0" * 64))


def _answers(index: MappedIndex) -> Iterator[Callable[[], object]]:
    """Every kind of look-up there is."""
    yield lambda: index.asset
    yield lambda: tuple(index.titles)
    yield lambda: tuple(index.title_sizes())
    for title_id in ("saga", "tide", "moth"):
        yield partial(index.title, title_id)
        yield partial(index.clips_of, title_id)
        yield partial(index.get, f"{title_id}-clip-2")


def _said(answer: Callable[[], object]) -> object:
    """What a look-up answers: a value, or that there is none."""
    try:
        return answer()
    except SizzleError as error:
        if isinstance(error, CatalogError):
            raise
        return str(error)


def test_every_field_of_an_asset_is_kept() -> None:
    """Nothing that an asset, a bed or a title consists of is lost, now or when fields are added."""
    beds = (Bed("b", "m.wav", 7, True, 2, MediaDigest("12", "34")),)
    asset = MegaAsset("a", DROP_FRAME, -5, 9, "v.mp4", beds, "t.mp4", MediaDigest("56", "78"))
    title = Title("saga", "Sågå of the sea \U0001f3ac", {"genre": "drama", "år": "1999"})
    index = pack(asset, [(title, array("I", [0, 9]))]).index
    assert asset == index.asset
    assert title == index.title("saga")
    filled = [dataclasses.asdict(asset), dataclasses.asdict(asset.beds[0])]
    assert all(value for fields in filled for value in fields.values())


def test_the_same_clips_give_the_same_bytes() -> None:
    """Content has one address, whatever order its metadata was written in."""
    one = pack_index(sample_index.index(metadata={"a": "1", "b": "2"}))
    two = pack_index(sample_index.index(metadata={"b": "2", "a": "1"}))
    assert one.data == two.data
    assert one.sha256 != pack_index(sample_index.index(rate=DROP_FRAME)).sha256


def test_interleaved_titles_keep_timeline_order() -> None:
    """Titles whose clips alternate are found by key and by frame all the same."""
    index = sample_index.interleaved()
    mapped = pack_index(index).index
    for clip in index.clips:
        assert clip == mapped.clip(clip.key)
        assert clip == mapped.clip(clip.key)


@pytest.mark.parametrize("number", [2**32, -1])
def test_what_does_not_fit_is_refused(number: int) -> None:
    """A duration beyond 32 bits is an error of ours, not a wrapped number."""
    asset = MegaAsset("a", DROP_FRAME, 0, number, "v.mp4")
    with pytest.raises(CatalogError, match="32 bits"):
        pack(asset, [])


@KINDS
def test_each_flipped_bit_in_every_region_is_caught(kind: type[MappedIndex]) -> None:
    """Each bit in turn: `verify` sees it, and each look-up is right or says that it is damaged."""
    data = pack_index(sample_index.interleaved()).data
    expected = [_said(answer) for answer in _answers(_opened(data))]
    regions = SegmentHeader.read(memoryview(data), "").regions
    assert all(region.end > region.start for region in regions.values())
    damaged = bytearray(data)
    for bit in range(len(data) * 8):
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CatalogError):
            _opened(bytes(damaged), kind).verify()
        _expect_right_or_damaged(bytes(damaged), kind, expected)
        damaged[bit // 8] ^= 1 << bit % 8


def _expect_right_or_damaged(data: bytes, kind: type[MappedIndex], expected: list[object]) -> None:
    try:
        index = _opened(data, kind)
    except CatalogError:
        return
    for answer, right in zip(_answers(index), expected, strict=True):
        try:
            said = _said(answer)
        except CatalogError:
            continue
        assert right == said


def test_torn_segments_are_refused() -> None:
    """A segment cut anywhere, or with something behind it, does not open."""
    data = pack_index(sample_index.interleaved()).data
    for size in range(len(data)):
        with pytest.raises(CatalogError):
            _opened(data[:size])
    with pytest.raises(CatalogError):
        _opened(data + b"\0")


@KINDS
@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_hostile_segments_crash_nothing(kind: type[MappedIndex], data: st.DataObject) -> None:
    """Regions of anybody's making, under checksums that fit, give answers or errors of ours."""
    good = pack_index(sample_index.interleaved()).data
    header = SegmentHeader.read(memoryview(good), "")
    regions = [good[header.regions[name].start : header.regions[name].end] for name in REGIONS]
    for place in data.draw(st.sets(st.integers(0, len(regions) - 1), min_size=1, max_size=3)):
        regions[place] = data.draw(_like(regions[place]))
    regions[0] = _resealed(regions, header.titles)
    titles, clips = data.draw(st.sampled_from([(2, 4)] * 9 + [(3, 4)]))
    head = header_bytes(header.rate, titles, header.start, header.duration, clips, regions)
    try:
        index = _opened(head + b"".join(regions), kind)
    except CatalogError:
        return
    for answer in _answers(index):
        try:
            answer()
        except SizzleError:
            continue


def _resealed(regions: list[bytes], titles: int) -> bytes:
    """The records with each title's checksums made to fit what they point to."""
    records, clips, texts = (regions[REGIONS.index(n)] for n in ("records", "clips", "texts"))
    layout = record_layout(len(records) // (titles + 1))
    sealed = bytearray()
    for record in map(Record._make, layout.iter_unpack(records)):
        text = texts[record.text_at :][: record.name_size + record.metadata_size]
        pairs = clips[4 * record.first : 4 * record.end]
        good = record._replace(text_crc=zlib.crc32(text), clips_crc=zlib.crc32(pairs))
        sealed += layout.pack(*good)
    return bytes(sealed)


def _like(region: bytes) -> st.SearchStrategy[bytes]:
    """Bytes as many as a region's: one number in it replaced, or all of it."""
    numbers = st.one_of(st.integers(0, 100), st.integers(0, 2**32 - 1))
    places = st.integers(0, max(0, len(region) // 4 - 1))
    patched = st.builds(
        lambda number, place: (
            region[: 4 * place] + number.to_bytes(4, "little") + region[4 * place + 4 :]
        ),
        numbers,
        places,
    )
    return st.one_of(patched, patched, st.binary(min_size=len(region), max_size=len(region)))


@given(st.binary(max_size=2 * HEADER_SIZE))
def test_garbage_is_no_segment(data: bytes) -> None:
    """Any bytes at all are refused with an error of ours."""
    with pytest.raises(CatalogError):
        _opened(data)
