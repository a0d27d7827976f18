"""`sizzle package`: what it says where it cannot begin."""

from __future__ import annotations

from pathlib import Path

import pytest

from sizzle import process
from sizzle.catalog import Catalog
from sizzle.clips import ClipIndex
from tests.command_line import sizzle
from tests.old_ffmpeg import write_old
from tests.packager import packaged_asset


def test_the_command_refuses_an_old_ffmpeg(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, what it lacks and how to use another one; nothing is written."""
    made = packaged_asset.shared(tmp_path_factory)
    catalog = Catalog.open(tmp_path / "catalog")
    catalog.publish(ClipIndex(made.index.asset, made.index.titles, made.index.clips))
    monkeypatch.setenv(process.VARIABLE, str(write_old(tmp_path / "bin")))
    options = ("--catalog", tmp_path / "catalog", "--out", tmp_path / "packages")
    ended = sizzle("package", "demo", *options)
    assert ended.returncode == 2
    said = " ".join(ended.stderr.split())
    for words in ("ffmpeg 4.4.2", "version 5.1 or newer", f"unset {process.VARIABLE}"):
        assert words in said
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "packages").exists()
