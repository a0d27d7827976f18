"""Packaging as a whole: done once, continued, and refused where the media does not match."""

from __future__ import annotations

import logging
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.bed import write_bed
from fixtures.titles import demo_clips
from sizzle.errors import InputError, MediaError, NotFoundError
from sizzle.hls import FragmentError, SegmentMapError, to_bytes
from sizzle.packager import Package, PackageError, Packages, current, package
from sizzle.packager.scan import scan
from sizzle.timecode import FrameRate
from tests.packager import packaged_asset
from tests.packager.packaged_asset import QUICK, TITLES, Made, all_frames, commands, index_of
from tests.player_stub.synthetic import write_asset


def test_a_repeat_does_nothing(copy: Made, caplog: pytest.LogCaptureFixture) -> None:
    """No program is run, no file is touched, and the answer is the same."""
    before = {path: path.stat().st_mtime_ns for path in copy.packaged.folder.iterdir()}
    caplog.set_level(logging.INFO)
    again = package(copy.index, copy.root, QUICK)
    assert again.unchanged
    assert again.segment_map == copy.packaged.segment_map
    assert commands(caplog) == []
    assert {path: path.stat().st_mtime_ns for path in copy.packaged.folder.iterdir()} == before


@pytest.mark.parametrize(
    "change", [pytest.param("ladder", marks=pytest.mark.full), "crf", "media", "bed"]
)
def test_a_change_makes_another_package(change: str, made: Made, tmp_path: Path) -> None:
    """The old one stays as it is, and what plays from it plays on."""
    shutil.copytree(made.root, tmp_path / "packages")
    for name in ("mega.mp4", "bed.wav"):
        shutil.copy(Path(made.index.asset.video).with_name(name), tmp_path)
    settings = QUICK
    if change == "ladder":
        settings = replace(QUICK, ladder=(72,))
    elif change == "crf":
        settings = replace(QUICK, ladder=(72,), encoding=replace(QUICK.encoding, crf=30))
    elif change == "media":
        clips = demo_clips(TITLES, packaged_asset.RUN)
        write_asset(tmp_path / "mega.mp4", clips, size=(96, 54))
    else:
        write_bed(tmp_path / "bed.wav", packaged_asset.BED_FRAMES, seed=8)
    packages = Packages(tmp_path / "packages")
    before = packages.of_version("demo", "v1")
    after = package(index_of(tmp_path), tmp_path / "packages", settings)
    assert not after.unchanged
    assert packages.of_version("demo", "v1").segment_map == after.segment_map
    assert packages.named(made.packaged.folder.name) is before
    assert current(tmp_path / "packages", "v1") == after.folder.name != made.packaged.folder.name


def test_another_version_with_the_same_media_shares_the_files(
    copy: Made, caplog: pytest.LogCaptureFixture
) -> None:
    """A title's name was mended: nothing is encoded, and both versions play."""
    caplog.set_level(logging.INFO)
    index = index_of(Path(copy.index.asset.video).parent, "v2")
    later = package(index, copy.root, QUICK)
    assert commands(caplog) == []
    assert later.segment_map.asset_version == "v2"
    assert later.folder != copy.packaged.folder
    assert (later.folder / "180p.mp4").samefile(copy.packaged.folder / "180p.mp4")


@pytest.mark.parametrize("damage", ["short", "missing", "long", "map", "no map"])
def test_a_torn_folder_is_refused_and_mended(damage: str, copy: Made) -> None:
    """Nobody plays from it; packaging again makes it whole."""
    folder = copy.packaged.folder
    if damage == "short":
        os.truncate(folder / "144p.mp4", 100_000)
    elif damage == "missing":
        (folder / "bed-main.mp4").unlink()
    elif damage == "long":
        with (folder / "180p.mp4").open("ab") as file:
            file.write(b"more")
    elif damage == "map":
        os.truncate(folder / "segments.map", 500)
    else:
        (folder / "segments.map").unlink()
    with pytest.raises((PackageError, SegmentMapError, NotFoundError)) as caught:
        Packages(copy.root).of_version("demo", "v1")
    assert "packag" in caught.value.fix or "sizzle package" in caught.value.fix
    mended = package(copy.index, copy.root, QUICK)
    assert Package(mended.folder).segment_map.asset_version == "v1"
    assert all_frames(mended.folder) == list(range(480))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"duration": 481}, "480 frames; the index of demo says 481"),
        ({"rate": FrameRate(25)}, "24000/1001 frames per second; the index of demo says 25"),
        ({"bed_frames": 441}, "Bed main lasts"),
    ],
)
def test_media_that_the_index_does_not_speak_of(
    change: dict[str, int | FrameRate], says: str, made: Made, tmp_path: Path
) -> None:
    """Its length, its rate, its bed: nothing is made."""
    index = index_of(Path(made.index.asset.video).parent, **change)  # type: ignore[arg-type]
    with pytest.raises(MediaError, match=says):
        package(index, tmp_path / "packages", QUICK)
    assert not (tmp_path / "packages").exists()


