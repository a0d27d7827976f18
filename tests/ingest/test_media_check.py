"""The media beside its timeline: what is planted in an export is found, in place, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pytest

from fixtures.timeline import demo_timeline
from fixtures.titles import DEMO_TITLES, demo_clips
from sizzle import process
from sizzle.errors import MediaError
from sizzle.ingest.media import FrameStats
from sizzle.ingest.media_check import (
    MEDIA_RULES,
    check_black_edges,
    check_flash_frames,
    check_media,
)
from sizzle.layout import DEFAULT, FrameSize, check

WIDTH, HEIGHT = 256, 144
TITLES = DEMO_TITLES[:2]
LAYOUT = replace(DEFAULT, run=(24, 12, 12))
CLIPS = demo_clips(TITLES, LAYOUT.run)
TIMELINE = demo_timeline(TITLES, CLIPS, LAYOUT)
CHECKED = check(TIMELINE, LAYOUT)
CUTS = [clip.source.start for clip in CLIPS]  # 0, 24, 36, 48, 72, 84 of 96 frames

Frame: TypeAlias = npt.NDArray[np.uint8]  # height x width x red, green and blue
Found: TypeAlias = list[tuple[str, int, str]]

BLACK: Frame = np.zeros((HEIGHT, WIDTH, 3), np.uint8)


@cache
def backdrop(shot: int) -> npt.NDArray[np.float64]:
    """The picture that a shot pans over, twice as wide as a frame: soft blots of its own hue."""
    rng = np.random.default_rng(shot)
    coarse = rng.uniform(0, 110, (HEIGHT // 16, WIDTH // 8, 3)) + rng.uniform(10, 110, 3)
    return coarse.repeat(16, axis=0).repeat(16, axis=1)


@cache
def frame_of(shot: int, number: int, noise: float) -> Frame:
    """A frame of a shot, which moves by 4 pixels a frame; the grain is new in each."""
    left = 64 + 4 * number
    picture = backdrop(shot)[:, left : left + WIDTH]
    grain = np.random.default_rng((shot, number + 50)).normal(0, noise, picture.shape)
    moved: Frame = np.clip(picture + grain, 0, 255).astype(np.uint8)
    moved.flags.writeable = False  # tests share it
    return moved


def film(noise: float = 18.0) -> list[Frame]:
    """The clean export: each clip a shot of its own, moving and noisy."""
    return [
        frame_of(shot, number, noise)
        for shot, clip in enumerate(CLIPS)
        for number in range(clip.length)
    ]


def encode(
    path: Path,
    frames: Iterable[Frame],
    *,
    rate: str = "24000/1001",
    key_frames: Sequence[int] = CUTS,
    options: Sequence[str] = (),
) -> Path:
    """Encode frames as H.264 with B-frames, and key frames at these and no others."""
    at = "+".join(f"eq(n,{frame})" for frame in key_frames)
    process.run(
        [
            *(process.ffmpeg(), "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"),
            *("-s", f"{WIDTH}x{HEIGHT}", "-r", rate, "-i", "-", *options),
            *("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-pix_fmt", "yuv420p"),
            *("-g", "9999", "-sc_threshold", "0", "-force_key_frames", f"expr:{at}", str(path)),
        ],
        stdin=(frame.tobytes() for frame in frames),
        timeout=60,
    )
    return path


def found(path: Path, picture: FrameSize | None = None) -> Found:
    """Rule, frame and clip of each finding."""
    findings = check_media(path, TIMELINE, CHECKED, picture)
    assert all(finding.expected and finding.found and finding.fix for finding in findings)
    return [(finding.rule, finding.frame, finding.clip) for finding in findings]


@pytest.mark.parametrize("noise", [0.0, 18.0, 40.0])
def test_a_clean_export_has_no_findings(noise: float, tmp_path: Path) -> None:
    """However noisy: pictures that move and flicker are no flash frames."""
    path = encode(tmp_path / "mega.mp4", film(noise))
    assert found(path, FrameSize(WIDTH, HEIGHT)) == []


def test_another_rate(tmp_path: Path) -> None:
    """Is one finding: nothing is said of frames that are others."""
    frames = film()
    frames[CUTS[2]] = BLACK
    path = encode(tmp_path / "mega.mp4", frames, rate="25", key_frames=[0])
    assert found(path) == [("media-rate", 0, "")]


def test_a_rate_that_varies(tmp_path: Path) -> None:
    """Is none, whatever its mean: the first frame that is not at its time is named."""
    uneven = ("-vf", "settb=1/24000,setpts=PTS+mod(N\\,2)*300", "-fps_mode", "vfr")
    options = (*uneven, "-enc_time_base", "1:24000")
    path = encode(tmp_path / "mega.mp4", film(), options=options)
    (finding,) = check_media(path, TIMELINE, CHECKED)
    assert (finding.rule, finding.found) == (
        "media-rate",
        "a variable frame rate, from frame 1 on",
    )


def test_one_frame_short(tmp_path: Path) -> None:
    """At the tail it is one finding, where the media ends."""
    path = encode(tmp_path / "mega.mp4", film()[:-1])
    (finding,) = check_media(path, TIMELINE, CHECKED)
    assert (finding.rule, finding.frame) == ("media-length", 95)
    assert (finding.expected, finding.found) == ("96 frames", "95 frames")


def test_one_frame_lost_in_the_middle(tmp_path: Path) -> None:
    """All later cuts are a frame early, which has one cause and is told once."""
    frames = film()
    del frames[10]
    findings = check_media(encode(tmp_path / "mega.mp4", frames), TIMELINE, CHECKED)
    assert [(finding.rule, finding.frame) for finding in findings] == [
        ("media-flash-frame", 23),
        ("media-length", 95),
    ]
    assert findings[0].found == "ends with 1 frame of aurora-clip-2; and at 4 other clips"


def test_another_size(tmp_path: Path) -> None:
    """Is told where the sequence's size is known."""
    path = encode(tmp_path / "mega.mp4", film())
    assert found(path, FrameSize(1920, 1080)) == [("media-size", 0, "")]


