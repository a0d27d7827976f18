"""What holds for a catalog in a folder alone."""

from __future__ import annotations

import os
import resource
import stat
from pathlib import Path

import pytest

from sizzle.catalog import Catalog, CatalogError
from sizzle.catalog.folder import FolderStorage
from sizzle.catalog.mapping import map_file
from tests.catalog import sample_index
from tests.small_disk import filled, small_disk


def test_a_full_disk_leaves_the_last_version(tmp_path: Path) -> None:
    """On a disk that is really full, publishing fails clearly, and works once there is room."""
    with small_disk(tmp_path, "256k") as disk:
        catalog = Catalog.open(disk / "catalog")
        first = catalog.publish(sample_index.index())
        with filled(disk):
            with pytest.raises(CatalogError, match="No space left"):
                catalog.publish(sample_index.index(lengths=(40,) * 8))
            assert (
                first.segments["autumn"] == Catalog.open(disk / "catalog").index("autumn").version
            )
            assert list(catalog.storage.list("unfinished")) == []
        assert catalog.publish(sample_index.index(lengths=(40,) * 8)).changed


def test_who_maps_a_file_keeps_it_when_it_is_replaced(tmp_path: Path) -> None:
    """Replacing and deleting a file never changes what a reader has mapped."""
    storage = FolderStorage(tmp_path)
    storage.put("segments/a", b"first")
    mapped = map_file(tmp_path / "segments" / "a")
    storage.put("segments/a", b"second")
    storage.delete("segments/a")
    assert bytes(mapped) == b"first"


def test_files_are_read_only(tmp_path: Path) -> None:
    """Nobody rewrites by accident what others have mapped."""
    storage = FolderStorage(tmp_path)
    storage.put("segments/a", b"content")
    assert stat.S_IMODE((tmp_path / "segments" / "a").stat().st_mode) == 0o444


def test_what_the_system_refuses_names_the_file(tmp_path: Path) -> None:
    """An operating system's error becomes ours, with the path and what to do."""
    (tmp_path / "segments").write_text("a file where a folder should be")
    with pytest.raises(CatalogError) as caught:
        FolderStorage(tmp_path).put("segments/a", b"content")
    assert str(tmp_path / "segments" / "a") == caught.value.where
    assert caught.value.fix


def test_each_write_is_flushed_before_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order that a crash cannot upset: flush the file, rename it, flush the folder."""
    storage = FolderStorage(tmp_path)
    storage.put("segments/a", b"makes the folders")
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        steps.append(f"flush {kind}")
        real_fsync(handle)

    def replace(path: Path, target: Path) -> Path:
        steps.append("rename")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    storage.put("segments/a", b"content")
    assert steps == ["flush file", "rename", "flush folder"]


def test_more_assets_than_files_may_be_open(tmp_path: Path) -> None:
    """A process that may open few files raises its own limit rather than fail."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    (tmp_path / "a").write_bytes(b"content")
    with (tmp_path / "a").open() as newest:
        few = newest.fileno() + 8
    resource.setrlimit(resource.RLIMIT_NOFILE, (few, limits[1]))
    try:
        mapped = [map_file(tmp_path / "a") for _ in range(40)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert {bytes(data) for data in mapped} == {b"content"}
