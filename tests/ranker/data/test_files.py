"""Atomic file writes."""

from pathlib import Path
from typing import cast

import pytest

from ranker.data.files import write_atomically


def test_creates_the_folder_and_the_file(tmp_path: Path) -> None:
    """The folder need not exist."""
    path = tmp_path / "new" / "file"
    write_atomically(path, b"content")
    assert path.read_bytes() == b"content"


def test_replaces_the_content_and_leaves_no_other_file(tmp_path: Path) -> None:
    """The new content replaces the old, and no temporary file stays behind."""
    path = tmp_path / "file"
    write_atomically(path, b"old and longer")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_keeps_the_old_content(tmp_path: Path) -> None:
    """When writing fails midway, the old file is intact and no other file is left."""
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, cast(bytes, "a text, which a binary file refuses"))
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_keeps_the_mode_of_the_file(tmp_path: Path) -> None:
    """A private file stays private; a new one can be read by others, as by a service's user."""
    path = tmp_path / "file"
    write_atomically(path, b"new")
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o600)
    write_atomically(path, b"newer")
    assert path.stat().st_mode & 0o777 == 0o600


def test_reports_a_folder_that_cannot_be_created(tmp_path: Path) -> None:
    """If a file has the folder's name, the caller gets the operating system's error."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="file"):
        write_atomically(tmp_path / "file" / "below", b"content")
