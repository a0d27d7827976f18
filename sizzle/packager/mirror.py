"""Packages of an object store, fetched whole into a local folder that they are played from.

Their objects are named as in a folder of packages. A package never changes, so that whatever is
there once is right for ever; its map comes last, without which it is not complete.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Self

from sizzle.errors import NotFoundError, SizzleError
from sizzle.files import replacing
from sizzle.hls import from_bytes
from sizzle.object_store import open_store, reporting
from sizzle.packager.errors import PackageError
from sizzle.packager.folder import CURRENT, MAP_NAME, STILLS, check_files
from sizzle.packager.stills import read_stills

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_log = logging.getLogger(__name__)
_AT_ONCE: Final = 8  # files
_MOST_WANTED: Final = 8  # packages that may wait
_MISSING_FOR: Final = 60.0  # seconds
_MOST_MISSING: Final = 1000


class PackageFetchingError(NotFoundError):
    """A package that is not here yet."""

    status: ClassVar[int] = 503
    slug: ClassVar[str] = "package-fetching"
    title: ClassVar[str] = "The package is being fetched"
    retry_after = 5.0


class PackageMirror:
    """A local folder of packages that are kept in an object store.

    Safe to share between threads, and the folder between processes.

    Args:
        store: any store that obstore opens.
        root: the local folder.
        location: what to call the store in messages.

    Attributes:
        problem: why the last package could not be fetched in the background; else empty.
    """

    def __init__(self, store: ObjectStore, root: Path, location: str) -> None:
        self._store = store
        self.root = root
        self.problem = ""
        self._location = location
        self._wanted: set[str] = set()
        self._missing: dict[str, float] = {}
        self._changing = threading.Lock()

    @classmethod
    def open(cls, url: str, root: Path | None = None) -> Self:
        """The store at a URL such as `s3://bucket/prefix`. Raises PackageError."""
        return cls(open_store(url, PackageError), root or default_mirror(), url)

    def fetch(self, package_id: str) -> None:
        """Fetch a package and its stills, unless they are here.

        Raises:
            NotFoundError: there is none.
            PackageError: the store cannot be read, or the disk not be written to.
        """
        folder = self.root / package_id
        if (folder / MAP_NAME).exists():
            return
        with self._locked(package_id), self._reporting(package_id):
            self._fetch_package(folder)
        _log.info("fetched package %s", package_id)

    def fetch_current(self, asset_version: str) -> None:
        """Fetch which package a version is played from, and that package. Raises as `fetch`."""
        name = f"{CURRENT}/{asset_version}"
        path = self.root / name
        if not path.exists():
            with self._reporting(name):
                (self.root / CURRENT).mkdir(parents=True, exist_ok=True)
                self._fetch_file(name, path)
        self.fetch(path.read_text(encoding="ascii").strip())

    def want(self, package_id: str, asset_version: str = "") -> PackageFetchingError | None:
        """Fetch something that is missing, in the background.

        Args:
            package_id: of the package; empty for the one that a version is played from.
            asset_version: of that.

        Returns:
            That it is on its way; None where there is none, as far as is known.
        """
        name = package_id or f"{CURRENT}/{asset_version}"
        with self._changing:
            if self._missing.get(name, 0.0) > time.monotonic():
                return None
            if name not in self._wanted and len(self._wanted) < _MOST_WANTED:
                self._wanted.add(name)
                arguments = (name, package_id, asset_version)
                threading.Thread(target=self._fetch_wanted, args=arguments, daemon=True).start()
        return PackageFetchingError(f"{name} is being fetched.", fix="try again in a moment.")

    def upload(self, package_id: str, asset_version: str) -> None:
        """Keep a complete package of the local folder in the store, its map last.

        Raises:
            PackageError: the store cannot be written to.
        """
        folder = self.root / package_id
        stills = [self._still(name) for name in _stills_of(folder)]
        files = [*stills, *(f"{package_id}/{path.name}" for path in folder.iterdir())]
        files.sort(key=lambda name: name.endswith(MAP_NAME))
        with self._reporting(package_id):
            there = self._sizes(f"{package_id}/")
            missing = [name for name in files if there.get(name) != _size(self.root / name)]
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(self._put, [name for name in missing if not _is_map(name)]))
            for name in filter(_is_map, missing):
                self._put(name)
            self._put(f"{CURRENT}/{asset_version}")

    def _put(self, name: str) -> None:
        import obstore

        obstore.put(self._store, name, self.root / name)

    def _fetch_wanted(self, name: str, package_id: str, asset_version: str) -> None:
        try:
            if package_id:
                self.fetch(package_id)
            else:
                self.fetch_current(asset_version)
            self.problem = ""
        except NotFoundError:
            with self._changing:
                if len(self._missing) >= _MOST_MISSING:
                    self._missing.clear()
                self._missing[name] = time.monotonic() + _MISSING_FOR
        except SizzleError as error:
            self.problem = str(error)
            _log.warning("%s cannot be fetched: %s", name, error)
        finally:
            with self._changing:
                self._wanted.discard(name)

    def _fetch_package(self, folder: Path) -> None:
        if (folder / MAP_NAME).exists():
            return  # by another process, while this one waited
        sizes = self._sizes(f"{folder.name}/")
        map_name = f"{folder.name}/{MAP_NAME}"
        if map_name not in sizes:
            raise FileNotFoundError(map_name)
        folder.mkdir(parents=True, exist_ok=True)
        names = [name for name in sizes if name != map_name]
        self._fetch_files(name for name in names if _size(self.root / name) != sizes[name])
        stills = map(self._still, _stills_of(folder))
        self._fetch_files(name for name in stills if not (self.root / name).exists())
        unchecked = folder.with_name(f".{folder.name}.map")
        self._fetch_file(map_name, unchecked)
        check_files(folder, from_bytes(unchecked.read_bytes()))
        unchecked.rename(folder / MAP_NAME)

    def _fetch_files(self, names: Iterable[str]) -> None:
        missing = list(names)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(lambda name: self._fetch_file(name, self.root / name), missing))

    def _fetch_file(self, name: str, path: Path) -> None:
        import obstore

        path.parent.mkdir(parents=True, exist_ok=True)
        found = obstore.get(self._store, name)
        with replacing(path) as temporary, temporary.open("wb") as file:
            for piece in found.stream():
                file.write(piece)

    def _sizes(self, prefix: str) -> dict[str, int]:
        import obstore

        return {
            item["path"]: item["size"]
            for page in obstore.list(self._store, prefix)
            for item in page
        }

    def _still(self, name: str) -> str:
        return f"{STILLS}/{name[:2]}/{name}.jpg"

    @contextmanager
    def _locked(self, package_id: str) -> Iterator[None]:
        """One process of a machine fetches a package; the others wait for it."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / f".{package_id}.fetching").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _reporting(self, name: str) -> Iterator[None]:
        where = f"{self._location.rstrip('/')}/{name}"
        try:
            with _ours(where):
                yield
        except PackageError as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise NotFoundError(f"There is no package {name}.", where=where) from error
            raise


def _ours(where: str) -> AbstractContextManager[None]:
    return reporting(where, PackageError)


def _stills_of(folder: Path) -> set[str]:
    """The names of all stills of a package."""
    stills = read_stills(folder)
    clips = stills.clips.values() if stills is not None else ()
    return {name for clip in clips for name in clip.names.values()}


def _is_map(name: str) -> bool:
    return name.endswith(f"/{MAP_NAME}")


def _size(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return -1


def default_mirror() -> Path:
    """The folder that packages of object stores are kept in on this machine."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dynamic-sizzles" / "packages"
