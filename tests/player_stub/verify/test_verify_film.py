"""Clean reels pass, and each planted fault fails the checks that name it, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from player_stub import ReelMedia, RenderSettings, Verification, render_reel, verify_film
from sizzle.errors import MediaError
from sizzle.process import ffmpeg, run
from sizzle.reel.timecode_list import TimecodeList
from tests.player_stub import synthetic
from tests.player_stub.verify.checks import check_named

LATE = 1920  # samples in 40 ms
GAP = 480  # samples in 10 ms


@pytest.fixture(scope="module")
def music(media: ReelMedia) -> synthetic.Samples:
    """The bed's samples, from 1 s before the reel's range on."""
    return synthetic.music(25)


@pytest.fixture(scope="module")
def sound(music: synthetic.Samples, reel: TimecodeList) -> synthetic.Samples:
    """What the reel should sound like."""
    start, end = (moment.frame * 2002 for moment in (reel.bed.range.start, reel.bed.range.stop))
    return music[:, start:end]


def failed(verification: Verification) -> set[str]:
    """The names of the checks that failed."""
    return {check.name for check in verification.checks if not check.passed}


def test_a_clean_reel_passes(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """Every check passes, and the offset is measured to a thousandth of a millisecond."""
    proof = verify_film(reel, film, media)
    assert failed(proof) == set()
    assert proof.passed
    assert (proof.frames, proof.faults) == (240, ())
    assert proof.audio_seconds == pytest.approx(240 * 1001 / 24000)
    assert proof.max_offset_ms == pytest.approx(0, abs=1e-3)
    assert proof.drift_ms_per_minute == pytest.approx(0, abs=0.05)


@pytest.mark.parametrize("bed_start", [0, 17, 301])
def test_a_very_short_reel_passes(media: ReelMedia, tmp_path: Path, bed_start: int) -> None:
    """Twenty frames, under a second, are enough to measure offset and drift."""
    reel = synthetic.reel_of((40, 60), bed_start=bed_start)
    film = render_reel(reel, media, tmp_path / "film.mp4").path
    assert failed(verify_film(reel, film, media)) == set()


def test_windows_cover_the_whole_reel(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """They overlap, the first starts with the reel and the last ends with it."""
    windows = verify_film(reel, film, media).windows
    assert windows[0].start == 0
    assert windows[-1].start + windows[-1].duration == pytest.approx(240 * 1001 / 24000)
    for earlier, later in pairwise(windows):
        assert later.start < earlier.start + earlier.duration
    assert [window.offset_ms for window in windows] == pytest.approx([0.0] * 10, abs=1e-3)


def test_is_all_json(reel: TimecodeList, media: ReelMedia, film: Path) -> None:
    """A program reads the same as a person."""
    report = json.loads(json.dumps(verify_film(reel, film, media).to_json()))
    assert report["passed"] is True
    assert report["checks"][0]["name"] == "frames"
    assert report["windows"][0]["timecode"] == "00:00:00:00"


def late(music: synthetic.Samples, start: int, length: int) -> synthetic.Samples:
    """Music that comes 40 ms late."""
    return music[:, start - LATE :][:, :length]


def drifting(music: synthetic.Samples, start: int, length: int) -> synthetic.Samples:
    """Music that is 5 ms later every minute, as by a clock that runs slow."""
    at = start + np.arange(length) * (1 - 0.005 / 60)
    return np.asarray([np.interp(at, np.arange(music.shape[1]), music[0])], np.float32)


def silenced(music: synthetic.Samples, start: int, length: int) -> synthetic.Samples:
    """Music with 10 ms of silence in it, in step before and after."""
    cut = music[:, start : start + length].copy()
    cut[:, 200_000 : 200_000 + GAP] = 0
    return cut


def clicking(music: synthetic.Samples, start: int, length: int) -> synthetic.Samples:
    """Music with a click of a few samples in it, as where two pieces are joined badly."""
    cut = music[:, start : start + length].copy()
    cut[:, 200_200:200_203] += 0.7
    return cut


def skipping(music: synthetic.Samples, start: int, length: int) -> synthetic.Samples:
    """Music out of which 10 ms are lost, so that the rest is early."""
    cut = music[:, start : start + length + GAP]
    return np.delete(cut, np.s_[200_000 : 200_000 + GAP], axis=1)


def other(music: synthetic.Samples, start: int, length: int) -> synthetic.Samples:
    """Another part of the music."""
    return music[:, start + 300_000 :][:, :length]


def with_sound(film: Path, path: Path, sound: synthetic.Samples | None) -> Path:
    """A copy of a film's pictures over other sound, or over none."""
    with av.open(str(film)) as source, av.open(str(path), "w") as copy:
        pictures = source.streams.video[0]
        tracks = {pictures.index: copy.add_stream_from_template(pictures, opaque=True)}
        audio = None
        if sound is not None:
            audio = copy.add_stream("aac", rate=synthetic.SAMPLE_RATE, layout="mono")
        for packet in source.demux([pictures]):
            _copy(packet, tracks, copy)
        if audio is not None and sound is not None:
            for block in (*synthetic.audio_frames(sound), None):
                copy.mux(audio.encode(block))
    return path


