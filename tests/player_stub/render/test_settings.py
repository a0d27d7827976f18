"""Options change what they name and nothing else: every frame stays the one named, at its time."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from player_stub import ReelMedia, RenderSettings, render_reel, verify_film
from player_stub.render.loudness import HIGHEST_PEAK, measure
from player_stub.render.settings import Audio
from sizzle.process import ffmpeg, run
from sizzle.reel.timecode_list import TimecodeList
from tests.player_stub import synthetic


@pytest.fixture(scope="module")
def talkie(media: ReelMedia, tmp_path_factory: pytest.TempPathFactory) -> ReelMedia:
    """The asset with a sound of its own: a second of tone in every two."""
    seconds = np.arange(14 * 48_000) / 48_000
    tone = np.sin(2 * np.pi * 900 * seconds) * (seconds % 2 < 1) * 0.4
    folder = tmp_path_factory.mktemp("talkie")
    wav = synthetic.write_wav(folder / "tone.wav", np.array([tone], np.float32))
    video = folder / "video.mp4"
    inputs = ["-i", str(media.video), "-i", str(wav)]
    run([ffmpeg(), *inputs, "-c:v", "copy", "-c:a", "aac", "-shortest", str(video)], timeout=60)
    return ReelMedia(video, media.bed)


def heard(path: Path) -> synthetic.Samples:
    """A film's audio as it plays, mono."""
    with av.open(str(path)) as film:
        return np.concatenate([f.to_ndarray().mean(axis=0) for f in film.decode(audio=0)])


@pytest.mark.parametrize(
    "settings",
    [
        RenderSettings(reencode=True),
        RenderSettings(size=(320, 200)),
        RenderSettings(burn_in=True),
        RenderSettings(title_cards=True),
    ],
    ids=["reencode", "size", "burn-in", "title cards"],
)
def test_drawn_films_are_exact(
    media: ReelMedia, reel: TimecodeList, tmp_path: Path, settings: RenderSettings
) -> None:
    """Each frame is encoded once, at exactly its time, with a key frame at each cut."""
    made = render_reel(reel, media, tmp_path / "film.mp4", settings)
    assert made.encoded == reel.duration.frame
    with av.open(str(made.path)) as film:
        stream = film.streams.video[0]
        size = (stream.codec_context.width, stream.codec_context.height)
        keys = [packet.pts for packet in film.demux(stream) if packet.is_keyframe]
    assert size == (settings.size or synthetic.SIZE)
    assert {1001 * cut.record.start.frame for cut in reel.cuts} <= {*keys}
    shown, expected = synthetic.shown(made.path), synthetic.expected(reel)
    assert [time for _, time in shown] == [time for _, time in expected]
    if settings.size is None:  # a letterboxed barcode is not where it is read
        assert [number for number, _ in shown] == [number for number, _ in expected]


def rows(path: Path, frame: int) -> np.ndarray:
    """A frame's luma."""
    with av.open(str(path)) as film:
        for index, picture in enumerate(film.decode(video=0)):
            if index == frame:
                return picture.to_ndarray(format="gray").astype(int)
    raise AssertionError


def test_letters_stand_over_the_picture(
    media: ReelMedia, reel: TimecodeList, tmp_path: Path
) -> None:
    """The burn-in changes from frame to frame, at the top; the card names the title, then goes."""
    plain = render_reel(reel, media, tmp_path / "plain.mp4", RenderSettings(reencode=True)).path
    burnt = render_reel(reel, media, tmp_path / "burnt.mp4", RenderSettings(burn_in=True)).path
    cards = render_reel(reel, media, tmp_path / "cards.mp4", RenderSettings(title_cards=True)).path
    written = np.abs(rows(burnt, 60) - rows(plain, 60)) > 40
    assert written[:48].any()
    assert not written[48:].any()
    carded = np.abs(rows(cards, 60) - rows(plain, 60)) > 40
    assert carded[90:].any()
    assert not (np.abs(rows(cards, 100) - rows(plain, 100)) > 40).any()


def test_black_fills_what_the_picture_does_not(
    media: ReelMedia, reel: TimecodeList, tmp_path: Path
) -> None:
    """A wide picture in a tall film keeps its shape, in the middle."""
    film = render_reel(reel, media, tmp_path / "film.mp4", RenderSettings(size=(256, 256))).path
    luma = rows(film, 0)
    assert luma[:50].max() < 24
    assert luma[-50:].max() < 24
    assert luma[60:190].mean() > 60


