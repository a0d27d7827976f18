"""The `.ccx` file: what Adobe's installer asks of it, and what an unpacked one holds."""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sizzle.cli.premiere_panel import register
from sizzle.errors import InputError
from sizzle.premiere_panel import PANEL, PANEL_ID, write_panel


def _files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_an_unpacked_package_is_the_panel_under_its_id(tmp_path: Path) -> None:
    """Nothing is beside the folder at the root, and nothing in it is missing or changed."""
    shutil.unpack_archive(write_panel(tmp_path / "panel.ccx"), tmp_path / "unpacked", "zip")
    assert [path.name for path in (tmp_path / "unpacked").iterdir()] == [PANEL_ID]
    assert _files(tmp_path / "unpacked" / PANEL_ID) == _files(PANEL)


def test_entries_have_permissions(tmp_path: Path) -> None:
    """644 for files and 755 for folders, as Unix writes them; the installer applies them."""
    with zipfile.ZipFile(write_panel(tmp_path / "panel.ccx")) as archive:
        entries = archive.infolist()
        assert archive.testzip() is None
    assert entries[0].filename == f"{PANEL_ID}/"
    assert {entry.create_system for entry in entries} == {3}
    for entry in entries:
        mode = entry.external_attr >> 16
        assert stat.S_IMODE(mode) == (0o755 if entry.is_dir() else 0o644), entry.filename
        assert (stat.S_ISDIR if entry.is_dir() else stat.S_ISREG)(mode), entry.filename
    folders = {str(Path(entry.filename).parent) for entry in entries} - {"."}
    assert folders <= {entry.filename.rstrip("/") for entry in entries if entry.is_dir()}


def test_the_same_panel_gives_the_same_bytes(tmp_path: Path) -> None:
    """So two packages can be compared; an earlier one is replaced."""
    first = write_panel(tmp_path / "panel.ccx").read_bytes()
    assert write_panel(tmp_path / "panel.ccx").read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["panel.ccx"]


@pytest.mark.parametrize("content", [b"mine", b"PK\x05\x06" + bytes(18)])
def test_another_file_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """An archive of something else too."""
    file = tmp_path / "panel.ccx"
    file.write_bytes(content)
    with pytest.raises(InputError, match="not a package of this panel") as raised:
        write_panel(file)
    assert raised.value.fix
    assert file.read_bytes() == content


def test_a_package_needs_the_folder_that_it_goes_into(tmp_path: Path) -> None:
    """A mistyped path makes no folders."""
    with pytest.raises(InputError, match="cannot be written"):
        write_panel(tmp_path / "no" / "panel.ccx")
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_a_package(tmp_path: Path) -> None:
    """And says how it is installed."""
    app = typer.Typer()
    register(app)
    answer = CliRunner().invoke(app, [str(tmp_path / "panel.ccx")])
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert "Creative Cloud installs it" in answer.stderr.replace("\n", " ")
    assert zipfile.is_zipfile(tmp_path / "panel.ccx")
