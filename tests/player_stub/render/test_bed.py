"""The bed is cut to the sample out of any file, and starts and ends with the picture."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from player_stub import ReelMedia, render_reel, verify_film
from sizzle.errors import MediaError
from sizzle.process import ffmpeg, run
from sizzle.reel.timecode_list import BedEntry, TimecodeList, to_moment
from tests.player_stub import synthetic


def test_audio_starts_with_the_picture_and_ends_with_it(film: Path, reel: TimecodeList) -> None:
    """Priming lies before zero, hidden by the edit list; the end is right to the sample."""
    with av.open(str(film)) as container:
        track = container.streams.audio[0]
        assert (track.start_time, track.duration) == (0, 240 * 2002)
        first = next(container.decode(track))
        assert first.pts == 0


@pytest.mark.parametrize(
    ("suffix", "options"),
    [("flac", []), ("m4a", ["-c:a", "aac"]), ("mp3", []), ("wav", ["-ac", "6"])],
)
def test_takes_a_bed_of_any_format(
    media: ReelMedia, tmp_path: Path, suffix: str, options: list[str]
) -> None:
    """44.1 kHz, stereo, surround, coded with delay or not: the bed is cut in step."""
    wav = synthetic.write_wav(
        tmp_path / "stereo.wav", synthetic.music(12, 44_100, channels=2), 44_100
    )
    bed = tmp_path / f"bed.{suffix}"
    run([ffmpeg(), "-i", str(wav), *options, str(bed)], timeout=60)
    reel = synthetic.reel_of((186, 266), (0, 40), bed_start=101)
    film = render_reel(reel, ReelMedia(media.video, bed), tmp_path / "film.mp4").path
    verification = verify_film(reel, film, ReelMedia(media.video, bed))
    assert [each for each in verification.checks if not each.passed] == []
    assert verification.max_offset_ms is not None
    assert verification.max_offset_ms < 0.1


def test_copies_a_bed_of_aac_bit_for_bit(media: ReelMedia, tmp_path: Path) -> None:
    """Every audio packet of the film is one of the bed's, so nothing was encoded again."""
    bed = tmp_path / "bed.m4a"
    run([ffmpeg(), "-i", str(media.bed), "-c:a", "aac", str(bed)], timeout=60)
    reel = synthetic.reel_of((186, 266), (0, 40), bed_start=101)
    film = render_reel(reel, ReelMedia(media.video, bed), tmp_path / "film.mp4").path
    stored, copied = _sound_packets(bed), _sound_packets(film)
    assert len(copied) * 1024 >= 120 * 2002
    assert " ".join(copied) in " ".join(stored)


def _sound_packets(path: Path) -> list[str]:
    with av.open(str(path)) as container:
        return [bytes(packet).hex() for packet in container.demux(audio=0) if packet.size]


def test_refuses_a_bed_that_ends_before_the_reel(media: ReelMedia, tmp_path: Path) -> None:
    """The error names the frames that there are; 25 s are 599."""
    with pytest.raises(MediaError, match=r"\[580, 620\) of bed main, .* the first 19 of them"):
        render_reel(synthetic.reel_of((0, 40), bed_start=580), media, tmp_path / "film.mp4")


def test_a_bed_that_loops_and_fades_is_rendered_so(media: ReelMedia, tmp_path: Path) -> None:
    """Two and a half rounds of it, and silence at the end; a film without the fade is not it."""
    reel = synthetic.reel_of((0, 160), (200, 280), (160, 200))
    bed = BedEntry(
        bed_id="main",
        range=reel.bed.range,
        loop=to_moment(synthetic.RATE, 112),
        fade=to_moment(synthetic.RATE, 48),
    )
    looped = reel.model_copy(update={"bed": bed})
    assert [str(each) for each in bed.rounds()] == ["[0, 112)", "[0, 112)", "[0, 56)"]
    film = render_reel(looped, media, tmp_path / "film.mp4").path
    assert [each for each in verify_film(looped, film, media).checks if not each.passed] == []
    with av.open(str(film)) as container:
        last = [frame.to_ndarray() for frame in container.decode(audio=0)][-2]
    assert float(np.abs(np.asarray(last)).max()) < 0.01
    plain = render_reel(reel, media, tmp_path / "plain.mp4").path
    assert not verify_film(looped, plain, media).passed