def test_the_sound_fades_at_the_end(media: ReelMedia, reel: TimecodeList, tmp_path: Path) -> None:
    """The last two seconds of ten get ever quieter, the rest is as it was."""
    plain = heard(render_reel(reel, media, tmp_path / "plain.mp4").path)
    faded = heard(
        render_reel(reel, media, tmp_path / "f.mp4", RenderSettings(fade=Fraction(2))).path
    )
    assert len(faded) == len(plain)
    quieter = [
        np.sqrt(np.mean(faded[at : at + 24_000] ** 2) / np.mean(plain[at : at + 24_000] ** 2))
        for at in range(0, len(plain) - 24_000, 24_000)
    ]
    assert quieter[:15] == pytest.approx([1] * 15, abs=0.02)
    assert all(after < before for before, after in pairwise(quieter[15:]))
    assert np.abs(faded[-200:]).max() < 0.01


def test_clips_sound_as_long_as_they_are_seen(talkie: ReelMedia, tmp_path: Path) -> None:
    """Over many odd cuts no sound is early or late by more than a sample: none adds to the next."""
    cuts = [(start, start + 7 + start % 5) for start in range(48, 288, 48)]
    reel = synthetic.reel_of(*cuts * 4)
    film = heard(
        render_reel(reel, talkie, tmp_path / "film.mp4", RenderSettings(audio="clips")).path
    )
    source = heard(talkie.video)
    for cut in reel.cuts:
        record, start = round(cut.record.start.frame * 2002), round(cut.source.start.frame * 2002)
        ours, theirs = film[record + 600 : record + 9000], source[start + 600 : start + 9000]
        assert np.sqrt(np.mean((ours - theirs) ** 2)) < 0.03


def test_the_bed_gives_way_to_clips(talkie: ReelMedia, tmp_path: Path) -> None:
    """Under the clips' tone the bed is at least 6 dB lower than where they are silent."""
    reel = synthetic.reel_of((0, 288))
    bed = heard(render_reel(reel, talkie, tmp_path / "bed.mp4").path)
    mix = heard(render_reel(reel, talkie, tmp_path / "mix.mp4", RenderSettings(audio="mix")).path)
    seconds = np.arange(len(bed)) / 48_000
    cycles = np.exp(2j * np.pi * 900 * seconds)

    def bed_level(start: float) -> float:
        """Of half a second, without the tone."""
        part = slice(int(start * 48_000), int((start + 0.5) * 48_000))
        tone = 2 * np.real(np.mean(mix[part] * cycles[part].conj()) * cycles[part])
        rest = (mix[part] - tone) @ bed[part] / (bed[part] @ bed[part])
        return float(rest)

    assert bed_level(2.4) < 0.5 * bed_level(3.45)
    assert bed_level(3.45) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("target", [-23.0, -14.0])
def test_sound_is_brought_to_a_loudness(
    media: ReelMedia, reel: TimecodeList, tmp_path: Path, target: float
) -> None:
    """Within EBU R128's half LU, and no true peak over its limit."""
    film = render_reel(reel, media, tmp_path / "film.mp4", RenderSettings(loudness=target)).path
    found = measure(film)
    assert found.integrated == pytest.approx(target, abs=0.5)
    assert found.peak <= HIGHEST_PEAK + 0.1


@pytest.mark.parametrize("audio", ["clips", "mix"])
def test_mixed_sound_verifies(media: ReelMedia, tmp_path: Path, audio: Audio) -> None:
    """It is in sync with the same mix made again, which it asks for, but not with the bed alone."""
    tune = synthetic.write_wav(tmp_path / "tune.wav", synthetic.music(25)[:, ::-1])
    video = tmp_path / "video.mp4"
    inputs = ["-i", str(media.video), "-i", str(tune)]
    run([ffmpeg(), *inputs, "-c:v", "copy", "-c:a", "aac", "-shortest", str(video)], timeout=60)
    reel, sung = synthetic.reel_of((0, 61), (106, 186), (186, 266)), ReelMedia(video, media.bed)
    film = render_reel(reel, sung, tmp_path / "film.mp4", RenderSettings(audio=audio)).path
    proof = verify_film(reel, film, sung)
    assert [check for check in proof.checks if not check.passed] == []
    if audio == "clips":
        assert not verify_film(reel, film, sung, RenderSettings()).passed
