"""Files are written whole or not at all, and by one piece of code."""

from __future__ import annotations

import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sizzle import process
from sizzle.errors import DiskFullError, InputError
from sizzle.files import replacing, scratch_folder, sweep, write_bytes, write_new, write_text

ROOT = Path(__file__).parent.parent


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    """Whatever happens while the new one is written."""
    path = tmp_path / "a.json"
    write_text(path, "old")

    def fail() -> None:
        with replacing(path) as temporary:
            temporary.write_text("half of the new")
            raise EOFError

    with pytest.raises(EOFError):
        fail()
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.json", "old")]


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    """With what to do about it."""
    with pytest.raises(InputError, match=r"none/a.txt cannot be written") as caught:
        write_text(tmp_path / "none" / "a.txt", "text")
    assert "create its folder" in caught.value.fix


def test_permissions_and_the_folder_that_it_is_written_in(tmp_path: Path) -> None:
    """As asked for; by default, all may read a file."""
    through = tmp_path / "unfinished"
    through.mkdir()
    write_bytes(tmp_path / "a", b"1", mode=0o444, through=through)
    write_text(tmp_path / "b", "2")
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "b")]
    assert modes == [0o444, 0o644]
    assert list(through.iterdir()) == []


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    """Of several writers, the first one's stays."""
    path = tmp_path / "secret"
    assert write_new(path, b"first", mode=0o600)
    assert not write_new(path, b"second", mode=0o600)
    assert path.read_bytes() == b"first"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_nobody_else_writes_files_in_this_way() -> None:
    """Four did once, and differed in what they flushed; the ranker imports nothing of ours."""
    sources = [path for name in ("sizzle", "player_stub") for path in (ROOT / name).rglob("*.py")]
    calls = ("fsync(", "mkstemp(", "os.replace(")
    found = {path for path in sources if any(call in path.read_text() for call in calls)}
    assert found == {ROOT / "sizzle" / "files.py"}


HOLDER = """
import sys, tempfile
from pathlib import Path
from sizzle.files import replacing, scratch_folder
tempfile.tempdir = sys.argv[2]
with replacing(Path(sys.argv[1])) as temporary, scratch_folder() as scratch:
    temporary.write_bytes(b"half")
    (scratch / "samples").write_bytes(b"half")
    print("written", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_program_leaves_is_swept_by_a_later_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what a living one is writing stays, as does every file of someone else's."""
    films, scratches = tmp_path / "films", tmp_path / "tmp"
    films.mkdir()
    scratches.mkdir()
    (films / ".notes").write_text("of the user")
    monkeypatch.setattr(tempfile, "tempdir", str(scratches))
    command = [sys.executable, "-c", HOLDER, str(films / "film.mp4"), str(scratches)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        sweep(films)
        with scratch_folder():
            assert len(list(films.iterdir())) == 2
            assert len(list(scratches.iterdir())) == 2
        holder.kill()
    assert len(list(films.iterdir())) == 2
    sweep(films)
    assert [each.name for each in films.iterdir()] == [".notes"]
    with scratch_folder() as scratch:
        assert list(scratches.iterdir()) == [scratch]
    assert list(scratches.iterdir()) == []


def test_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    """Wherever it fills up: while our own file is written, and while ffmpeg writes one."""

    def fill() -> None:
        with replacing(tmp_path / "film.mp4"), Path("/dev/full").open("wb", buffering=0) as file:
            file.write(bytes(10))

    with pytest.raises(DiskFullError, match=r"film\.mp4 cannot be written: No space left"):
        fill()
    assert list(tmp_path.iterdir()) == []
    source = ("-f", "lavfi", "-i", "anullsrc=duration=1", "-f", "f32le", "-y", "/dev/full")
    with pytest.raises(DiskFullError, match="the disk is full") as caught:
        process.run([process.ffmpeg(), "-v", "error", *source], timeout=60)
    assert "free space" in caught.value.fix
