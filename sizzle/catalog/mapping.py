"""Mapping files into memory."""

from __future__ import annotations

import errno
import mmap
import resource
import sys
from pathlib import Path

from sizzle.errors import CatalogError

_READ_AHEAD = 1 << 16  # what opening a segment of a thousand titles reads, and a little more


def map_file(path: Path) -> memoryview:
    """A file's bytes, read-only, shared with every process that maps it; no copy is made.

    The system begins to read the start of the file, without waiting for it: who maps many files
    before reading the first one waits for all of their disk at once.

    Raises:
        CatalogError: it cannot be opened or mapped.
    """
    try:
        try:
            return memoryview(_map(path))
        except OSError as error:
            if error.errno != errno.EMFILE or not _allow_more_files():
                raise
            return memoryview(_map(path))
    except OSError as error:
        raise CatalogError(
            f"{error.strerror or error}.",
            where=str(path),
            fix="check the file's permissions, and the limit on open files (`ulimit -n`).",
        ) from error


def _map(path: Path) -> mmap.mmap | bytes:
    with path.open("rb") as file:
        size = path.stat().st_size
        if not size:  # which cannot be mapped
            return b""
        if sys.version_info >= (3, 13):
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ, trackfd=False)
        else:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        mapped.madvise(mmap.MADV_WILLNEED, 0, min(size, _READ_AHEAD))
        return mapped


def _allow_more_files() -> bool:
    """Raise this process's own limit on open files to what it is allowed, where that is more.

    Before Python 3.13 a mapping keeps a file open, and the usual limit of 1,024 is fewer than the
    assets of a large catalog.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return False
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return True