@pytest.mark.parametrize(
    ("plant", "fails", "detail"),
    [
        (late, "audio offset", "From 00:00:00:00 on it is 40.0 ms late."),
        (drifting, "audio drift", ""),
        (silenced, "audio dropouts", "At 00:00:04:03 the film is silent for"),
        (skipping, "audio jumps", "The offset jumps by -10.0 ms between 00:00:0"),
        (clicking, "audio clicks", "At 00:00:04:03 the film clicks"),
        (other, "audio offset", "no match with the bed within 0.5 s"),
    ],
)
def test_names_faults_of_the_sound(
    reel: TimecodeList,
    media: ReelMedia,
    film: Path,
    music: synthetic.Samples,
    tmp_path: Path,
    plant: Callable[[synthetic.Samples, int, int], synthetic.Samples],
    fails: str,
    detail: str,
) -> None:
    """Each planted fault fails the one check that is for it, where it is."""
    sound = plant(music, reel.bed.range.start.frame * 2002, reel.duration.frame * 2002)
    sung = with_sound(film, tmp_path / "sung.mp4", sound)
    proof = verify_film(reel, sung, media)
    assert fails in failed(proof)
    # Where sound breaks off or goes on elsewhere, it clicks too, and is quieter for a moment.
    assert failed(proof) <= {fails, "audio drift", "audio clicks", "audio level"}
    assert detail in check_named(proof, fails).detail


def test_a_tolerance_is_kept(
    reel: TimecodeList, media: ReelMedia, film: Path, music: synthetic.Samples, tmp_path: Path
) -> None:
    """5 ms pass in a film of others, where half a frame may, but not where 1 ms is asked for."""
    start, length = reel.bed.range.start.frame * 2002, reel.duration.frame * 2002
    sung = with_sound(film, tmp_path / "sung.mp4", music[:, start - 240 :][:, :length])
    assert verify_film(reel, sung, media).passed
    assert failed(verify_film(reel, sung, media, tolerance_ms=1)) == {"audio offset"}


@pytest.mark.full
def test_a_film_is_verified_by_the_settings_that_it_says(
    reel: TimecodeList, media: ReelMedia, tmp_path: Path
) -> None:
    """Faded and normalized it passes, and fails as what it is not."""
    settings = RenderSettings(fade=Fraction(1), loudness=-23.0)
    film = render_reel(reel, media, tmp_path / "film.mp4", settings).path
    assert failed(verify_film(reel, film, media)) == set()
    assert "audio level" in failed(verify_film(reel, film, media, RenderSettings()))


@pytest.mark.full
def test_a_bed_of_six_channels_is_mixed_down_alike(
    reel: TimecodeList, media: ReelMedia, tmp_path: Path
) -> None:
    """For the film and for what it is compared with, at one level."""
    wide = tmp_path / "wide.wav"
    sides = "pan=5.1|FL=c0|FR=0.5*c0|FC=0.3*c0|LFE=0*c0|BL=0.4*c0|BR=0.2*c0"
    command = [ffmpeg(), "-v", "error", "-i", str(media.bed), "-af", sides, str(wide)]
    run(command, timeout=60)
    own = ReelMedia(media.video, wide)
    film = render_reel(reel, own, tmp_path / "film.mp4").path
    assert failed(verify_film(reel, film, own)) == set()


def test_measures_drift(
    reel: TimecodeList, media: ReelMedia, film: Path, music: synthetic.Samples, tmp_path: Path
) -> None:
    """5 ms a minute is measured as such within 10 s."""
    sound = drifting(music, reel.bed.range.start.frame * 2002, reel.duration.frame * 2002)
    sung = with_sound(film, tmp_path / "sung.mp4", sound)
    assert verify_film(reel, sung, media).drift_ms_per_minute == pytest.approx(5, abs=0.2)


def retimed(film: Path, output: Path, kind: str, delays: Callable[[int], int]) -> Path:
    """A copy of a film, the time stamps of one kind of packets moved by so many ticks each."""
    with av.open(str(film)) as source, av.open(str(output), "w") as copy:
        tracks = {s.index: copy.add_stream_from_template(s, opaque=True) for s in source.streams}
        for index, packet in enumerate(source.demux(source.streams.get({kind: 0}))):
            _move(packet, delays(index))
            _copy(packet, tracks, copy)
        others = [stream for stream in source.streams if stream.type != kind]
        source.seek(0)
        for packet in source.demux(others):
            _copy(packet, tracks, copy)
    return output


