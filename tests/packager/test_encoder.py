"""Which encoder packages, and what becomes of files that one made otherwise than planned."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fixtures.bed import write_bed
from fixtures.media import write_mega_asset
from fixtures.titles import demo_clips
from sizzle import process
from sizzle.errors import NotFoundError
from sizzle.hls import FragmentError
from sizzle.packager import Packages, package, read_map
from tests.old_ffmpeg import write_changing, write_old
from tests.packager import packaged_asset
from tests.packager.packaged_asset import QUICK, TITLES, Made, all_frames


def test_other_bytes_are_another_package(copy: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same settings by another encoder: what was given of the first one stays as it is."""
    first = copy.packaged
    before = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    away = first.folder.rename(copy.root.parent / "away")
    program = write_changing(copy.root.parent, {"-preset": "superfast"})
    monkeypatch.setenv(process.VARIABLE, str(program))
    second = package(copy.index, copy.root, QUICK)
    assert second.folder.name.rpartition("-")[0] == first.folder.name.rpartition("-")[0]
    assert second.folder != first.folder
    away.rename(first.folder)
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before
    packages = Packages(copy.root)
    assert packages.of_version("demo", "v1").segment_map == second.segment_map
    assert packages.named(first.folder.name).segment_map == first.segment_map


def without_edit_list(path: Path) -> None:
    """Make a file as some versions of ffmpeg write it: sound and picture are not in sync."""
    path.write_bytes(path.read_bytes().replace(b"edts", b"free", 1))


def of_another_size(path: Path) -> None:
    """Put another rendition in its place."""
    shutil.copy(path.with_name("144p.mp4"), path)


def of_something_else(path: Path) -> None:
    """Put something in its place that is no media."""
    path.write_bytes(b"something else")


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        pytest.param("180p.mp4", without_edit_list, marks=pytest.mark.full),
        ("180p.mp4", of_another_size),
        pytest.param("180p.mp4", of_something_else, marks=pytest.mark.full),
        ("bed-main.mp4", without_edit_list),
        pytest.param("bed-main.mp4", of_another_size, marks=pytest.mark.full),
        ("bed-main.mp4", of_something_else),
    ],
)
def test_a_rerun_discards_what_does_not_fit(
    name: str, spoil: Callable[[Path], None], copy: Made
) -> None:
    """An earlier run left a file that is not as planned: it is made again, the others are kept."""
    folder = copy.packaged.folder
    (folder / "segments.map").unlink()
    kept = {path: path.stat().st_ino for path in folder.iterdir() if path.name != name}
    spoil(folder / name)
    mended = package(copy.index, copy.root, QUICK)
    assert mended.segment_map.starts == copy.packaged.segment_map.starts
    assert all_frames(mended.folder) == list(range(480))
    assert {mended.folder / path.name: inode for path, inode in kept.items()} == {
        path: path.stat().st_ino
        for path in mended.folder.iterdir()
        if path.name not in (name, "segments.map")
    }


@pytest.mark.parametrize(
    ("changed", "name", "says"),
    [
        (
            {"-force_key_frames": "expr:eq(mod(n,40),1)"},
            "180p.mp4",
            "Fragment 0: expected 40 frames from frame 0 on, the first of them the only key frame, "
            "found 1 from frame 0 on, with key frames at 0.",
        ),
        (
            {"-frag_duration": "500000"},
            "bed-main.mp4",
            "Fragment 0: expected 78 packets of 1024 samples from sample 0 on, "
            "found 24 from sample 0 on.",
        ),
        (
            {"-use_editlist": "0"},
            "bed-main.mp4",
            "Expected an edit list that skips the encoder's delay, found none.",
        ),
    ],
    ids=["key frames", "fragments of the bed", "edit list"],
)
def test_what_an_encoder_made_otherwise_than_planned_is_refused(
    changed: dict[str, str],
    name: str,
    says: str,
    made: Made,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error names the file, what was expected and what was found; a good one starts anew."""
    root = tmp_path / "packages"
    settings = replace(QUICK, ladder=(180,))
    with monkeypatch.context() as patch:
        patch.setenv(process.VARIABLE, str(write_changing(tmp_path, changed)))
        with pytest.raises(FragmentError) as caught:
            package(made.index, root, settings)
    assert Path(caught.value.where).name == name
    assert caught.value.what == says
    folder = Path(caught.value.where).parent
    assert not (folder / name).exists()
    with pytest.raises(NotFoundError):
        read_map(folder)
    assert all_frames(package(made.index, root, settings).folder) == list(range(480))


def test_packaging_uses_no_ffmpeg_that_is_just_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old one is first there: media are drawn and packaged as ever, and it is not even asked."""
    old = write_old(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}{os.environ['PATH']}")
    clips = demo_clips(TITLES, (40,))
    write_mega_asset(tmp_path / "mega.mp4", TITLES, clips, size=packaged_asset.SIZE)
    write_bed(tmp_path / "bed.wav", 120)
    index = packaged_asset.index_of(tmp_path, clips=clips, duration=120, bed_frames=120)
    assert all_frames(package(index, tmp_path / "packages", QUICK).folder) == list(range(120))
    assert not old.with_name("ffmpeg.used").exists()
