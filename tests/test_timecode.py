"""Frames, rates, ranges and SMPTE text."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.errors import TimecodeError
from sizzle.timecode import FrameRate, TimeRange

FILM = FrameRate(24000, 1001)
NTSC_DROP = FrameRate(30000, 1001, drop_frame=True)

rates = st.sampled_from(
    [
        FILM,
        NTSC_DROP,
        FrameRate(60000, 1001, drop_frame=True),
        FrameRate(24),
        FrameRate(25),
        FrameRate(30000, 1001),
        FrameRate(50),
        FrameRate(120),
    ]
)


@given(rates, st.data())
def test_timecode_text_names_the_frame_it_was_written_from(
    rate: FrameRate, data: st.DataObject
) -> None:
    """Text and frame count are two spellings of one thing, at every rate, all day long."""
    frame = data.draw(st.integers(0, rate.frames_a_day - 1))
    assert rate.parse_timecode(rate.timecode(frame)) == frame


@given(rates, st.data())
def test_timecode_text_grows_with_the_frame(rate: FrameRate, data: st.DataObject) -> None:
    """Two successive frames never share a timecode nor swap their order."""
    frame = data.draw(st.integers(0, rate.frames_a_day - 2))
    assert rate.timecode(frame) < rate.timecode(frame + 1)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17981, "00:09:59;29"),
        (17982, "00:10:00;00"),
        (107892, "01:00:00;00"),
    ],
)
def test_drop_frame_counts_as_smpte_12m_does(frame: int, text: str) -> None:
    """Known pairs: numbers 00 and 01 are skipped each minute but every tenth."""
    assert NTSC_DROP.timecode(frame) == text


def test_a_drop_frame_day_is_a_day_long() -> None:
    """Drop-frame keeps up with the clock to within 0.1 s a day."""
    seconds = NTSC_DROP.seconds(NTSC_DROP.frames_a_day)
    assert abs(seconds - 86400) < Fraction(1, 10)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("24000/1001", Fraction(24000, 1001)),
        ("24", Fraction(24)),
        ("25.0", Fraction(25)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_rates_snap_to_the_exact_ones(text: str, exact: Fraction) -> None:
    """What headers and people write as 23.976 is 24000/1001; true rates stay as they are."""
    assert FrameRate.parse(text).fraction == exact


@pytest.mark.parametrize("text", ["", "fast", "0", "-25", "1/0", "nan", "1e9"])
def test_text_that_is_not_a_rate_is_refused(text: str) -> None:
    """The message has the text."""
    with pytest.raises(TimecodeError):
        FrameRate.parse(text)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_rate_that_is_not_a_number_is_refused(value: float) -> None:
    """NaN and infinity come from hostile files."""
    with pytest.raises(TimecodeError):
        FrameRate.snapped(value)


def test_drop_frame_exists_only_at_ntsc_multiples_of_30() -> None:
    """At 23.976 there is no drop-frame count."""
    with pytest.raises(TimecodeError, match="does not exist"):
        FrameRate(24000, 1001, drop_frame=True)


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (FILM, "01:00:00"),
        (FILM, "01:00:00;00"),
        (FILM, "01:00:00:24"),
        (FILM, "24:00:00:00"),
        (FILM, "00:60:00:00"),
        (NTSC_DROP, "00:01:00;00"),
        (NTSC_DROP, "00:00:00:00"),
        (FILM, "\u0660\u0661:00:00:00"),
    ],
)
def test_timecode_that_names_no_frame_is_refused(rate: FrameRate, text: str) -> None:
    """Fields out of range, the wrong separator, skipped numbers and other digits."""
    with pytest.raises(TimecodeError):
        rate.parse_timecode(text)


@pytest.mark.parametrize("frame", [-1, FILM.frames_a_day])
def test_a_frame_outside_the_day_has_no_timecode(frame: int) -> None:
    """SMPTE text cannot express it."""
    with pytest.raises(TimecodeError, match="24 hours"):
        FILM.timecode(frame)


@given(rates, st.integers(0, 10**7))
def test_seconds_are_exact(rate: FrameRate, frame: int) -> None:
    """A frame's start in seconds is on screen as that frame; a moment before it is not."""
    at = rate.seconds(frame)
    assert rate.frames(at) == frame
    assert rate.frames(at - Fraction(1, 10**9)) == frame - 1


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_ranges_agree_with_sets_of_frames(a: int, b: int, c: int, d: int) -> None:
    """Half-open ranges contain and overlap as the frames in them do."""
    first, second = TimeRange.of(a, b), TimeRange.of(c, d)
    frames, others = set(range(a, a + b)), set(range(c, c + d))
    assert first.duration == len(frames)
    assert first.overlaps(second) == bool(frames & others)
    if others:
        assert first.contains(second) == (others <= frames)


def test_a_range_cannot_end_before_it_starts() -> None:
    """The message has both frames."""
    with pytest.raises(TimecodeError, match="frame 3 before it starts at 5"):
        TimeRange(5, 3)
