"""Writes whole files: readers and crashes see the old file or the new one, never a part.

A file is written beside its final path (or in another folder of the same file system), flushed to
the disk and renamed, and the folder's entry is flushed: the order that a power cut cannot upset.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sizzle.errors import InputError

_MODE = 0o644  # of what is written; temporary files are made so that only their owner reads them


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path that replaces `path` once the block ends without an error.

    It has the same suffix, since some programs choose a format by it. On an error it is removed,
    and `path` is left unchanged.

    Raises:
        InputError: the folder does not exist or cannot be written to.
    """
    try:
        temporary = _temporary(path, path.parent)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}.",
            fix="create its folder, or name another.",
        ) from error
    with _removing(temporary):
        yield temporary
        _flush(temporary, _MODE)
        temporary.replace(path)
        sync(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file. Raises InputError: its folder cannot be written to."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: Path, data: bytes, *, mode: int = _MODE, through: Path | None = None) -> None:
    """Write a file.

    Args:
        path: of the file; its folder exists.
        data: its content.
        mode: its permissions.
        through: the folder to write it in before it is renamed; that of `path` if None.

    Raises:
        OSError: it cannot be written.
    """
    temporary = _temporary(path, through or path.parent)
    with _removing(temporary):
        temporary.write_bytes(data)
        _flush(temporary, mode)
        temporary.replace(path)
        sync(path.parent)


def write_new(path: Path, data: bytes, *, mode: int = _MODE) -> bool:
    """Write a file unless it exists; of several writers at once, the first one's stays.

    Returns:
        Whether it was written.

    Raises:
        OSError: it cannot be written.
    """
    temporary = _temporary(path, path.parent)
    with _removing(temporary):
        temporary.write_bytes(data)
        _flush(temporary, mode)
        try:
            path.hardlink_to(temporary)  # unlike a rename, it never replaces a file
        except FileExistsError:
            return False
        sync(path.parent)
        return True


def sync(path: Path) -> None:
    """Flush a file, or a folder's entries, to the disk. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _temporary(path: Path, folder: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=folder)
    os.close(handle)
    return Path(name)


@contextmanager
def _removing(temporary: Path) -> Iterator[None]:
    """Leave nothing of a temporary file, unless it was renamed."""
    try:
        yield
    finally:
        temporary.unlink(missing_ok=True)


def _flush(temporary: Path, mode: int) -> None:
    temporary.chmod(mode)
    sync(temporary)