def _move(packet: av.Packet[av.stream.Stream], ticks: int) -> None:
    if packet.pts is not None and packet.dts is not None:
        packet.pts, packet.dts = packet.pts + ticks, packet.dts + ticks


def _copy(
    packet: av.Packet[av.stream.Stream],
    tracks: Mapping[int, av.stream.Stream],
    copy: av.container.OutputContainer,
) -> None:
    if packet.pts is not None:
        packet.stream = tracks[packet.stream.index]
        copy.mux(packet)


def test_names_a_gap_between_packets(
    reel: TimecodeList, media: ReelMedia, film: Path, tmp_path: Path
) -> None:
    """10 ms during which there is no audio are a gap, and the audio behind it is late."""
    gapped = retimed(film, tmp_path / "film.mp4", "audio", lambda n: GAP * (n >= 200))
    proof = verify_film(reel, gapped, media)
    found = failed(proof) - {"audio clicks", "audio level"}
    assert found == {"audio packets", "audio dropouts", "audio jumps"}
    assert "10.0 ms after the last one ends" in check_named(proof, "audio packets").detail


def test_names_frames_off_their_time(
    reel: TimecodeList, media: ReelMedia, film: Path, tmp_path: Path
) -> None:
    """A film whose later frames are shown a tick late fails, however right they are."""
    shaken = retimed(film, tmp_path / "film.mp4", "video", lambda n: int(n >= 120))
    proof = verify_film(reel, shaken, media)
    assert failed(proof) == {"frame times"}
    assert "Frame 120 is shown at 5.005042 s, not at 5.005000 s." in (
        check_named(proof, "frame times").detail
    )


def test_reports_a_silent_film(
    reel: TimecodeList, media: ReelMedia, film: Path, tmp_path: Path
) -> None:
    """Without audio nothing is proved of it."""
    silent = with_sound(film, tmp_path / "silent.mp4", None)
    assert failed(verify_film(reel, silent, media)) == {"audio track"}


def test_tells_windows_that_cannot_be_measured(
    reel: TimecodeList, media: ReelMedia, film: Path, music: synthetic.Samples, tmp_path: Path
) -> None:
    """A rest in the music passes, but not in silence: the windows are named."""
    rest = music.copy()
    start = reel.bed.range.start.frame * 2002
    rest[:, start + 100_000 : start + 250_000] = 0
    bed = synthetic.write_wav(tmp_path / "bed.wav", rest)
    sound = rest[:, start : start + 240 * 2002]
    sung = with_sound(film, tmp_path / "sung.mp4", sound)
    proof = verify_film(reel, sung, ReelMedia(media.video, bed))
    assert proof.passed
    assert "Not measured" in check_named(proof, "audio offset").detail
    assert "the film is silent" in check_named(proof, "audio offset").detail


def test_a_bed_of_one_tone_is_compared_where_it_should_be(
    reel: TimecodeList, media: ReelMedia, film: Path, tmp_path: Path
) -> None:
    """It is the same at many offsets, of which the right one passes and one beside them fails."""
    tone = np.array([np.sin(2 * np.pi * 440 * np.arange(25 * 48_000) / 48_000) / 2], np.float32)
    toned = ReelMedia(media.video, synthetic.write_wav(tmp_path / "bed.wav", tone))
    sung = with_sound(film, tmp_path / "sung.mp4", tone[:, 50 * 2002 :][:, : 240 * 2002])
    assert verify_film(reel, sung, toned).passed
    late = with_sound(film, tmp_path / "late.mp4", tone[:, 50 * 2002 - 1050 :][:, : 240 * 2002])
    proof = verify_film(reel, late, toned)
    assert "audio offset" in failed(proof)
    assert "the bed repeats itself" in check_named(proof, "audio offset").detail


@pytest.mark.parametrize("content", [None, b"", b"no film at all"])
def test_refuses_files_that_are_not_films(
    reel: TimecodeList, media: ReelMedia, tmp_path: Path, content: bytes | None
) -> None:
    """A film that cannot be read at all is an error, and not a failed check."""
    film = tmp_path / "film.mp4"
    if content is not None:
        film.write_bytes(content)
    with pytest.raises(MediaError, match="cannot be read"):
        verify_film(reel, film, media)


def test_refuses_a_missing_bed(
    reel: TimecodeList, media: ReelMedia, film: Path, tmp_path: Path
) -> None:
    """Nor can it be verified without the bed."""
    with pytest.raises(MediaError, match="cannot be read"):
        verify_film(reel, film, ReelMedia(media.video, tmp_path / "none.wav"))
