"""Cuts are read from any container, and what cannot be copied is named with its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from player_stub import ReelMedia, render
from sizzle.errors import MediaError
from sizzle.process import ffmpeg, run
from sizzle.timecode import FrameRate
from tests.player_stub import kit


@pytest.mark.parametrize("suffix", ["mov", "mkv"])
def test_reads_other_containers(media: ReelMedia, tmp_path: Path, suffix: str) -> None:
    """Media whose time stamps are milliseconds, or that has audio of its own, is cut as exactly."""
    video = tmp_path / f"video.{suffix}"
    inputs = ["-i", str(media.video), "-i", str(media.bed)]
    run([ffmpeg(), *inputs, "-c:v", "copy", "-c:a", "aac", str(video)], timeout=60)
    reel = kit.reel_of((186, 266), (40, 60), (106, 146))
    assert kit.shown(render(reel, ReelMedia(video, video), tmp_path / "film.mp4").path) == (
        kit.expected(reel)
    )


def test_names_the_cut_that_is_not_on_a_key_frame(media: ReelMedia, tmp_path: Path) -> None:
    """The error says which cut, where the nearest key frames are, and how to export."""
    reel = kit.reel_of((0, 40), (150, 186))
    with pytest.raises(MediaError) as raised:
        render(reel, media, tmp_path / "film.mp4")
    assert raised.value.where == "cut title-150-clip-1 at 00:00:01:16 of the reel"
    assert "media frame 150 (01:00:06:06)" in raised.value.what
    assert "the nearest are 146 and 186" in raised.value.what
    assert "closed GOP and a key frame at each clip's start" in raised.value.fix


def test_names_the_cut_that_ends_inside_a_gop(media: ReelMedia, tmp_path: Path) -> None:
    """A cut whose last frames are encoded with one behind it cannot be copied, and says so."""
    with pytest.raises(MediaError, match=r"\[0, 38\) cannot be copied without media frame 3[89]"):
        render(kit.reel_of((0, 38)), media, tmp_path / "film.mp4")


def test_refuses_an_open_gop(tmp_path: Path, media: ReelMedia) -> None:
    """A key frame whose first frames lean on the GOP before it is no place to cut."""
    x264 = "keyint=20:min-keyint=20:scenecut=0:open-gop=1:bframes=3:threads=1"
    video = kit.write_video(tmp_path / "open.mp4", range(60), x264=x264)
    with pytest.raises(MediaError, match="closed GOP"):
        render(kit.reel_of((20, 40)), ReelMedia(video, media.bed), tmp_path / "film.mp4")


def test_refuses_a_cut_past_the_end(media: ReelMedia, tmp_path: Path) -> None:
    """The error names the media and the frame at which it ends."""
    with pytest.raises(MediaError, match=r"\[306, 346\) are not all in .*video.mp4, .* at 320"):
        render(kit.reel_of((306, 346)), media, tmp_path / "film.mp4")


def test_refuses_media_of_another_rate(media: ReelMedia, tmp_path: Path) -> None:
    """24 is not 24000/1001."""
    with pytest.raises(MediaError, match="24000/1001 frames a second, the reel counts 24"):
        render(kit.reel_of((0, 40), rate=FrameRate(24)), media, tmp_path / "film.mp4")
