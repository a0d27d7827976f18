"""Media that is very long, or is changed while it is used."""

from __future__ import annotations

import os
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fixtures.media_kinds import FILM_KINDS
from player_stub import ReelMedia, render_reel
from sizzle import process
from sizzle.errors import DiskFullError, MediaError
from sizzle.media.probe import probe_video
from tests.media import doors
from tests.media.reader import check_film
from tests.player_stub import synthetic
from tests.small_disk import filled, small_disk

FILM = next(kind for kind in FILM_KINDS if kind.name == "24.mp4")
THREE_HOURS = 3 * 3600 * 24  # frames


@pytest.mark.full
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".m2ts"])
def test_three_hours_are_cut_as_exactly_as_seconds(suffix: str, tmp_path: Path) -> None:
    """Every frame is counted, the last ones are those asked for, and little memory is used."""
    path, bed = tmp_path / f"long{suffix}", tmp_path / "bed.wav"
    looped = ["-stream_loop", str(THREE_HOURS // 48 - 1), "-i", str(FILM.make(tmp_path))]
    form = ["-mpegts_m2ts_mode", "1"] if suffix == ".m2ts" else []
    command = [process.ffmpeg(), "-v", "error", "-y", *looped, "-c", "copy", *form, str(path)]
    process.run(command, timeout=120)
    facts = probe_video(path)
    assert (facts.frames, facts.irregular) == (THREE_HOURS, None)
    synthetic.write_wav(bed, synthetic.music(5))
    reel = synthetic.reel_of(
        (THREE_HOURS - 24, THREE_HOURS), (0, 24), rate=doors.layout_of("24").rate
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    film = render_reel(reel, ReelMedia(path, bed), tmp_path / "film.mp4")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200 << 10  # KiB
    check_film(film.path, FILM.size, doors.SHOWN)


def shrink(path: Path) -> None:
    """Truncate a file in place."""
    os.truncate(path, path.stat().st_size // 2)


def become_a_pipe(path: Path) -> None:
    """Put a pipe that nobody writes to in a file's place."""
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("change", [shrink, become_a_pipe, Path.unlink])
def test_media_that_changes_while_a_film_is_rendered(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    """The error says so, nothing waits for a writer of a pipe, and no film appears."""
    path, bed = FILM.make(tmp_path), synthetic.write_wav(tmp_path / "bed.wav", synthetic.music(4))
    done: list[int] = []

    def on_progress(frames: int, _: int) -> None:
        if not done:
            change(path)
        done.append(frames)

    with pytest.raises(MediaError, match=r"changed while|cannot be read|not a regular") as caught:
        render_reel(
            doors.reel_of("24"),
            ReelMedia(path, bed),
            tmp_path / "film.mp4",
            on_progress=on_progress,
        )
    assert done
    assert caught.value.where == str(path)
    assert sorted(each.name for each in tmp_path.glob("*film*")) == []


MAKERS = ["copied", "encoded", "packaged", "built"]


@pytest.mark.full
@pytest.mark.parametrize("how", MAKERS)
def test_a_disk_that_fills_up_on_the_way(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever step it stops, the error says so and no file is left; with room, all is made."""
    path, bed = FILM.make(tmp_path), synthetic.write_wav(tmp_path / "bed.wav", synthetic.music(4))
    (tmp_path / "disk").mkdir()
    with small_disk(tmp_path / "disk", "16m") as disk:
        (scratch := disk / "scratch").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(scratch))
        output = disk / ("packages" if how == "packaged" else "film.mp4")
        makers: dict[str, Callable[[], object]] = {
            "copied": lambda: doors.rendered(path, bed, "24", output, reencode=False),
            "encoded": lambda: doors.rendered(path, bed, "24", output, reencode=True),
            "packaged": lambda: doors.packaged(path, bed, "24", output),
            "built": lambda: doors.built(path, "24", tmp_path, output),
        }
        for room in (0, 4 << 10):
            with filled(disk, room), pytest.raises(DiskFullError, match=r"No space|disk is full"):
                makers[how]()
            assert not list(disk.rglob("*.mp4"))
            assert not list(scratch.iterdir())
        makers[how]()


@pytest.mark.parametrize("name", ["video", "bed"])
def test_a_pipe_is_refused_at_once(name: str, tmp_path: Path) -> None:
    """By every door, instead of waiting for what somebody might write."""
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    film = FILM.make(tmp_path) if name == "bed" else pipe
    bed = pipe if name == "bed" else synthetic.write_wav(tmp_path / "b.wav", synthetic.music(4))
    uses: list[Callable[[], object]] = [
        lambda: doors.packaged(film, bed, "24", tmp_path / "packages"),
        lambda: doors.rendered(film, bed, "24", tmp_path / "film.mp4", reencode=False),
    ]
    if name == "video":
        uses.append(lambda: doors.ingest(film, "24"))
    for use in uses:
        with pytest.raises(MediaError, match="regular file"):
            use()
    if name == "video":
        built = doors.built(film, "24", tmp_path)
        assert isinstance(built, list)
        assert "unreadable-source" in built[0]
