"""A catalog in a folder of the local file system.

A file is written beside its place, flushed to the disk, renamed into its place, and the folder's
own entry is flushed: a crash at any moment leaves the old file or the new one, whole. A mapped file
is never written to. Compare-and-swap holds a lock that the system releases when its holder dies.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path

from sizzle.catalog.storage import UNFINISHED, Blob, StoredFile, Token
from sizzle.errors import CatalogError
from sizzle.files import sync, write_bytes

_PIECE = 1 << 20
_READ_ONLY = 0o444  # nothing may rewrite what others have mapped


class FolderStorage:
    """The files of a catalog in a folder, which is made when something is first written."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def location(self) -> str:
        """The folder's path."""
        return str(self._root)

    def read(self, name: str) -> Blob | None:
        """The whole file, or None where there is none."""
        with _reporting(self._root / name):
            try:
                data = (self._root / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None
        return Blob(data, Token(content=data))

    def holds(self, name: str, data: bytes) -> bool:
        """Whether the file, read afresh, has just this content."""
        with _reporting(self._root / name):
            try:
                with (self._root / name).open("rb", buffering=0) as file:
                    return _holds_just(file, memoryview(data))
            except FileNotFoundError:
                return False

    def put(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all."""
        path = self._root / name
        with _reporting(path):
            _make_folder(path.parent)
            _make_folder(self._root / UNFINISHED)
            # What a crash leaves half-written is then in one folder, and can be swept.
            write_bytes(path, data, mode=_READ_ONLY, through=self._root / UNFINISHED)

    def swap(self, name: str, data: bytes, token: Token | None) -> bool:
        """Write a file if it still is what `token` identifies."""
        with self._lock():
            current = self.read(name)
            if (current and current.token) != token:
                return False
            self.put(name, data)
        return True

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is fine."""
        with _reporting(self._root / name):
            (self._root / name).unlink(missing_ok=True)

    def list(self, folder: str) -> Iterator[StoredFile]:
        """The files in a folder."""
        with _reporting(self._root / folder):
            try:
                found = list(os.scandir(self._root / folder))
            except FileNotFoundError:
                return
        for item in found:
            try:
                stat = item.stat()
            except FileNotFoundError:  # removed since it was listed
                continue
            yield StoredFile(f"{folder}/{item.name}", stat.st_size, stat.st_mtime)

    def local(self, name: str, sha256: str) -> Path | None:
        """The file itself."""
        path = self._root / name
        return path if path.is_file() else None

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep other producers on this folder out; the system unlocks it if we die."""
        with _reporting(self._root):
            _make_folder(self._root)
            handle = os.open(self._root / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _holds_just(file: FileIO, data: memoryview) -> bool:
    """Compare piece by piece, which for large files is twice as fast as reading them whole."""
    piece = bytearray(_PIECE)
    at = 0
    while size := file.readinto(piece):
        del piece[size:]
        if piece != data[at : at + size]:
            return False
        at += size
    return at == len(data)


def _make_folder(path: Path) -> None:
    """Make a folder that outlives a crash, as its parent's entry is flushed too."""
    if not path.is_dir():
        _make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync(path.parent)


@contextmanager
def _reporting(path: Path) -> Iterator[None]:
    """Turn the system's errors into CatalogError, with the file's name."""
    try:
        yield
    except OSError as error:
        raise CatalogError(
            f"{error.strerror or error}.",
            where=str(path),
            fix="check the disk's free space and the folder's permissions.",
        ) from error