def test_a_key_frame_that_is_missing(tmp_path: Path) -> None:
    """At one clip's start."""
    path = encode(tmp_path / "mega.mp4", film(), key_frames=[cut for cut in CUTS if cut != 36])
    assert found(path) == [("media-key-frame", 36, "aurora-clip-3")]


def test_no_key_frames_but_the_first(tmp_path: Path) -> None:
    """Are one finding that counts the clips, and the fix says how often one is needed."""
    path = encode(tmp_path / "mega.mp4", film(), key_frames=[0])
    (finding,) = check_media(path, TIMELINE, CHECKED)
    assert (finding.rule, finding.frame, finding.clip) == ("media-key-frame", 24, "aurora-clip-2")
    assert finding.found == "no key frame; and at 4 other clips"
    assert "every 12 frames" in finding.fix


Plant: TypeAlias = Callable[[list[Frame]], None]


def late(frames: list[Frame], by: int) -> None:
    """The cut at 48 comes late: the clip before runs on."""
    frames[48 : 48 + by] = [frame_of(2, 12 + number, 18.0) for number in range(by)]


def early(frames: list[Frame], by: int) -> None:
    """The cut at 48 comes early: the clip behind starts before it."""
    frames[48 - by : 48] = [frame_of(3, number - by, 18.0) for number in range(by)]


def of_another_shot(frames: list[Frame]) -> None:
    """The clip at 48 was cut a frame too early in its footage."""
    frames[48] = frame_of(9, 0, 18.0)


def black_head(frames: list[Frame]) -> None:
    """The clip at 48 starts with a black frame."""
    frames[48] = BLACK


