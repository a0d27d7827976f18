"""Stills: made once, of the right frame, kept for ever."""

from __future__ import annotations

import io
import shutil
from collections.abc import Collection
from pathlib import Path

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from PIL import Image

from player_stub import barcode
from sizzle.clips import Clip
from sizzle.errors import NotFoundError
from sizzle.packager import Package, PackageError, Packages, package, sweep_packages
from sizzle.packager.still_frames import chosen_frame, to_jpeg
from sizzle.timecode import TimeRange
from tests.packager.packaged_asset import QUICK, Made, index_of


def shown(path: Path) -> int | None:
    """The number of the frame that a picture shows."""
    return barcode.read(np.asarray(Image.open(path).convert("L")))


def files(root: Path) -> dict[Path, int]:
    """The pictures of a folder of packages, and when each was written."""
    return {path: path.stat().st_mtime_ns for path in root.glob("stills/*/*.jpg")}


def test_each_clip_has_a_picture_of_its_middle(made: Made) -> None:
    """The barcode of each picture is that of the frame in the middle of the clip."""
    packages = Packages(made.root)
    stills = packages.of_version("demo", "v1").stills
    assert stills is not None
    assert (stills.width, stills.height) == (320, 180)
    for clip in made.index.clips:
        names = stills.names(clip.key)
        assert list(names) == [320]
        middle = clip.source.start + clip.length // 2
        assert shown(packages.still(names[320])) == middle == stills.clips[clip.key].frame
    assert len(files(made.root)) == made.index.clip_count


def test_package_without_stills_gets_them_by_packaging_again(copy: Made) -> None:
    """One of an earlier version plays without them; the media is not encoded again."""
    (copy.packaged.folder / "stills.json").unlink()
    shutil.rmtree(copy.root / "stills")
    opened = Package(copy.packaged.folder)
    assert opened.stills is None
    again = package(copy.index, copy.root, QUICK)
    assert again.unchanged
    assert opened.stills is not None
    assert len(files(copy.root)) == copy.index.clip_count


def test_pictures_that_are_gone_are_made_again(copy: Made) -> None:
    """Such as those of a package that was copied alone; they are the same as before."""
    before = set(files(copy.root))
    shutil.rmtree(copy.root / "stills")
    package(copy.index, copy.root, QUICK)
    assert set(files(copy.root)) == before


def test_pictures_are_made_once(copy: Made) -> None:
    """Packaging again, or a later version with the same media, writes no picture again."""
    before = files(copy.root)
    package(copy.index, copy.root, QUICK)
    index = index_of(Path(copy.index.asset.video).parent, "v2")
    later = package(index, copy.root, QUICK)
    assert later.folder != copy.packaged.folder
    assert Package(later.folder).stills == Package(copy.packaged.folder).stills
    assert files(copy.root) == before


def test_pictures_outlive_their_package(copy: Made) -> None:
    """Mails are kept for longer than packages, so a sweep leaves their pictures."""
    before = files(copy.root)
    (copy.root / "current" / "v1").unlink()
    sweep_packages(copy.root, {}, 0.0)
    assert sweep_packages(copy.root, {}, 90 * 24 * 3600.0) == (copy.packaged.folder.name,)
    assert files(copy.root) == before


@pytest.mark.parametrize("name", ["", "0" * 32, "../../etc/passwd", "A" * 32, "0" * 33, "é" * 32])
def test_other_names_name_no_picture(name: str, made: Made) -> None:
    """Only the digest of a picture that is there finds a file."""
    with pytest.raises(NotFoundError):
        Packages(made.root).still(name)


@pytest.mark.parametrize("part", ["header", "frames"])
def test_damaged_video_is_named(part: str, copy: Made) -> None:
    """A rendition that cannot be decoded is an error that names its file."""
    (copy.packaged.folder / "stills.json").unlink()
    track = copy.packaged.segment_map.renditions[0]
    with (copy.packaged.folder / track.file).open("r+b") as file:
        at = track.header_sizes[1] if part == "frames" else 0
        file.seek(track.offsets[1] + at)
        file.write(b"\xff" * (track.sizes[1] - at))
    with pytest.raises(PackageError, match=r"cannot be decoded"):
        package(copy.index, copy.root, QUICK)


@pytest.mark.parametrize(
    ("shown_frames", "expected"),
    [(range(1000), 120), (range(110), 100), (range(140, 170), 140), ((160,), 160), ((), 120)],
)
def test_frames_that_show_nothing_are_passed_over(
    shown_frames: Collection[int], expected: int
) -> None:
    """The middle, else the first candidate with a picture; the middle where there is none."""
    clip = Clip("title", 1, TimeRange(60, 180))
    chosen = chosen_frame(clip, lambda frame: 40.0 if frame in shown_frames else 0.0)
    assert chosen == expected


def test_darkest_clip_shows_its_most_contrast() -> None:
    """Where all candidates are dark, the one with the most contrast is taken."""
    clip = Clip("title", 1, TimeRange(0, 60))
    assert chosen_frame(clip, {30: 1.0, 20: 2.0, 40: 7.0, 10: 0.0, 50: 3.0}.__getitem__) == 40


@pytest.mark.parametrize(("matrix", "red"), [(1, (63, 102, 240)), (6, (81, 90, 240))])
def test_colours_are_those_of_the_video(matrix: int, red: tuple[int, int, int]) -> None:
    """Red is red, by the matrix that the video names and not by another."""
    planes = [
        np.full((32 // size, 32 // size), value) for size, value in zip((1, 2, 2), red, strict=True)
    ]
    content = np.concatenate([plane.reshape(-1, 32) for plane in planes]).astype(np.uint8)
    frame = VideoFrame.from_ndarray(content, "yuv420p")
    frame.colorspace = matrix
    picture = Image.open(io.BytesIO(to_jpeg(frame, 16, 16, Colorspace.ITU601)))
    assert np.asarray(picture, int).reshape(-1, 3).mean(axis=0) == pytest.approx((255, 0, 0), abs=4)
