"""Files of jobs in an object store, fetched into a local folder where they are worked on."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Final, Self

import obstore

from sizzle.files import replacing, write_bytes, write_text
from sizzle.jobs.job_files import PREPARED, JobFilesError
from sizzle.object_store import open_store, reporting

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_FETCHED: Final = ".fetched"
_FETCHED_RESULT: Final = ".fetched-result"


class ObjectFiles:
    """Files of jobs as objects.

    Args:
        store: any store that obstore opens.
        root: a local folder to fetch them into.
        location: what to call the store in messages.
    """

    def __init__(self, store: ObjectStore, root: Path, location: str) -> None:
        self._store = store
        self._root = root
        self._location = location

    @classmethod
    def open(cls, url: str, root: Path) -> Self:
        """The store at a URL such as `s3://bucket/prefix`. Raises InputError."""
        return cls(open_store(url), root, url)

    def add(self, folder: Path) -> str:
        """Upload the files; the folder becomes the local one."""
        name = token_hex(16)
        for path in folder.iterdir():
            self._put(name, path)
        self._root.mkdir(parents=True, exist_ok=True)
        folder.rename(self._root / name)
        _mark(self._root / name / _FETCHED)
        return name

    def has(self, name: str) -> bool:
        """They can be fetched."""
        return True

    def local(self, name: str, *, done: bool) -> Path:
        """The local folder, after what is missing there was fetched."""
        folder = self._root / name
        mark = folder / (_FETCHED_RESULT if done else _FETCHED)
        if not mark.exists():
            folder.mkdir(parents=True, exist_ok=True)
            self._fetch(name, folder)
            _mark(mark)
        return folder

    def keep(self, name: str) -> None:
        """Upload what was written into the local folder."""
        folder = self._root / name
        kept = {*PREPARED, *(folder / _FETCHED).read_text(encoding="utf-8").splitlines()}
        for path in folder.iterdir():
            if path.is_file() and path.name not in kept and not path.name.startswith("."):
                self._put(name, path)
        _mark(folder / _FETCHED_RESULT)

    def write_file(self, name: str, file: str, content: bytes) -> None:
        """Replace one object, and the local file; copies on other machines stay until all go."""
        path = self._root / name / file
        write_bytes(path, content)
        self._put(name, path)

    def remove_file(self, name: str, file: str) -> None:
        """Remove one object."""
        (self._root / name / file).unlink(missing_ok=True)
        with self._reporting(f"{name}/{file}"), suppress(FileNotFoundError):
            obstore.delete(self._store, f"{name}/{file}")

    def remove(self, name: str) -> None:
        """Remove the objects and the local folder."""
        shutil.rmtree(self._root / name, ignore_errors=True)
        with self._reporting(name):
            paths = [item["path"] for item in self._objects(name)]
            if paths:
                obstore.delete(self._store, paths)

    def abandoned(self, age: float) -> Iterator[str]:
        """Of local folders and of objects."""
        then = time.time() - age
        for path in self._root.iterdir() if self._root.is_dir() else ():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < then:
                    yield path.name
        with self._reporting(""):
            found = obstore.list_with_delimiter(self._store)["common_prefixes"]
            for prefix in found:
                newest = [item["last_modified"].timestamp() for item in self._objects(prefix)]
                if max(newest, default=then) < then:
                    yield prefix.strip("/")

    def _fetch(self, name: str, folder: Path) -> None:
        with self._reporting(name):
            items = self._objects(name)
            if not items:
                raise FileNotFoundError(f"there are no objects {name}")
            for item in items:
                path = folder / item["path"].rpartition("/")[2]
                if path.exists() and path.stat().st_size == item["size"]:
                    continue
                with replacing(path) as temporary, temporary.open("wb") as file:
                    for piece in obstore.get(self._store, item["path"]).stream():
                        file.write(piece)

    def _objects(self, name: str) -> list[obstore.ObjectMeta]:
        pages = obstore.list(self._store, name.strip("/") + "/")
        return [item for page in pages for item in page]

    def _put(self, name: str, path: Path) -> None:
        with self._reporting(f"{name}/{path.name}"):
            obstore.put(self._store, f"{name}/{path.name}", path)

    def _reporting(self, name: str) -> AbstractContextManager[None]:
        """Turn the store's errors into ours, with the object's name."""
        return reporting(f"{self._location}/{name}", JobFilesError)


def _mark(path: Path) -> None:
    """Note which files are there by now."""
    names = [each.name for each in path.parent.iterdir() if not each.name.startswith(".")]
    write_text(path, "".join(f"{name}\n" for name in names))
