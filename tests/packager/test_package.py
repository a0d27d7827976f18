"""Packaging as a whole: done once, continued, and refused where the media does not match."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from fixtures.bed import write_bed
from fixtures.media import write_mega_asset
from fixtures.titles import DEMO_RATE, demo_clips
from sizzle import process
from sizzle.errors import InputError, MediaError, NotFoundError
from sizzle.hls import FragmentError, SegmentMapError, to_bytes
from sizzle.packager import Encoding, Package, PackageError, Packages, current, package, read_map
from sizzle.packager.encode import renditions_command
from sizzle.packager.folder import making_folder
from sizzle.packager.key_plan import plan_keys
from sizzle.packager.ladder import ladder_for
from sizzle.packager.scan import scan
from sizzle.packager.source import read_source
from sizzle.timecode import FrameRate
from tests.old_ffmpeg import write_changing, write_old
from tests.packager import packaged_asset
from tests.packager.packaged_asset import QUICK, TITLES, Made, index_of, shown_by_pyav


@pytest.fixture
def copy(made: Made, tmp_path: Path) -> Made:
    """The packaged asset, to be damaged."""
    shutil.copytree(made.root, tmp_path / "packages")
    folder = tmp_path / "packages" / made.packaged.folder.name
    return Made(made.index, tmp_path / "packages", replace(made.packaged, folder=folder))


def all_frames(folder: Path) -> list[int | None]:
    """What the larger rendition shows."""
    return shown_by_pyav(str(folder / "180p.mp4"))[0]


def commands(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The programs that were run."""
    return [record.getMessage() for record in caplog.records if record.name == "sizzle.process"]


def test_a_repeat_does_nothing(copy: Made, caplog: pytest.LogCaptureFixture) -> None:
    """No program is run, no file is touched, and the answer is the same."""
    before = {path: path.stat().st_mtime_ns for path in copy.packaged.folder.iterdir()}
    caplog.set_level(logging.INFO)
    again = package(copy.index, copy.root, QUICK)
    assert again.unchanged
    assert again.segment_map == copy.packaged.segment_map
    assert commands(caplog) == []
    assert {path: path.stat().st_mtime_ns for path in copy.packaged.folder.iterdir()} == before


@pytest.mark.parametrize("change", ["ladder", "crf", "media", "bed"])
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
        write_mega_asset(
            tmp_path / "mega.mp4",
            TITLES[::-1],
            demo_clips(TITLES, packaged_asset.RUN),
            size=(96, 54),
        )
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


