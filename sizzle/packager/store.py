"""Packages opened for reading: segment maps in memory, files by descriptor."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Protocol
from weakref import finalize

from sizzle.clips import Index, checked_id
from sizzle.errors import InputError, NotFoundError
from sizzle.hls import Samples, SegmentMap, Track, read_samples
from sizzle.hls.boxes import HEADER_SIZE
from sizzle.object_store import is_store_url
from sizzle.packager import folder as folders
from sizzle.packager.errors import PackageError
from sizzle.packager.mirror import PackageFetchingError, PackageMirror
from sizzle.packager.stills import Stills, read_stills, still_path
from sizzle.reloading import Reloadable


class Package:
    """One open package. Its files stay readable while it is held, even if the folder is removed.

    Args:
        folder: that holds it.

    Raises:
        NotFoundError: there is none.
        PackageError: it is incomplete.
        SegmentMapError: its map is damaged or of an unknown format.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stills: Stills | None = None
        self.segment_map: SegmentMap = folders.read_map(folder)
        self.tracks: Mapping[str, Track] = MappingProxyType(
            {track.name: track for track in self.segment_map.tracks}
        )
        self._files = {track.name: _opened(folder / track.file) for track in self.tracks.values()}
        self._samples: dict[tuple[str, int], Samples] = {}
        self._key_frames: dict[str, dict[int, int]] = {name: {} for name in self.tracks}
        finalize(self, _close, list(self._files.values()))

    @cached_property
    def inits(self) -> Mapping[str, bytes]:
        """The init segment of each track, by its name."""
        return {
            name: os.pread(self._files[name], track.init_size, 0)
            for name, track in self.tracks.items()
        }

    @property
    def stills(self) -> Stills | None:
        """The pictures of its clips; None while there are none: packaging again makes them."""
        if self._stills is None:
            self._stills = read_stills(self._folder)
        return self._stills

    def descriptor(self, track: str) -> int:
        """The open file of a track."""
        return self._files[track]

    def samples(self, track: Track, fragment: int) -> Samples:
        """The decoded header of a fragment; cached, as every film asks for the same ones.

        Raises:
            FragmentError: the file is damaged.
        """
        samples = self._samples.get((track.name, fragment))
        if samples is None:
            size, offset = track.header_sizes[fragment], track.offsets[fragment]
            samples = read_samples(os.pread(self._files[track.name], size, offset))
            self._samples[track.name, fragment] = samples
        return samples

    def key_frames(self, track: Track, fragments: Sequence[int]) -> list[int]:
        """How many bytes of each of some fragments its key frame needs: its header, and itself.

        It is the first sample. Only sizes are kept in memory, as every reel asks for some of them.

        Raises:
            FragmentError: the file is damaged.
        """
        known = self._key_frames[track.name]
        for fragment in set(fragments).difference(known):
            self._key_frame(track, fragment)
        return [known[fragment] for fragment in fragments]

    def _key_frame(self, track: Track, fragment: int) -> None:
        size = track.header_sizes[fragment]
        header = os.pread(self._files[track.name], size, track.offsets[fragment])
        needed = size + HEADER_SIZE + read_samples(header).sizes[0]
        self._key_frames[track.name][fragment] = needed


class Announced(Protocol):
    """Says which package an asset is played from: a reader that follows the catalog."""

    def package_of(self, asset_id: str, asset_version: str) -> str | None:
        """The package that a version of an asset is played from; None where it is unknown."""


class Followed(Announced, Protocol):
    """A reader that has the assets in use, too."""

    @property
    def indexes(self) -> Mapping[str, Index]:
        """All assets of the version in use."""