def black_tail(frames: list[Frame]) -> None:
    """The clip before 48 ends with two."""
    frames[46:48] = [BLACK, BLACK]


@pytest.mark.parametrize(
    ("plant", "rule", "frame", "clip", "says"),
    [
        (lambda f: late(f, 1), "media-flash-frame", 48, "harbor-clip-1", "1 frame of aurora"),
        (lambda f: late(f, 2), "media-flash-frame", 48, "harbor-clip-1", "2 frames of aurora"),
        (lambda f: early(f, 1), "media-flash-frame", 47, "aurora-clip-3", "1 frame of harbor"),
        (lambda f: early(f, 2), "media-flash-frame", 46, "aurora-clip-3", "2 frames of harbor"),
        (of_another_shot, "media-flash-frame", 48, "harbor-clip-1", "1 frame of another shot"),
        (black_head, "media-black-edge", 48, "harbor-clip-1", "starts with 1 frame of black"),
        (black_tail, "media-black-edge", 46, "aurora-clip-3", "ends with 2 frames of black"),
    ],
)
def test_a_picture_at_a_cut_that_is_not_the_clips(
    plant: Plant, rule: str, frame: int, clip: str, says: str, tmp_path: Path
) -> None:
    """Is found where it is, among noisy moving pictures, and says whose it is."""
    frames = film()
    plant(frames)
    (finding,) = check_media(encode(tmp_path / "mega.mp4", frames), TIMELINE, CHECKED)
    assert (finding.rule, finding.frame, finding.clip) == (rule, frame, clip)
    assert says in finding.found


def test_a_clip_that_fades_in_is_black_once() -> None:
    """However long the black is: of more frames than are looked at it says at least so many."""
    stats = {frame: FrameStats(3, None) for frame in range(24, 29)}
    (finding,) = check_black_edges(TIMELINE, CHECKED.clips, stats)
    assert finding.found == "starts with at least 5 frames of black"


@pytest.mark.parametrize(
    "changes",
    [
        [1.0] * 9,
        [1, 1, 1, 1, 80, 1, 1, 1, 1],
        [14, 15, 14, 16, 14, 15, 40, 15, 14],
        [0, 20, 0, 20, 0, 20, 0, 20, 0],
        [1, 1, 1, 1, 60, 70, 70, 1, 1],
        [1, 60, 1, 1, 60, 1, 1, 1, 1],
        [1, 1, 1, 1, 2, 9, 1, 1, 1],
    ],
    ids=["still", "clean cut", "fast pan", "on twos", "strobe", "cut inside", "soft change"],
)
def test_what_is_no_flash_frame(changes: list[float]) -> None:
    """The changes at frames 44 to 52, of which 48 is a cut."""
    stats = {44 + at: FrameStats(200, change) for at, change in enumerate(changes)}
    assert list(check_flash_frames(TIMELINE, CHECKED.clips, stats)) == []


def test_a_file_that_is_no_video(tmp_path: Path) -> None:
    """Is an error with the file's name, since there is nothing to find in it."""
    text = tmp_path / "notes.mp4"
    text.write_text("not a film")
    for path in (text, tmp_path / "nowhere.mp4", tmp_path):
        with pytest.raises(MediaError) as caught:
            check_media(path, TIMELINE, CHECKED)
        assert caught.value.where == str(path)
        assert caught.value.fix


def test_a_file_cut_short(tmp_path: Path) -> None:
    """A copy that broke off has fewer frames than its header says: that is a finding."""
    path = encode(tmp_path / "mega.mp4", film(), options=("-movflags", "+faststart"))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    ((rule, frame, _),) = found(path)
    assert rule == "media-format"
    assert 40 < frame < 90


def test_every_rule_is_listed() -> None:
    """By the id its findings carry."""
    assert list(MEDIA_RULES) == [
        "media-rate",
        "media-format",
        "media-size",
        "media-length",
        "media-key-frame",
        "media-flash-frame",
        "media-black-edge",
    ]
