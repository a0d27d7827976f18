"""Every kind of media through every door: the right pictures and sound, or the same refusal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from fixtures.media_kinds import FILM_KINDS, MUSIC_KINDS, FilmKind, MusicKind
from player_stub import verify_film
from player_stub.render.settings import ReelMedia
from sizzle.errors import MediaError
from sizzle.media.gate import video_problems
from sizzle.media.probe import probe_video
from tests.made_once import made_once
from tests.media import doors
from tests.media.reader import check_film, tones
from tests.player_stub import synthetic

_MOVIES = (".mov", ".mkv", ".avi", ".mpg", ".mxf")  # whose codecs an MP4 may not take


@pytest.fixture(scope="module")
def bed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five seconds of music."""

    def make(folder: Path) -> Path:
        return synthetic.write_wav(folder / "bed.wav", synthetic.music(5))

    return made_once(tmp_path_factory, "kinds-bed", make)


def every(kinds: tuple[FilmKind, ...], *names: str) -> list[object]:
    """All kinds for the full tests, and these for every run."""
    return [
        pytest.param(kind, id=kind.name, marks=[] if kind.name in names else [pytest.mark.full])
        for kind in kinds
    ]


PLAYED = tuple(kind for kind in FILM_KINDS if kind.refused is None)
REFUSED = tuple(kind for kind in FILM_KINDS if kind.refused is not None)


@pytest.mark.parametrize("kind", every(PLAYED, "turned-anamorphic.mp4", "bt2020-8.mp4"))
def test_a_film_is_shown_right_by_every_door(kind: FilmKind, bed: Path, tmp_path: Path) -> None:
    """The same pictures, upright and in the right colours, each frame at its place."""
    path, rate = kind.make(tmp_path), kind.rate
    assert doors.ingest(path, rate) == []
    check_film(doors.packaged(path, bed, rate, tmp_path / "packages"), kind.size)
    built = doors.built(path, rate, tmp_path)
    assert isinstance(built, Path), built
    check_film(built, kind.size)
    encoded = doors.rendered(path, bed, rate, tmp_path / "encoded.mp4", reencode=True)
    check_film(encoded, kind.size, doors.SHOWN)
    suffix = ".mov" if path.suffix in _MOVIES else ".mp4"
    copied = doors.rendered(path, bed, rate, tmp_path / f"copied{suffix}", reencode=False)
    # What is copied stays without tags, where the media has none.
    untagged = 1 if kind.colours == "untagged bt709" else 6
    check_film(copied, kind.size, doors.SHOWN, untagged)


@pytest.mark.parametrize("kind", every(REFUSED, "mbaff.mp4"))
def test_a_film_is_refused_by_every_door_alike(kind: FilmKind, bed: Path, tmp_path: Path) -> None:
    """With the same reason, and with what to do."""
    path, rate = kind.make(tmp_path), kind.rate
    problem = video_problems(probe_video(path))[0]
    assert problem.kind == kind.refused
    assert any(problem.found in each for each in doors.ingest(path, rate))
    built = doors.built(path, rate, tmp_path)
    assert isinstance(built, list)
    assert any(problem.found in each for each in built)
    film = tmp_path / "film.mp4"
    uses: list[Callable[[], Path]] = [
        lambda: doors.packaged(path, bed, rate, tmp_path / "packages"),
        lambda: doors.rendered(path, bed, rate, film, reencode=False),
        lambda: doors.rendered(path, bed, rate, film, reencode=True),
    ]
    for use in uses:
        with pytest.raises(MediaError) as caught:
            use()
        assert problem.what in caught.value.what
        assert caught.value.where == str(path)
    assert not film.exists()


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, id=kind.name, marks=[] if "mono" in kind.name else [pytest.mark.full])
        for kind in MUSIC_KINDS
    ],
)
def test_music_is_heard_alike_packaged_and_rendered(kind: MusicKind, tmp_path: Path) -> None:
    """The first two channels at full level on their sides, or the same refusal."""
    film = next(each for each in FILM_KINDS if each.name == "24.mp4").make(tmp_path)
    music = kind.make(tmp_path)

    def packaged() -> Path:
        return doors.packaged(film, music, "24", tmp_path / "packages").with_name("bed-main.mp4")

    def rendered() -> Path:
        return doors.rendered(film, music, "24", tmp_path / "film.mp4", reencode=False)

    for use in (packaged, rendered):
        if kind.refused:
            with pytest.raises(MediaError, match="channel"):
                use()
            continue
        heard = tones(use(), kind.channels[:2])
        sides = np.eye(2) if len(kind.channels) > 1 else np.ones((len(heard), 1))
        assert np.abs(heard - 0.25 * sides).max() < 0.015


@pytest.mark.full
@pytest.mark.parametrize("tag", ["hvc1", "hev1"])
@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_the_tag_of_hevc_is_kept(tag: str, suffix: str, bed: Path, tmp_path: Path) -> None:
    """Apple's players take `hvc1` only."""
    x265 = "crf=20:keyint=12:min-keyint=12:open-gop=0:scenecut=0:log=0"
    coding = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", x265, "-tag:v", tag)
    path = FilmKind(f"closed.{suffix}", "HEVC in closed GOPs", coding).make(tmp_path)
    film = doors.rendered(path, bed, "24", tmp_path / f"film.{suffix}", reencode=False)
    with av.open(str(film)) as container:
        assert container.streams.video[0].codec_context.codec_tag == tag


@pytest.mark.full
@pytest.mark.parametrize("name", ["rot90.mp4", "anamorphic.mp4", "full.mp4", "open.mp4"])
def test_films_of_unusual_media_are_verified(name: str, bed: Path, tmp_path: Path) -> None:
    """Turned upright, in square pixels or in video range, the frames are still those meant."""
    kind = next(each for each in FILM_KINDS if each.name == name)
    path = kind.make(tmp_path)
    for reencode in (False, True):
        film = doors.rendered(path, bed, "24", tmp_path / "film.mp4", reencode=reencode)
        found = verify_film(doors.reel_of("24"), film, ReelMedia(path, bed))
        assert found.passed, [each for each in found.checks if not each.passed]
