"""Packaging that was interrupted, and two that package at once."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import time
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from fixtures.titles import demo_clips
from sizzle import process
from sizzle.media.checked import checked_video
from sizzle.media.gate import normalised
from sizzle.packager import Encoding, PackageError, package
from sizzle.packager.encode import renditions_command
from sizzle.packager.folder import making_folder
from sizzle.packager.key_plan import plan_keys
from sizzle.packager.ladder import ladder_for
from tests.packager import packaged_asset
from tests.packager.packaged_asset import QUICK, TITLES, Made, all_frames, commands
from tests.player_stub.synthetic import write_asset


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
        source = normalised(checked_video(Path(copy.index.asset.video)))
        short = folder.parent / "short.mp4"
        clips = demo_clips(TITLES, (80, 40, 10))[:3]
        write_asset(short, clips, size=packaged_asset.SIZE)
        outputs = {
            step: folder / f".{step.name}.00000000-1.part"
            for step in ladder_for(*source.size, QUICK.ladder)
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
