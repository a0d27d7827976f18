"""`sizzle render`: one reel or many, whole or not at all."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

import pytest

from player_stub import ReelMedia
from tests.command_line import SIZZLE, sizzle
from tests.player_stub import synthetic

pytestmark = pytest.mark.first


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> ReelMedia:
    """200 frames with a key frame every 20, and music."""
    folder = tmp_path_factory.mktemp("asset")
    return ReelMedia(
        video=synthetic.write_video(folder / "video.mp4", range(200), range(0, 200, 20)),
        bed=synthetic.write_wav(folder / "bed.wav", synthetic.music(60)),
    )


def reel_file(path: Path, *cuts: tuple[int, int]) -> Path:
    """A timecode list."""
    path.write_text(synthetic.reel_of(*cuts).model_dump_json())
    return path


def given(media: ReelMedia) -> list[str]:
    """The media as arguments."""
    return ["--video", str(media.video), "--bed", str(media.bed)]


def test_renders_many_reels_at_once(media: ReelMedia, tmp_path: Path) -> None:
    """Each into the folder under its list's name; one that cannot be made stops no other."""
    lists = [
        reel_file(tmp_path / "ada.json", (0, 40), (100, 120)),
        reel_file(tmp_path / "ben.json", (160, 240)),
        reel_file(tmp_path / "cleo.json", (20, 60)),
    ]
    films = tmp_path / "films"
    films.mkdir()
    answer = sizzle("render", *lists, "--out", films, *given(media), "--json")
    assert answer.returncode == 2
    assert sorted(path.name for path in films.iterdir()) == ["ada.mp4", "cleo.mp4"]
    ada, ben, cleo = json.loads(answer.stdout)
    assert (ada["frames"], ada["encoded"], cleo["frames"]) == (60, 0, 40)
    assert "not all in" in ben["error"]
    assert "fix: render from the complete media" in answer.stderr
    numbers = [number for number, _ in synthetic.shown(films / "ada.mp4")]
    assert numbers == [*range(40), *range(100, 120)]


def test_refuses_two_reels_of_one_name(media: ReelMedia, tmp_path: Path) -> None:
    """The second would overwrite the first."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    lists = [reel_file(tmp_path / folder / "ada.json", (0, 20)) for folder in ("a", "b")]
    answer = sizzle("render", *lists, "--out", tmp_path, *given(media))
    assert answer.returncode == 2
    assert "same name" in answer.stderr


@pytest.mark.parametrize("size", ["640", "0x0", "12x-4"])
def test_refuses_an_invalid_size(media: ReelMedia, tmp_path: Path, size: str) -> None:
    """Before anything is rendered."""
    listed = reel_file(tmp_path / "ada.json", (0, 20))
    film = tmp_path / "a.mp4"
    answer = sizzle("render", listed, "--out", film, *given(media), "--size", size)
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr
    assert not film.exists()


@pytest.mark.parametrize(
    ("count", "number"),
    [
        pytest.param(1, signal.SIGTERM, marks=pytest.mark.full),
        pytest.param(1, signal.SIGKILL),
        pytest.param(2, signal.SIGTERM),
    ],
    ids=["one, SIGTERM", "one, SIGKILL", "two, SIGTERM"],
)
def test_a_killed_render_leaves_no_half_film(
    media: ReelMedia, tmp_path: Path, count: int, number: signal.Signals
) -> None:
    """Killed while it writes, no output exists under its name; terminated, nothing is left."""
    cuts = [(0, 200)] * 7
    lists = [reel_file(tmp_path / f"reel-{index}.json", *cuts) for index in range(count)]
    films = tmp_path / "films"
    films.mkdir()
    options = ["--out", str(films), *given(media), "--reencode", "--size", "640x360"]
    command = [*SIZZLE, "render", *map(str, lists), *options]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size > 2**16 for path in films.iterdir()):
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(number)
        assert process.wait(timeout=60) != 0
    left = [path.name for path in films.iterdir()]
    assert not [name for name in left if not name.startswith(".")]
    if number != signal.SIGKILL:
        assert left == []


def test_verifies_what_it_rendered(media: ReelMedia, tmp_path: Path) -> None:
    """Exits with 0 where a film is its list, with 1 where it is another's, and writes a report.

    A film says that it fades; the list alone, which is given last, does not.
    """
    ada = reel_file(tmp_path / "ada.json", (0, 40), (100, 120))
    ben = reel_file(tmp_path / "ben.json", (0, 40), (140, 160))
    film = tmp_path / "ada.mp4"
    assert sizzle("render", ada, "--out", film, *given(media), "--fade", "0.5").returncode == 0
    for listed, code in ((ada, 0), (ben, 1)):
        report = tmp_path / f"{listed.stem}.html"
        answer = sizzle("verify", film, listed, *given(media), "--html", report, "--json")
        assert answer.returncode == code
        proof = json.loads(answer.stdout)
        assert proof["passed"] == (code == 0)
        assert [fault["kind"] for fault in proof["faults"]] == ["wrong clip"] * code
        assert report.read_text().startswith("<!doctype html>")
    answer = sizzle("verify", film, ada, *given(media), "--fade", "0", "--json")
    assert answer.returncode == 1
    failed = [check["name"] for check in json.loads(answer.stdout)["checks"] if not check["passed"]]
    assert "audio level" in failed
