"""Decoding is frame-exact: whatever the container and coding, frame n is frame n."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle.errors import MediaError
from sizzle.mega.frames import decode
from sizzle.mega.source import Source, probe
from sizzle.timecode import TimeRange
from tests.mega.numbered_films import film, luma, number_of, remux

FRAMES = 75
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "3")

CODINGS = {
    "closed.mp4": (*X264, "-g", "24"),
    "open.mov": (*X264, "-g", "12", "-x264-params", "open-gop=1"),
    "one-gop.mp4": (*X264, "-g", "999"),
    "milliseconds.mkv": (*X264, "-g", "24"),
    "transport.ts": (*X264, "-g", "12", "-x264-params", "open-gop=1"),
    "program.mpg": ("-c:v", "mpeg2video", "-bf", "2", "-g", "12", "-q:v", "2"),
    "no-times.avi": ("-c:v", "mpeg4", "-bf", "2", "-g", "12", "-q:v", "2"),
    "camera.mxf": ("-c:v", "mpeg2video", "-bf", "2", "-g", "12", "-q:v", "2"),
    "intra.mov": ("-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le"),
    "hevc.mp4": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=12:log=0"),
}  # fmt: skip


@pytest.fixture(scope="module", params=CODINGS, ids=str)
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Source:
    """A numbered film in each container and coding."""
    path = tmp_path_factory.mktemp("codings") / request.param
    return probe(film(path, FRAMES, "24000/1001", coding=CODINGS[request.param]))


def numbers(source: Source, start: int, end: int) -> list[int]:
    """What the decoded frames of a range say they are."""
    return [number_of(luma(picture)) for picture in decode(source, TimeRange(start, end))]


def test_every_range_is_exactly_the_frames_it_names(source: Source) -> None:
    """From each phase of a GOP, at both ends, and all of the film."""
    assert source.frames == FRAMES
    assert source.facts.irregular is None
    assert numbers(source, 0, FRAMES) == list(range(FRAMES))
    for start in range(0, FRAMES, 7):
        end = min(start + 3, FRAMES)
        assert numbers(source, start, end) == list(range(start, end))
    assert numbers(source, FRAMES - 1, FRAMES) == [FRAMES - 1]


def test_a_trimmed_copy_counts_from_its_first_shown_frame(tmp_path: Path) -> None:
    """An edit list hides frames that are still in the file."""
    whole = film(tmp_path / "whole.mp4", 60, "24", coding=(*X264, "-g", "12"))
    trimmed = probe(remux(whole, tmp_path / "trimmed.mp4", "-ss", "0.75"))
    assert trimmed.frames == 60 - 18
    assert numbers(trimmed, 0, 5) == [18, 19, 20, 21, 22]
    assert numbers(trimmed, 30, 42) == list(range(48, 60))


def test_a_frame_past_the_end_is_an_error(source: Source) -> None:
    """Never the last frame again in its place."""
    with pytest.raises(MediaError, match=f"frame {FRAMES} of {FRAMES}"):
        numbers(source, FRAMES - 2, FRAMES + 1)


def test_a_variable_rate_is_seen_and_never_guessed_at(tmp_path: Path) -> None:
    """A frame shown between two others is not numbered, and frames twice as long are noticed."""
    coding = ("-c:v", "mpeg4", "-q:v", "2", "-video_track_timescale", "12288")
    steady = film(tmp_path / "steady.mp4", 240, "24", coding=coding)
    # Late enough in the film that its head still says 24 frames a second throughout.
    late = probe(retimed(steady, tmp_path / "late.mp4", "TS+if(eq(N\\,220)\\,220)"))
    assert late.facts.irregular == 220
    assert numbers(late, 200, 220) == list(range(200, 220))
    with pytest.raises(MediaError, match="irregular"):
        numbers(late, 215, 230)
    slow = probe(retimed(steady, tmp_path / "slow.mp4", "TS+if(gte(N\\,30)\\,(N-30)*512)"))
    assert slow.facts.irregular == 31


def retimed(source: Path, path: Path, times: str) -> Path:
    """The same film with its frames at other times, each an expression of TS and N."""
    return remux(
        source, path, after=("-bsf:v", f"setts={times}", "-video_track_timescale", "12288")
    )


def test_damage_is_said_to_be_damage(tmp_path: Path) -> None:
    """Not only in the damaged frame, but in those that lean on it."""
    path = film(tmp_path / "film.mov", 48, "24", size=(256, 128), coding=(*X264, "-g", "48"))
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + (len(content) - content.index(b"mdat")) // 3
    for at in range(start, start + 200):
        content[at] ^= 0x5A
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"damaged|cannot be"):
        numbers(probe(path), 40, 48)