class Packages:
    """All packages of a folder, each opened when it is first needed.

    Safe to share between threads: if two open the same at once, one of both is kept.

    Args:
        root: the folder given to `package`.
        announced: says which package an asset is played from. For versions that it no longer
            knows, such as those of reels that began before, the folder says which was made last.
        mirror: fetches packages of an object store into the folder.
    """

    def __init__(
        self,
        root: Path,
        announced: Announced | None = None,
        mirror: PackageMirror | None = None,
    ) -> None:
        self._root = root
        self._announced = announced
        self._mirror = mirror
        self._open: dict[str, Package] = {}

    def of_version(self, asset_id: str, asset_version: str) -> Package:
        """The package that a version of an asset is played from. Raises as `Package`."""
        known = self._announced and self._announced.package_of(asset_id, asset_version)
        if not known:
            return self.named(self._current(asset_version))
        try:
            return self.named(known)
        except PackageFetchingError as error:  # it goes on with the package before, if it has one
            with suppress(NotFoundError):
                return self.named(folders.current(self._root, asset_version))
            raise error from None

    def find(self, asset_id: str, asset_version: str) -> Package | None:
        """The same, or None where that version is not packaged.

        Raises:
            PackageError: it is torn.
            SegmentMapError: its map cannot be used.
        """
        try:
            return self.of_version(asset_id, asset_version)
        except NotFoundError:
            return None

    def still(self, name: str) -> Path:
        """The file of a still, of whichever package. Raises NotFoundError."""
        return still_path(self._root, name)

    def named(self, package_id: str) -> Package:
        """A package by its id. Raises as `Package`."""
        package = self._open.get(package_id)
        if package is None:
            package = self._open[package_id] = self._opened(_checked(package_id))
        return package

    @property
    def is_mirror(self) -> bool:
        """Whether they are fetched from an object store."""
        return self._mirror is not None

    def check(self) -> None:
        """See whether those of an object store can be fetched. Raises PackageError."""
        if self._mirror is not None and self._mirror.problem:
            raise PackageError(self._mirror.problem)

    def fetch(self, assets: Iterable[tuple[str, str]]) -> None:
        """Have the packages of assets, which are given by id and version, here.

        Raises:
            PackageError: they are in an object store that cannot be read.
        """
        for asset_id, asset_version in assets if self._mirror else ():
            assert self._mirror is not None
            known = self._announced and self._announced.package_of(asset_id, asset_version)
            with suppress(NotFoundError):  # which is no fault: it is not packaged
                if known:
                    self._mirror.fetch(known)
                else:
                    self._mirror.fetch_current(asset_version)

    def _opened(self, package_id: str) -> Package:
        try:
            return Package(self._root / package_id)
        except NotFoundError as error:
            on_its_way = self._mirror.want(package_id) if self._mirror else None
            raise on_its_way or error from error

    def _current(self, asset_version: str) -> str:
        try:
            return folders.current(self._root, asset_version)
        except NotFoundError as error:
            on_its_way = self._mirror.want("", asset_version) if self._mirror else None
            raise on_its_way or error from error


class PackageFollower(Reloadable[Packages]):
    """Fetches what newer versions of the catalog are played from, before it is asked for.

    Args:
        packages: of an object store.
        reader: of the catalog.
    """

    def __init__(self, packages: Packages, reader: Followed) -> None:
        super().__init__(packages)
        self._reader = reader

    def __str__(self) -> str:
        return "packages"

    def newest(self, current: Packages) -> Packages:
        """The same. Raises PackageError: one cannot be fetched."""
        for asset_id, index in self._reader.indexes.items():
            known = self._reader.package_of(asset_id, index.version)
            with suppress(PackageFetchingError):
                if known:
                    current.named(known)
        current.check()
        return current


def open_packages(
    location: str | Path, announced: Announced | None = None, root: Path | None = None
) -> Packages:
    """The packages of a folder, or of an object store.

    Args:
        location: a folder, or a URL such as `s3://bucket/prefix`.
        announced: as `Packages`.
        root: a local folder to fetch those of an object store into; this user's cache by default.

    Raises:
        PackageError: a URL of no known kind, or settings that are missing.
    """
    if not is_store_url(str(location)):
        return Packages(Path(location), announced)
    mirror = PackageMirror.open(str(location), root)
    return Packages(mirror.root, announced, mirror)


def _checked(package_id: str) -> str:
    """An id that cannot name a folder elsewhere."""
    try:
        return checked_id(package_id, "package id")
    except InputError:
        raise NotFoundError(
            f"There is no package {package_id[:120]!r}.", fix="take addresses from a playlist."
        ) from None


def _opened(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise PackageError(f"{error.strerror}.", where=str(path), fix="check the path.") from error


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
