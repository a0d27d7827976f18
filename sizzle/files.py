"""Writes whole files: readers and crashes see the old file or the new one, never a part.

A file is written beside its final path (or in another folder of the same file system), flushed to
the disk and renamed, and the folder's entry is flushed: the order that a power cut cannot upset.

What a killed program leaves is locked by nobody, so that later runs can tell it from what is being
written, and remove it.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sizzle.errors import DiskFullError, InputError

_MODE = 0o644  # of what is written; temporary files are made so that only their owner reads them
_MARK: Final = "sizzle-"  # in the names of what is being written, and locked
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path that replaces `path` once the block ends without an error.

    It has the same suffix, since some programs choose a format by it. On an error it is removed,
    and `path` is left unchanged.

    Raises:
        InputError: the folder does not exist or cannot be written to.
        DiskFullError: the disk is full.
    """
    try:
        temporary, lock = _locked_file(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with _removing(temporary):
            yield temporary
            _flush(temporary, _MODE)
            temporary.replace(path)
            sync(path.parent)
    except OSError as error:
        if error.errno in _FULL:
            raise _unwritable(path, error) from error
        raise
    finally:
        os.close(lock)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for temporary files, removed after the block; first, those that were left behind.

    Raises:
        InputError: none can be made.
        DiskFullError: the disk is full.
    """
    root = Path(tempfile.gettempdir())
    _sweep(root, f"{_MARK}scratch-*")
    made = Path(tempfile.mkdtemp(prefix=f"new-{_MARK}", dir=root))
    lock = _locked(made)
    folder = made.rename(root / f"{_MARK}scratch-{secrets.token_hex(8)}")
    try:
        yield folder
    except OSError as error:
        if error.errno in _FULL:
            raise _unwritable(folder, error) from error
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def sweep(folder: Path) -> None:
    """Remove the files that killed programs left half-written in a folder."""
    _sweep(folder, f".*.{_MARK}????????????????*")


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


def _locked_file(path: Path) -> tuple[Path, int]:
    """A new file to become `path`, and the descriptor that locks it. Raises OSError."""
    # Renamed only once it is locked: another run would remove it before.
    lock, name = tempfile.mkstemp(prefix=f".new-{_MARK}", suffix=path.suffix, dir=path.parent)
    with suppress(OSError):  # a file system without locks: nothing in it is swept
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    marked = f".{path.stem[:100]}.{_MARK}{secrets.token_hex(8)}{path.suffix}"
    return Path(name).rename(path.with_name(marked)), lock


def _locked(folder: Path) -> int:
    lock = os.open(folder, os.O_RDONLY)
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _sweep(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        # Someone else's, in use, or gone meanwhile: it is left to them.
        with suppress(OSError):
            _remove_unlocked(path)


def _remove_unlocked(path: Path) -> None:
    lock = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        if os.fstat(lock).st_uid != os.geteuid():
            return
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    finally:
        os.close(lock)


def is_disk_full(error: BaseException) -> bool:
    """Whether an error says that a disk, or what one may use of it, is full."""
    return isinstance(error, DiskFullError) or (isinstance(error, OSError) and error.errno in _FULL)


def _unwritable(path: Path, error: OSError) -> InputError | DiskFullError:
    if error.errno in _FULL:
        return DiskFullError(
            f"{path} cannot be written: {error.strerror}.", fix="free space there, or name another."
        )
    return InputError(
        f"{path} cannot be written: {error.strerror}.", fix="create its folder, or name another."
    )


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
