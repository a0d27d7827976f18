"""Cuts are read from any container; what cannot be copied is encoded, and no frame more."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from player_stub import ReelMedia, render_reel
from sizzle.errors import MediaError
from sizzle.process import ffmpeg, run
from sizzle.timecode import FrameRate
from tests.player_stub import synthetic


@pytest.mark.parametrize("suffix", ["mov", "mkv"])
def test_reads_other_containers(media: ReelMedia, tmp_path: Path, suffix: str) -> None:
    """Media whose time stamps are milliseconds, or that has audio of its own, is cut as exactly."""
    video = tmp_path / f"video.{suffix}"
    inputs = ["-i", str(media.video), "-i", str(media.bed)]
    run([ffmpeg(), *inputs, "-c:v", "copy", "-c:a", "aac", str(video)], timeout=60)
    reel = synthetic.reel_of((186, 266), (40, 60), (106, 146))
    made = render_reel(reel, ReelMedia(video, video), tmp_path / "film.mp4")
    assert synthetic.shown(made.path) == synthetic.expected(reel)
    assert made.encoded == 0


@pytest.fixture(scope="module")
def long_gop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A camera file: 200 frames with a key frame every 40, wherever clips start."""
    path = tmp_path_factory.mktemp("camera") / "camera.mp4"
    return synthetic.write_video(path, range(200), range(0, 200, 40))


def decoded_by_ffmpeg(path: Path) -> list[int | None]:
    """What another program than the one that wrote it sees: the number on each frame."""
    copy = path.with_suffix(".mkv")
    run([ffmpeg(), "-y", "-i", str(path), "-c:v", "ffv1", "-an", str(copy)], timeout=60)
    return [number for number, _ in synthetic.shown(copy)]


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.integers(0, 150), st.integers(1, 50)).map(lambda t: (t[0], t[0] + t[1])),
        min_size=1,
        max_size=4,
    )
)
def test_any_cut_of_long_gops_is_exact(
    media: ReelMedia, long_gop: Path, tmp_path: Path, cuts: list[tuple[int, int]]
) -> None:
    """Wherever cuts fall, every frame is the one named at exactly its time."""
    reel = synthetic.reel_of(*cuts)
    made = render_reel(reel, ReelMedia(long_gop, media.bed), tmp_path / "film.mp4")
    assert synthetic.shown(made.path) == synthetic.expected(reel)


def test_encodes_only_what_it_must(media: ReelMedia, long_gop: Path, tmp_path: Path) -> None:
    """Whole GOPs inside a cut stay as they are, bit for bit; only frames around them change."""
    reel = synthetic.reel_of((30, 130), (0, 40), (75, 85))
    made = render_reel(reel, ReelMedia(long_gop, media.bed), tmp_path / "film.mp4")
    with av.open(str(long_gop)) as source, av.open(str(made.path)) as film:
        stored = {bytes(packet) for packet in source.demux(video=0) if packet.size}
        copied = [bytes(packet) in stored for packet in film.demux(video=0) if packet.size]
    # 10 frames before the key frame at 40, at most 4 behind the last that B-frames let be copied.
    assert 10 + 5 <= copied.count(False) == made.encoded <= 10 + 5 + 4 + 4
    assert decoded_by_ffmpeg(made.path) == reel.source_frames()


def test_describes_copied_and_encoded_frames_as_one_stream(
    media: ReelMedia, long_gop: Path, tmp_path: Path
) -> None:
    """One track with the size, pixels and profile of the media, each frame as long as the next."""
    film = render_reel(
        synthetic.reel_of((30, 130)), ReelMedia(long_gop, media.bed), tmp_path / "film.mp4"
    )
    with av.open(str(long_gop)) as source, av.open(str(film.path)) as made:
        ours, theirs = made.streams.video[0].codec_context, source.streams.video[0].codec_context
        assert (ours.width, ours.height, ours.pix_fmt, ours.profile) == (
            theirs.width,
            theirs.height,
            theirs.pix_fmt,
            theirs.profile,
        )
        durations = {packet.duration for packet in made.demux(video=0) if packet.size}
    assert len(durations) == 1


def test_cuts_at_open_gops(tmp_path: Path, media: ReelMedia) -> None:
    """Copying cannot start at a key frame whose first frames depend on the GOP before it."""
    x264 = "keyint=20:min-keyint=20:scenecut=0:open-gop=1:bframes=3:threads=1"
    video = synthetic.write_video(tmp_path / "open.mp4", range(60), x264=x264)
    reel = synthetic.reel_of((20, 40), (0, 60), (5, 25))
    made = render_reel(reel, ReelMedia(video, media.bed), tmp_path / "film.mp4")
    assert decoded_by_ffmpeg(made.path) == reel.source_frames()
    assert 40 <= made.encoded < 60


@pytest.mark.parametrize("suffix", [".mov", ".mp4"])
def test_takes_prores(media: ReelMedia, tmp_path: Path, suffix: str) -> None:
    """Every frame of ProRes can be copied into a movie; an MP4 cannot hold it, so it is encoded."""
    video = tmp_path / "prores.mov"
    encode = ["-c:v", "prores_ks", "-profile:v", "proxy", "-video_track_timescale", "24000"]
    run([ffmpeg(), "-i", str(media.video), *encode, str(video)], timeout=60)
    reel = synthetic.reel_of((30, 70), (7, 12))
    made = render_reel(reel, ReelMedia(video, media.bed), tmp_path / f"film{suffix}")
    assert [number for number, _ in synthetic.shown(made.path)] == reel.source_frames()
    assert made.encoded == (0 if suffix == ".mov" else 45)


def test_refuses_a_cut_past_the_end(media: ReelMedia, tmp_path: Path) -> None:
    """The error names the media and the frame at which it ends."""
    with pytest.raises(MediaError, match=r"video.mp4: .*\[306, 346\).*: frame 320 is"):
        render_reel(synthetic.reel_of((306, 346)), media, tmp_path / "film.mp4")


def test_refuses_media_of_another_rate(media: ReelMedia, tmp_path: Path) -> None:
    """24 is not 24000/1001."""
    with pytest.raises(MediaError, match="24000/1001 frames per second, the reel 24"):
        render_reel(synthetic.reel_of((0, 40), rate=FrameRate(24)), media, tmp_path / "film.mp4")
