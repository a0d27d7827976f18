"""Each way in which a film's frames can be wrong gets its right name, position and cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from player_stub.verify.alignment import SourceFrame
from player_stub.verify.faults import FrameFault, find_faults
from sizzle.timecode import TimeRange
from tests.player_stub import synthetic

REEL = synthetic.reel_of((200, 240), (1, 81), (360, 400), (320, 360), (600, 760))
FRAMES = REEL.source_frames()
PLACES = st.integers(0, len(FRAMES) - 1)
CUTS = st.sampled_from([(cut.record.to_time_range(), cut.clip_key) for cut in REEL.cuts])


def faults(found: Sequence[SourceFrame]) -> list[FrameFault]:
    """What is found wrong with a film that shows these frames."""
    return find_faults(REEL, found)


def only(found: Sequence[SourceFrame]) -> FrameFault:
    """The one fault that is found."""
    (fault,) = faults(found)
    return fault


def clip_at(record: int) -> str:
    """The key of the clip that plays at a record frame."""
    return next(c.clip_key for c in REEL.cuts if record < c.record.stop.frame)


def test_a_clean_film_has_no_faults() -> None:
    """What is named is what is shown."""
    assert faults([*FRAMES]) == []


@settings(deadline=None)
@given(PLACES)
def test_one_frame_missing(at: int) -> None:
    """It is one fault, not one for each frame after it, wherever it is."""
    fault = only(FRAMES[:at] + FRAMES[at + 1 :])
    assert astuple(fault) == (
        "missing",
        at,
        synthetic.RATE.timecode(at),
        clip_at(at),
        1,
        str(FRAMES[at]),
        "nothing",
    )


@settings(deadline=None)
@given(PLACES)
def test_one_frame_duplicated(at: int) -> None:
    """It is named at the frame that is shown again."""
    fault = only(FRAMES[: at + 1] + FRAMES[at:])
    assert (fault.kind, fault.record_frame, fault.clip_key) == ("duplicated", at, clip_at(at))
    assert (fault.expected, fault.found) == ("nothing", str(FRAMES[at]))


@settings(deadline=None)
@given(st.integers(1, len(FRAMES) - 1))
def test_one_frame_shown_in_place_of_the_next(at: int) -> None:
    """A frozen frame keeps the count right, and is found all the same."""
    fault = only([*FRAMES[:at], FRAMES[at - 1], *FRAMES[at + 1 :]])
    assert (fault.kind, fault.record_frame) == ("duplicated", at)
    assert (fault.expected, fault.found) == (str(FRAMES[at]), str(FRAMES[at - 1]))


@settings(deadline=None)
@given(PLACES, PLACES)
def test_two_frames_swapped(one: int, other: int) -> None:
    """Neighbours or far apart, within a cut or across one, it is one fault."""
    first, second = sorted((one, other))
    if first == second:
        return
    swapped: list[SourceFrame] = [*FRAMES]
    swapped[first], swapped[second] = FRAMES[second], FRAMES[first]
    fault = only(swapped)
    assert (fault.kind, fault.record_frame) == ("swapped", first)


@settings(deadline=None)
@given(CUTS, st.sampled_from([-12, -3, -2, -1, 1, 2, 3, 12]))
def test_a_cut_off_by_some_frames(cut: tuple[TimeRange, str], shift: int) -> None:
    """The whole cut is named, as early or late."""
    record, key = cut
    off = [FRAMES[at] + shift for at in range(record.start, record.end)]
    fault = only([*FRAMES[: record.start], *off, *FRAMES[record.end :]])
    assert fault.kind == ("early" if shift < 0 else "late")
    assert (fault.record_frame, fault.clip_key) == (record.start, key)
    assert (fault.frames, fault.expected) == (
        record.duration,
        f"[{FRAMES[record.start]}, {FRAMES[record.end - 1] + 1})",
    )


@settings(deadline=None)
@given(CUTS)
def test_another_clip_of_the_same_length(cut: tuple[TimeRange, str]) -> None:
    """Frames that are none of the reel's are a wrong clip."""
    record, key = cut
    found = [*FRAMES[: record.start], *range(900, 900 + record.duration), *FRAMES[record.end :]]
    fault = only(found)
    assert (fault.kind, fault.clip_key, fault.frames) == ("wrong clip", key, record.duration)
    assert fault.found == f"[900, {900 + record.duration})"


def test_another_clip_of_the_reel() -> None:
    """If it is one that the reel plays elsewhere, the fault names its key."""
    fault = only([*FRAMES[:120], *range(320, 360), *FRAMES[160:]])
    assert fault.kind == "wrong clip"
    assert fault.found == "[320, 360) of title-320-clip-1"


@pytest.mark.parametrize(
    ("found", "kinds"),
    [
        (FRAMES[:-1], ["missing"]),
        (FRAMES[:120] + FRAMES[160:], ["missing"]),
        (FRAMES[:120] + FRAMES[160:200] + FRAMES[120:160] + FRAMES[200:], ["swapped"]),
        ([*FRAMES[:120], *range(900, 980), *FRAMES[200:]], ["wrong clip", "wrong clip"]),
        ([*FRAMES[:50], 900, 901, *FRAMES[50:]], ["extra"]),
        ([*FRAMES[:50], None, *FRAMES[51:]], ["unrecognised"]),
        ([*FRAMES[:50], 900, *FRAMES[51:]], ["wrong"]),
        (FRAMES[:50] + FRAMES[51:70] + FRAMES[69:], ["missing", "duplicated"]),
        ([], ["missing"]),
        ([*FRAMES, 900], ["extra"]),
    ],
)
def test_others(found: list[SourceFrame], kinds: list[str]) -> None:
    """Whole cuts lost or changed, strange frames, several faults at once, an empty film."""
    assert [fault.kind for fault in faults(found)] == kinds


def test_reads_well() -> None:
    """A fault is one sentence with all that is needed to find it."""
    assert str(only([*FRAMES[:50], *FRAMES[51:]])) == (
        "missing at record frame 50 (00:00:02:02, title-1-clip-1): expected 11, found nothing"
    )


@settings(deadline=None, max_examples=50)
@given(st.lists(st.none() | st.integers(0, 800), max_size=400))
def test_any_film_whatever_is_described(found: list[SourceFrame]) -> None:
    """No sequence of numbers is too strange: a film is clean, or has faults."""
    assert bool(faults(found)) == (found != FRAMES)
    assert all(str(fault) for fault in faults(found))
