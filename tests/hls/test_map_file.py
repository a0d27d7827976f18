"""The segment map's file: all of it comes back, and nothing damaged is believed."""

from __future__ import annotations

import json
from hashlib import sha256
from struct import pack, unpack_from

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import NotFoundError
from sizzle.hls import SegmentMapError, from_bytes, to_bytes
from sizzle.hls.map_file import VERSION
from sizzle.timecode import FrameRate
from tests.hls.sample_segment_map import segment_map

DATA = to_bytes(segment_map())


@pytest.mark.parametrize("rate", [FrameRate(24000, 1001), FrameRate(30000, 1001, True)])
def test_all_of_it_comes_back(rate: FrameRate) -> None:
    """Facts and tables, and the same bytes for the same map."""
    before = segment_map((0, 17, 57, 97, 99), rate=rate)
    assert from_bytes(to_bytes(before)) == before
    assert to_bytes(from_bytes(to_bytes(before))) == to_bytes(before)


def test_it_is_compact() -> None:
    """Some 12 bytes for a fragment of a track."""
    longer = to_bytes(segment_map(range(0, 40_001, 40)))
    assert (len(longer) - len(DATA)) / (1000 - 25) <= 2 * 12 + 4 + 1


@given(index=st.integers(0, len(DATA) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_is_noticed(index: int, bit: int) -> None:
    """Wherever it is."""
    damaged = bytearray(DATA)
    damaged[index] ^= 1 << bit
    with pytest.raises(SegmentMapError):
        from_bytes(bytes(damaged))


@given(length=st.integers(0, len(DATA) - 1))
def test_any_lost_end_is_noticed(length: int) -> None:
    """However much of it is there."""
    with pytest.raises(SegmentMapError):
        from_bytes(DATA[:length])


def test_another_format_is_refused_by_its_number() -> None:
    """A later program's map is no damaged one."""
    later = DATA[:8] + pack("<I", VERSION + 1) + DATA[12:]
    with pytest.raises(
        SegmentMapError, match=f"has format {VERSION + 1}; this program reads 2 to {VERSION}"
    ):
        from_bytes(later)


def test_maps_of_the_format_before_are_read() -> None:
    """Its facts have other names; assets that were packaged then need not be packaged again."""
    facts_size = unpack_from("<I", DATA, 12)[0]
    facts, tables = json.loads(DATA[48 : 48 + facts_size]), DATA[48 + facts_size :]
    facts["rungs"] = facts.pop("renditions")
    for bed in facts["beds"]:
        bed["ending"] = bed.pop("fade_fragments")
    text = json.dumps(facts, separators=(",", ":")).encode()
    digest = sha256(text + tables).digest()
    before = pack("<8sII32s", b"SZSEGMAP", 2, len(text), digest) + text + tables
    assert from_bytes(before) == segment_map()


def test_a_good_checksum_of_nonsense_is_not_believed() -> None:
    """Facts that lack what is needed."""
    facts = b"{}"
    head = pack("<8sII32s", b"SZSEGMAP", VERSION, len(facts), sha256(facts).digest())
    with pytest.raises(SegmentMapError, match="does not make sense"):
        from_bytes(head + facts)


def test_tracks_are_found_by_name() -> None:
    """Or the error lists those that there are."""
    found = segment_map()
    assert found.rendition("240p").height == 240
    assert found.bed("main").name == "bed-main"
    with pytest.raises(NotFoundError, match="720p, 240p"):
        found.rendition("4320p")
