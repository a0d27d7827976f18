"""Where key frames go, and at which sizes: decided before anything is encoded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizzle.clips import Clip
from sizzle.errors import InputError
from sizzle.packager import parse_ladder
from sizzle.packager.key_plan import plan_keys
from sizzle.packager.ladder import DEFAULT_LADDER, ladder_for
from sizzle.timecode import TimeRange
from tests.packager.packaged_asset import TITLES, index_of


def clips_at(*ranges: tuple[int, int]) -> list[Clip]:
    """Clips of three titles, dealt out in turn."""
    counts = dict.fromkeys((title.title_id for title in TITLES), 0)
    clips = []
    for number, (start, end) in enumerate(ranges):
        title_id = TITLES[number % len(TITLES)].title_id
        counts[title_id] += 1
        clips.append(Clip(title_id, counts[title_id], TimeRange(start, end)))
    return clips


def test_a_fragment_is_the_greatest_common_divisor_of_the_lengths() -> None:
    """Computed, not assumed to be 40."""
    clips = clips_at((0, 120), (120, 168), (168, 240))
    keys = plan_keys(index_of(Path(), clips=clips, duration=240))
    assert keys.fragment == 24
    assert keys.starts == tuple(range(0, 241, 24))


def test_gaps_between_clips_shift_no_key_frame_of_a_clip() -> None:
    """An IDR at each clip's start and end; what lies between is cut as it comes."""
    clips = clips_at((17, 57), (57, 97), (140, 220))
    keys = plan_keys(index_of(Path(), clips=clips, duration=230))
    assert keys.starts == (0, 17, 57, 97, 137, 140, 180, 220, 230)
    assert [keys.frames_of(fragment) for fragment in range(keys.count)] == [
        *(17, 40, 40, 40, 3, 40, 40, 10)
    ]


@given(
    unit=st.integers(12, 60),
    pieces=st.lists(st.tuples(st.integers(0, 50), st.integers(1, 4)), min_size=3, max_size=12),
    tail=st.integers(0, 99),
)
def test_every_clip_is_whole_fragments(unit: int, pieces: list[tuple[int, int]], tail: int) -> None:
    """Whatever lies between them; and all fragments together are the media."""
    ranges, at = [], 0
    for gap, units in pieces:
        ranges.append((at + gap, at + gap + units * unit))
        at = ranges[-1][1]
    clips = clips_at(*ranges)
    keys = plan_keys(index_of(Path(), clips=clips, duration=at + tail))
    assert keys.fragment % unit == 0
    assert list(keys.starts) == sorted(set(keys.starts))
    assert (keys.starts[0], keys.frames) == (0, at + tail)
    for start, end in ranges:
        inside = [frame for frame in keys.starts if start <= frame <= end]
        assert inside == list(range(start, end + 1, keys.fragment))
    assert all(keys.frames_of(index) <= keys.fragment for index in range(keys.count))


def test_lengths_that_share_next_to_nothing_are_refused() -> None:
    """They would need a key frame every frame or so."""
    clips = clips_at((0, 40), (40, 81), (81, 121))
    with pytest.raises(InputError, match="41, 40 frames"):
        plan_keys(index_of(Path(), clips=clips, duration=121))


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((1920, 1080), [(1920, 1080), (1280, 720), (854, 480), (426, 240)]),
        ((3840, 2160), [(1920, 1080), (1280, 720), (854, 480), (426, 240)]),
        ((1280, 720), [(1280, 720), (854, 480), (426, 240)]),
        ((1920, 800), [(1728, 720), (1152, 480), (576, 240)]),
        ((256, 144), [(256, 144)]),
    ],
)
def test_the_ladder_never_rises_above_the_source(
    size: tuple[int, int], sizes: list[tuple[int, int]]
) -> None:
    """Even sizes, largest first, of the source's shape."""
    steps = ladder_for(*size, DEFAULT_LADDER)
    assert [(step.width, step.height) for step in steps] == sizes
    assert [step.bits for step in steps] == sorted((step.bits for step in steps), reverse=True)


@pytest.mark.parametrize("text", ["", "720p", "720,,480", "721", "8", "99999"])
def test_a_ladder_of_no_sizes_is_refused(text: str) -> None:
    """By its text, or by its heights."""
    with pytest.raises(InputError):
        ladder_for(1920, 1080, parse_ladder(text))
