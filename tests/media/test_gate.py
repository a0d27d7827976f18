"""The gate: what is refused, with which reason, and how all else is normalised."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.media_kinds import FILM_KINDS, FRAMES, MUSIC_KINDS, FilmKind
from sizzle.errors import MediaError
from sizzle.media.checked import checked_video
from sizzle.media.colours import resolved
from sizzle.media.facts import AudioFacts, Colours, Orientation, VideoFacts
from sizzle.media.filters import prepared, scaled
from sizzle.media.frame_times import first_irregular, rate_of
from sizzle.media.gate import audio_problems, normalised, video_problems
from sizzle.media.probe import probe_video
from sizzle.timecode import FrameRate

FACTS = VideoFacts(FrameRate(24), FRAMES, (160, 96))
HANDFUL = ("transposed.mp4", "late.mp4", "late-start.mp4", "short.mp4", "bluray.m2ts")


def kind(name: str) -> FilmKind:
    """A kind by its file's name."""
    return next(each for each in FILM_KINDS if each.name == name)


def kinds_of(**facts: object) -> list[str]:
    """The kinds of problems that a video of those facts has."""
    return [each.kind for each in video_problems(replace(FACTS, **facts))]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", HANDFUL)
def test_what_a_file_holds_is_probed(name: str, tmp_path: Path) -> None:
    """Turned, late, starting late, cut short, and from a Blu-ray disc: made, and read again."""
    made = kind(name)
    facts = probe_video(made.make(tmp_path))
    assert (facts.size, str(facts.rate)) == (made.size, made.rate)
    assert made.refused or facts.frames == FRAMES
    assert [each.kind for each in video_problems(facts)][:1] == (
        [made.refused] * bool(made.refused)
    )


def test_every_reason_has_a_film_or_music_that_shows_it() -> None:
    """None is only written down."""
    shown = {each.refused for each in (*FILM_KINDS, *MUSIC_KINDS)}
    # A stream without any times cannot be made with ffmpeg's muxers; see the tests of `mega`.
    assert shown >= {
        *("truncated", "variable-rate", "edit-list", "orientation", "interlaced", "hdr", "colour"),
        "channels",
    }
    assert len(FILM_KINDS) + len(MUSIC_KINDS) >= 40


@pytest.mark.parametrize(
    ("facts", "problems"),
    [
        ({}, []),
        ({"interlaced": True}, ["interlaced"]),
        ({"orientation": None}, ["orientation"]),
        ({"edits": 2}, ["edit-list"]),
        ({"retimed": True}, ["edit-list"]),
        ({"timed": False}, ["no-times"]),
        ({"dolby_vision": True}, ["hdr"]),
        ({"colours": Colours(9, 9, 16)}, ["hdr"]),
        ({"colours": Colours(9, 9, 18)}, ["hdr"]),
        ({"colours": Colours(9, 9, 14)}, []),
        ({"colours": Colours(1, 12, 13)}, []),
        ({"colours": Colours(0)}, []),
        ({"colours": Colours(10, 9, 14)}, ["colour"]),
        ({"colours": Colours(1, 1, 8)}, ["colour"]),
        ({"colours": Colours(8, 10, 9)}, ["colour"] * 3),
        ({"lacking": 3, "irregular": 9, "interlaced": True},
         ["truncated", "variable-rate", "interlaced"]),
    ],
)  # fmt: skip
def test_each_problem_has_its_reason(facts: dict[str, object], problems: list[str]) -> None:
    """And all of them are found at once."""
    assert kinds_of(**facts) == problems


def test_a_problem_names_the_frame_and_what_to_do() -> None:
    """As people can act on it."""
    (problem,) = video_problems(replace(FACTS, irregular=37))
    assert problem.frame == 37
    assert "Frame 37 does not come at its time" in problem.what
    assert "constant" in problem.fix


def test_an_error_tells_every_problem(tmp_path: Path) -> None:
    """So that a file is exported again once, not twice."""
    path = replace(kind("mbaff.mp4"), name="both.mp4", colours="log").make(tmp_path)
    with pytest.raises(MediaError, match=r"interlaced.*transfer 9 of ISO/IEC 23091-2"):
        checked_video(path)


@pytest.mark.parametrize(
    ("stored", "matrix"),
    [
        ((1280, 536), 1), ((1279, 536), 6), ((1280, 2), 1), ((1024, 576), 6), ((720, 577), 1),
        ((720, 576), 6), ((720, 480), 6), ((1920, 800), 1), ((1920, 1080), 1), ((2, 2), 6),
    ],
)  # fmt: skip
def test_colours_without_tags_follow_from_width_and_height(
    stored: tuple[int, int], matrix: int
) -> None:
    """A film in 2.39:1 is bt709 though it has few lines."""
    assert resolved(Colours(), stored).matrix == matrix


