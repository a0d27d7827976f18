"""Fragments of music that end early: fewer samples, the last of them shorter."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from struct import pack, unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.hls import FragmentError, read_samples, retime, trim
from sizzle.hls.boxes import box, full_box
from tests.hls.picture_headers import header as picture_header

PACKET = 1024


def header(sizes: list[int]) -> bytes:
    """The header of a fragment of music, as ffmpeg writes it."""
    size = 8 + 16 + 8 + 28 + 20 + 20 + 4 * len(sizes)
    defaults = pack(">IIII", 1, PACKET, 0, 0x2000000)
    track = box(
        b"traf",
        full_box(b"tfhd", 0, 0x20038, defaults),
        full_box(b"tfdt", 1, 0, pack(">Q", 79_872)),
        full_box(b"trun", 0, 0x201, pack(f">Ii{len(sizes)}I", len(sizes), size + 8, *sizes)),
    )
    return box(b"moof", full_box(b"mfhd", 0, 0, pack(">I", 2)), track)


@given(sizes=st.lists(st.integers(1, 900), min_size=1, max_size=80), data=st.data())
def test_it_ends_to_the_sample(sizes: list[int], data: st.DataObject) -> None:
    """As many packets as reach the end, of their own sizes; the last lasts what is left."""
    ticks = data.draw(st.integers(1, len(sizes) * PACKET))
    start, payload = trim(header(sizes), ticks)
    moof, mdat = bytes(start[:-8]), unpack(">I4s", start[-8:])
    samples = read_samples(moof)
    count = -(-ticks // PACKET)
    assert samples.durations == (*[PACKET] * (count - 1), ticks - (count - 1) * PACKET)
    assert samples.sizes == tuple(sizes[:count])
    assert all(samples.sync)
    assert (payload, mdat) == (sum(sizes[:count]), (8 + sum(sizes[:count]), b"mdat"))


def test_it_is_re_timed_as_any_other() -> None:
    """Its time is where that of the whole fragment is."""
    start, _ = trim(header([10, 20, 30]), 2000)
    assert read_samples(header([10, 20, 30])).time_offset == read_samples(bytes(start)).time_offset
    retime(start, 7, 7 * 3072, read_samples(bytes(start)).time_offset)
    samples = read_samples(bytes(start))
    assert (samples.sequence, samples.time) == (8, 7 * 3072)


@pytest.mark.parametrize(
    ("before", "ticks", "says"),
    [
        (header([10, 20]), 2049, "cannot end after 2049"),
        (header([10, 20]), 0, "cannot end after 0"),
        (picture_header(), 1001, "Only fragments of audio"),
        (b"", 1, "no moof"),
    ],
)
def test_what_cannot_end_there_is_refused(before: bytes, ticks: int, says: str) -> None:
    """With the reason."""
    with pytest.raises(FragmentError, match=says):
        trim(before, ticks)


@given(seed=st.integers(0, 2**32))
def test_damage_is_an_error_of_ours_or_none(seed: int) -> None:
    """Whatever bytes are lost or changed, nothing else is raised."""
    dice, data = Random(seed), bytearray(header([100, 200, 300]))
    for _ in range(dice.randrange(1, 8)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    with suppress(FragmentError):
        trim(bytes(data[: dice.randrange(len(data) + 1)]), 1500)