def test_media_of_another_size(made: Made, tmp_path: Path) -> None:
    """Where it is known which size it should be."""
    with pytest.raises(MediaError, match="320x180; the index of demo says 1920x1080"):
        package(made.index, tmp_path / "packages", replace(QUICK, size=(1920, 1080)))


@pytest.mark.parametrize("name", ["mega.mp4", "bed.wav"])
@pytest.mark.parametrize("content", [None, b"", b"no media"])
def test_media_that_is_none(name: str, content: bytes | None, made: Made, tmp_path: Path) -> None:
    """Absent, empty, or something else."""
    shutil.copytree(Path(made.index.asset.video).parent, tmp_path / "media")
    path = tmp_path / "media" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MediaError) as caught:
        package(index_of(tmp_path / "media"), tmp_path / "packages", QUICK)
    assert caught.value.where == str(path)


def test_packages_with_ids_of_before_are_played_and_not_made_again(copy: Made) -> None:
    """Their ids hold no digest of their files."""
    name = copy.packaged.folder.name.rpartition("-")[0]
    folder = copy.packaged.folder.rename(copy.root / name)
    before = replace(copy.packaged.segment_map, package_id=name)
    (folder / "segments.map").write_bytes(to_bytes(before))
    (copy.root / "current" / "v1").write_text(f"{name}\n")
    assert Packages(copy.root).of_version("demo", "v1").segment_map == before
    again = package(copy.index, copy.root, QUICK)
    assert (again.unchanged, again.folder, again.segment_map) == (True, folder, before)


@pytest.mark.parametrize("name", ["..", "../..", "/etc", "", "a/b", ".hidden", "x" * 101])
def test_no_id_leads_out_of_the_folder(name: str, made: Made) -> None:
    """Ids come from addresses."""
    packages = Packages(made.root)
    with pytest.raises(NotFoundError):
        packages.named(name)
    with pytest.raises(NotFoundError):
        packages.of_version("demo", name)


def test_an_open_package_outlives_its_folder(copy: Made) -> None:
    """What plays from it plays to its end."""
    opened = Package(copy.packaged.folder)
    size = opened.segment_map.renditions[0].file_size
    shutil.rmtree(copy.packaged.folder)
    assert len(os.pread(opened.descriptor("180p"), size, 0)) == size


def test_a_folder_that_cannot_be_made(made: Made, tmp_path: Path) -> None:
    """A file lies where it should be."""
    (tmp_path / "packages").write_bytes(b"")
    with pytest.raises((PackageError, InputError)):
        package(made.index, tmp_path / "packages", QUICK)


def test_scans_of_files_without_an_init_segment(tmp_path: Path) -> None:
    """They are not packaged media."""
    (tmp_path / "x.mp4").write_bytes(b"\0" * 99)
    with pytest.raises(FragmentError):
        scan(tmp_path / "x.mp4")


def test_the_catalog_says_which_package_is_played(made: Made) -> None:
    """Before the folder does; of versions that it does not know, the folder tells."""

    class Announced:
        def package_of(self, asset_id: str, asset_version: str) -> str | None:
            return "demo-9" if (asset_id, asset_version) == ("demo", "v9") else None

    packages = Packages(made.root, Announced())
    assert packages.of_version("demo", "v1").segment_map == made.packaged.segment_map
    with pytest.raises(NotFoundError, match="no package demo-9"):
        packages.of_version("demo", "v9")