@given(st.integers(0, 22), st.integers(0, 22), st.integers(0, 18), st.booleans())
def test_resolved_colours_lack_no_tag(
    matrix: int, primaries: int, transfer: int, full: bool
) -> None:
    """Whatever is tagged, and what is tagged stays; what is used can be written as filters."""
    own = Colours(matrix, primaries, transfer, full)
    made = resolved(own, (1920, 1080))
    assert 2 not in (made.matrix, made.primaries, made.transfer)
    for before, after in ((matrix, made.matrix), (primaries, made.primaries)):
        assert before in (2, after)
    facts = replace(FACTS, colours=own)
    if not video_problems(facts):
        normal = normalised(facts)
        assert not normal.target.full_range
        assert normal.target.primaries not in {9, 11, 12}
        assert prepared(normal) or not normal.changes_gamut
        assert scaled(normal, 64, 36)


QUARTERS = {
    (1, 0, 0, 1): Orientation(),
    (0, -1, 1, 0): Orientation(True, False, True),
    (-1, 0, 0, -1): Orientation(False, True, True),
    (0, 1, -1, 0): Orientation(True, True, False),
    (-1, 0, 0, 1): Orientation(False, True, False),
    (1, 0, 0, -1): Orientation(False, False, True),
    (0, 1, 1, 0): Orientation(True, False, False),
    (0, -1, -1, 0): Orientation(True, True, True),
}


@pytest.mark.parametrize("matrix", QUARTERS)
def test_all_eight_ways_to_turn_and_mirror(matrix: tuple[int, int, int, int]) -> None:
    """A pixel goes where the matrix sends it."""
    a, b, c, d = matrix
    orientation = Orientation.of_matrix((a << 16, b << 16, c << 16, d << 16))
    assert orientation == QUARTERS[matrix]
    picture = np.arange(6).reshape(2, 3)
    made = picture.T if orientation.transposed else picture
    made = made[:, ::-1] if orientation.mirrored else made
    made = made[::-1] if orientation.flipped else made
    sent = {(a * x + c * y, b * x + d * y): picture[y, x] for y in range(2) for x in range(3)}
    left, top = min(x for x, _ in sent), min(y for _, y in sent)
    assert all(made[y - top, x - left] == value for (x, y), value in sent.items())


@given(st.integers(-(2**31), 2**31 - 1), st.integers(-(2**31), 2**31 - 1))
def test_any_matrix_is_read(a: int, b: int) -> None:
    """Nothing is divided by zero, and slanted pictures have no orientation."""
    found = Orientation.of_matrix((a, b, -b, a))
    assert (found is None) == (min(abs(a), abs(b)) > max(abs(a), abs(b)) / 1000 or a == b == 0)


@given(st.sampled_from(["24", "24000/1001", "30000/1001", "60", "120"]), st.integers(1, 500),
       st.integers(0, 10**6), st.sampled_from([1000, 600, 12288, 90_000]))  # fmt: skip
def test_times_that_a_container_rounds_are_constant(
    rate: str, frames: int, start: int, ticks: int
) -> None:
    """Whatever its ticks; and a frame that is left out is named."""
    exact, tick = Fraction(rate), Fraction(1, ticks)
    times = np.array([start + round(n / exact / tick) for n in range(frames + 1)])
    assert first_irregular(times, tick, exact) is None
    if frames > 2:
        assert first_irregular(np.delete(times, frames // 2), tick, exact) == frames // 2


def test_the_rate_is_the_one_at_which_frames_come() -> None:
    """A last frame shown longer makes the mean wrong; a nominal rate hides a change."""
    times = np.arange(100)
    stated = [FrameRate(100, 6), FrameRate(24)]
    assert rate_of(times, Fraction(1, 24), stated) == (FrameRate(24), None)
    late = np.array([*range(50), *range(51, 101)])
    assert rate_of(late, Fraction(1, 24), stated) == (FrameRate(24), 50)


@pytest.mark.parametrize(
    ("channels", "layout", "mono_tracks", "problems"),
    [
        (1, "mono", 1, []), (2, "2 channels", 0, []), (6, "5.1", 0, []), (8, "7.1", 0, []),
        (1, "mono", 2, ["channels"]), (4, "4 channels", 0, ["channels"]),
        (12, "7.1.4", 0, ["channels"]), (3, "", 0, ["channels"]),
    ],
)  # fmt: skip
def test_music_whose_channels_are_not_known(
    channels: int, layout: str, mono_tracks: int, problems: list[str]
) -> None:
    """It would be heard on the wrong sides, or half of it not at all."""
    facts = AudioFacts(Fraction(4), channels, layout, 48_000, mono_tracks, max(1, mono_tracks))
    assert [each.kind for each in audio_problems(facts)] == problems