def test_other_bytes_are_another_package(copy: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same settings by another encoder: what was given of the first one stays as it is."""
    first = copy.packaged
    before = {path.name: path.read_bytes() for path in first.folder.iterdir()}
    away = first.folder.rename(copy.root.parent / "away")
    program = write_changing(copy.root.parent, {"-preset": "medium"})
    monkeypatch.setenv(process.VARIABLE, str(program))
    second = package(copy.index, copy.root, QUICK)
    assert second.folder.name.rpartition("-")[0] == first.folder.name.rpartition("-")[0]
    assert second.folder != first.folder
    away.rename(first.folder)
    assert {path.name: path.read_bytes() for path in first.folder.iterdir()} == before
    packages = Packages(copy.root)
    assert packages.of_version("demo", "v1").segment_map == second.segment_map
    assert packages.named(first.folder.name).segment_map == first.segment_map


def interrupt(copy: Made, how: str) -> int:
    """Leave the folder as an interrupted run would, and return the first missing fragment."""
    name = copy.packaged.folder.name.rpartition("-")[0]
    folder = copy.packaged.folder.rename(making_folder(copy.root, name))
    keys = plan_keys(copy.index)
    (folder / "segments.map").unlink()
    ends = {"180p": 5, "144p": 7}
    if how == "one rendition done":
        (folder / "180p.mp4").unlink()
        return 0
    for name, end in ends.items():
        file = folder / f"{name}.mp4"
        part = folder / f".{name}.00000000-1.part"
        track = copy.packaged.segment_map.track(name)
        if how == "killed":
            os.truncate(file, track.offsets[end] + 99)
        file.rename(part)
    if how == "ended by hand":  # ffmpeg then closes a fragment before it is full
        source = read_source(Path(copy.index.asset.video))
        short = folder.parent / "short.mp4"
        clips = demo_clips(TITLES, (80, 40, 10))[:3]
        write_mega_asset(short, TITLES, clips, DEMO_RATE, packaged_asset.SIZE)
        outputs = {
            step: folder / f".{step.name}.00000000-1.part"
            for step in ladder_for(source.width, source.height, QUICK.ladder)
        }
        report = folder.parent / "report"
        process.run(
            renditions_command(
                short, outputs, source, keys, QUICK.encoding, first=0, progress=report
            ),
            timeout=60,
        )
        return 3
    return 5


@pytest.mark.parametrize("how", ["killed", "ended by hand", "one rendition done"])
def test_an_interrupted_run_is_continued(
    how: str, copy: Made, caplog: pytest.LogCaptureFixture
) -> None:
    """Only what is missing is encoded; the result equals that of one run, frame by frame."""
    first = interrupt(copy, how)
    seen: list[tuple[int, int]] = []
    caplog.set_level(logging.INFO)
    resumed = package(
        copy.index, copy.root, QUICK, on_progress=lambda done, of: seen.append((done, of))
    )
    (command,) = commands(caplog)
    skipped = re.search(r"trim=start_frame=(\d+)", command)
    assert (int(skipped[1]) if skipped else 0) == first * 40
    assert all(first * 40 <= done <= of == 480 for done, of in seen)
    assert all_frames(resumed.folder) == list(range(480))
    assert not list(resumed.folder.glob(".*"))
    assert resumed.segment_map.starts == copy.packaged.segment_map.starts


def test_parts_of_another_encoder_are_not_joined(copy: Made) -> None:
    """One init segment has to serve all fragments."""
    interrupt(copy, "killed")
    (part,) = copy.root.rglob(".144p.00000000-1.part")
    data = bytearray(part.read_bytes())
    data[data.index(b"avcC") + 6] ^= 1
    part.write_bytes(data)
    with pytest.raises(PackageError, match="do not fit together"):
        package(copy.index, copy.root, QUICK)
    assert all_frames(package(copy.index, copy.root, QUICK).folder) == list(range(480))


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
        ("180p.mp4", without_edit_list),
        ("180p.mp4", of_another_size),
        ("180p.mp4", of_something_else),
        ("bed-main.mp4", without_edit_list),
        ("bed-main.mp4", of_another_size),
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
    with monkeypatch.context() as patch:
        patch.setenv(process.VARIABLE, str(write_changing(tmp_path, changed)))
        with pytest.raises(FragmentError) as caught:
            package(made.index, root, QUICK)
    assert Path(caught.value.where).name == name
    assert caught.value.what == says
    folder = Path(caught.value.where).parent
    assert not (folder / name).exists()
    with pytest.raises(NotFoundError):
        read_map(folder)
    assert all_frames(package(made.index, root, QUICK).folder) == list(range(480))


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


def test_two_packagers_do_not_meet(copy: Made) -> None:
    """The second is told so, and a lock goes with its holder."""
    interrupt(copy, "killed")
    (making,) = copy.root.glob(".*.making")
    descriptor = os.open(making, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    with pytest.raises(PackageError, match="Another program"):
        package(copy.index, copy.root, QUICK)
    os.close(descriptor)
    assert all_frames(package(copy.index, copy.root, QUICK).folder) == list(range(480))


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


SLOW = replace(QUICK, encoding=Encoding(preset="veryslow", crf=1))
"""Slow enough to be met at work, and large enough to be seen to grow."""


@pytest.mark.full
def test_a_killed_program_is_continued(
    made: Made, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """SIGKILL while it encodes: the next run encodes what is missing, and no more."""
    program = get_context("fork").Process(target=package, args=(made.index, tmp_path, SLOW))
    program.start()
    while len([part for part in tmp_path.rglob(".*.part") if part.stat().st_size > 60_000]) < 2:
        assert program.exitcode is None
        time.sleep(0.02)
    program.kill()
    program.join()
    caplog.set_level(logging.INFO)
    packaged = package(made.index, tmp_path, SLOW)
    assert "trim=start_frame=" in commands(caplog)[-1]
    assert all_frames(packaged.folder) == list(range(480))
    assert not list(packaged.folder.glob(".*"))


def test_the_catalog_says_which_package_is_played(made: Made) -> None:
    """Before the folder does; of versions that it does not know, the folder tells."""

    class Announced:
        def package_of(self, asset_id: str, asset_version: str) -> str | None:
            return "demo-9" if (asset_id, asset_version) == ("demo", "v9") else None

    packages = Packages(made.root, Announced())
    assert packages.of_version("demo", "v1").segment_map == made.packaged.segment_map
    with pytest.raises(NotFoundError, match="no package demo-9"):
        packages.of_version("demo", "v9")


def test_packaging_uses_no_ffmpeg_that_is_just_on_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An old one is first there: media are drawn and packaged as ever, and it is not even asked."""
    old = write_old(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{old.parent}{os.pathsep}{os.environ['PATH']}")
    assert all_frames(packaged_asset.make(tmp_path).packaged.folder) == list(range(480))
    assert not old.with_name("ffmpeg.used").exists()
