"""Fragment headers: moved by twelve bytes, and read without trust."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.hls import FragmentError, read_samples, retime
from sizzle.hls.boxes import box, full_box
from tests.hls.picture_headers import header

TIME_OFFSET = 64


def test_what_a_header_says_is_read() -> None:
    """Each sample's size, length and offset, and where the time lies."""
    samples = read_samples(header())
    assert (samples.sequence, samples.time, samples.time_offset) == (7, 40040, TIME_OFFSET)
    assert samples.sizes == (100, 101, 102)
    assert samples.offsets == (0, 1001, 2002)
    assert samples.durations == (1001,) * 3
    assert samples.sync == (True,) * 3


@given(slot=st.integers(0, 2**20), ticks=st.integers(1, 2**30))
def test_moving_changes_twelve_bytes_and_no_others(slot: int, ticks: int) -> None:
    """The number and the time; what it says of its samples stays."""
    before = header()
    moved = bytearray(before)
    retime(moved, slot, slot * ticks, TIME_OFFSET)
    samples = read_samples(bytes(moved))
    assert (samples.sequence, samples.time) == (slot + 1, slot * ticks)
    changed = {at for at, pair in enumerate(zip(before, moved, strict=True)) if pair[0] != pair[1]}
    assert changed <= {*range(20, 24), *range(TIME_OFFSET, TIME_OFFSET + 8)}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (header(first=b"free"), "is not its sequence number"),
        (header(version=0), "32 bits"),
        (header(offset=4), "do not follow"),
        (b"", "no moof"),
        (box(b"moof", full_box(b"mfhd", 0, 0, b"1234")), "no traf"),
    ],
)
def test_headers_that_cannot_be_moved_are_refused(data: bytes, says: str) -> None:
    """Each with its reason."""
    with pytest.raises(FragmentError, match=says):
        read_samples(data)


@given(seed=st.integers(0, 2**32))
def test_damage_is_an_error_of_ours_or_none(seed: int) -> None:
    """Whatever bytes are lost or changed, nothing else is raised."""
    dice, data = Random(seed), bytearray(header(samples=5))
    for _ in range(dice.randrange(1, 8)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    damaged = bytes(data[: dice.randrange(len(data) + 1)])
    with suppress(FragmentError):
        read_samples(damaged)
