"""Packages in an object store are played from a local folder, as those of a folder are."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import obstore
import pytest
from obstore.store import MemoryStore

from sizzle.errors import NotFoundError
from sizzle.packager import PackageError, PackageMirror, Packages, read_stills
from sizzle.packager.mirror import PackageFetchingError
from tests.packager.packaged_asset import Made


@dataclass(frozen=True)
class Announced:
    """A catalog that says what is played."""

    package_id: str

    def package_of(self, _: str, __: str) -> str | None:
        """The package, of whatever asset."""
        return self.package_id


@pytest.fixture
def store(copy: Made) -> MemoryStore:
    """A store to which an asset was packaged."""
    store = MemoryStore()
    mirror = PackageMirror(store, copy.root, "memory://")
    mirror.upload(copy.packaged.folder.name, copy.index.version)
    mirror.upload(copy.packaged.folder.name, copy.index.version)  # once more changes nothing
    return store


def packages(store: MemoryStore, root: Path, announced: Announced | None = None) -> Packages:
    """The packages of another machine."""
    return Packages(root, announced, PackageMirror(store, root, "memory://"))


def test_a_machine_has_what_is_announced_before_it_is_asked(
    copy: Made, store: MemoryStore, tmp_path: Path
) -> None:
    """To the byte, stills included; then the store may be away."""
    name, root = copy.packaged.folder.name, tmp_path / "other"
    for known in (Announced(name), None):
        other = packages(store, root, known)
        other.fetch([("demo", copy.index.version), ("other", "f" * 64)])
        obstore.delete(store, f"{name}/segments.map")  # the second time it is not asked for
        package = other.of_version("demo", copy.index.version)
        assert package.segment_map == copy.packaged.segment_map
        obstore.put(store, f"{name}/segments.map", copy.packaged.folder / "segments.map")
    for path in copy.packaged.folder.iterdir():
        assert (root / name / path.name).read_bytes() == path.read_bytes()
    stills = read_stills(copy.packaged.folder)
    assert stills is not None
    for clip in stills.clips.values():
        for still in clip.names.values():
            assert other.still(still).stat().st_size > 0


def test_what_is_missing_is_fetched_while_its_clients_wait(
    copy: Made, store: MemoryStore, tmp_path: Path
) -> None:
    """They get 503 until then; what is in no store is not there, and is not looked for again."""
    name = copy.packaged.folder.name
    other = packages(store, tmp_path / "other")
    with pytest.raises(PackageFetchingError):
        other.named(name)
    deadline = time.monotonic() + 30
    while other.find("demo", copy.index.version) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert other.named(name).segment_map == copy.packaged.segment_map
    with pytest.raises(PackageFetchingError):
        other.named("nothing")
    while True:
        try:
            other.named("nothing")
        except PackageFetchingError:
            time.sleep(0.02)
        except NotFoundError:
            break


def test_a_package_is_whole_or_not_there(copy: Made, store: MemoryStore, tmp_path: Path) -> None:
    """One that lacks a file in the store is not played; once it is whole, it is."""
    name = copy.packaged.folder.name
    (track, *_) = copy.packaged.segment_map.tracks
    obstore.put(store, f"{name}/{track.file}", b"cut off")
    mirror = PackageMirror(store, tmp_path / "other", "memory://")
    with pytest.raises(PackageError, match="incomplete"):
        mirror.fetch(name)
    assert Packages(tmp_path / "other").find("demo", copy.index.version) is None
    PackageMirror(store, copy.root, "memory://").upload(name, copy.index.version)
    mirror.fetch(name)
    assert Packages(tmp_path / "other").named(name)
