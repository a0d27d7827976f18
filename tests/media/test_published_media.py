"""Media that was published is the media that is used: another file under its path is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fixtures.media_kinds import FILM_KINDS
from sizzle.catalog import Catalog
from sizzle.cli import app
from sizzle.clips import Bed, ClipIndex, MediaDigest, MegaAsset
from sizzle.errors import MediaError
from sizzle.media.digest import digest_of
from tests.media import doors
from tests.player_stub import synthetic

FILM = next(kind for kind in FILM_KINDS if kind.name == "24.mp4")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published asset, and a timecode list of it."""
    FILM.make(tmp_path)
    synthetic.write_wav(tmp_path / "bed.wav", synthetic.music(4))
    publish(tmp_path, digest_of(tmp_path / FILM.name), digest_of(tmp_path / "bed.wav"))
    return tmp_path


def publish(folder: Path, video: MediaDigest | None, bed: MediaDigest | None) -> None:
    """Publish the asset with these digests."""
    layout = doors.layout_of("24")
    asset = MegaAsset(
        "demo",
        layout.rate,
        layout.start,
        48,
        str(folder / FILM.name),
        (Bed("main", str(folder / "bed.wav"), 90, digest=bed),),
        digest=video,
    )
    catalog = Catalog.open(str(folder / "catalog"))
    catalog.publish(ClipIndex(asset, doors.TITLES, doors.CLIPS))
    version = catalog.index("demo").version
    update = {"asset_id": "demo", "asset_version": version}
    reel = doors.reel_of("24").model_copy(update=update)
    (folder / "reel.json").write_text(reel.model_dump_json())


def run(folder: Path, *arguments: str) -> Result:
    """Run a command over the folder's catalog."""
    located = [
        str(folder / each) if "." in each or each == "packages" else each for each in arguments
    ]
    return CliRunner().invoke(app.app, [*located, "--catalog", str(folder / "catalog")])


COMMANDS = {
    "render": ("render", "reel.json", "--out", "film.mp4"),
    "verify": ("verify", "film.mp4", "reel.json"),
    "package": ("package", "demo", "--out", "packages", "--ladder", "96", "--preset", "ultrafast"),
}


def test_the_published_media_is_rendered_verified_and_packaged(folder: Path) -> None:
    """And where another film of equal length and rate takes its place, none of them goes on."""
    for command in COMMANDS.values():
        result = run(folder, *command)
        assert result.exit_code == 0, result.output
        assert "without digests" not in result.stderr
    published = digest_of(folder / FILM.name)
    replace(FILM, coding=("-c:v", "libx264", "-crf", "30", "-g", "12")).make(folder)
    found = digest_of(folder / FILM.name)
    for command in COMMANDS.values():
        result = run(folder, *command)
        assert isinstance(result.exception, MediaError), result.output
        assert published.sampled[:12] in result.exception.what
        assert found.sampled[:12] in result.exception.what
    # What names its media itself is not the published one, and is not compared.
    elsewhere = run(folder, *COMMANDS["render"], "--video", FILM.name, "--bed", "bed.wav")
    assert elsewhere.exit_code == 0, elsewhere.output


def test_another_bed_is_refused_too(folder: Path) -> None:
    """Of the same length."""
    synthetic.write_wav(folder / "bed.wav", 0.5 * synthetic.music(4))
    result = run(folder, *COMMANDS["render"])
    assert isinstance(result.exception, MediaError)
    assert "a bed of demo" in result.exception.what


def test_versions_published_without_digests_work_and_say_so(folder: Path) -> None:
    """As those of before."""
    publish(folder, None, None)
    for command in COMMANDS.values():
        result = run(folder, *command)
        assert result.exit_code == 0, result.output
        assert "was published without digests of its media" in result.stderr
