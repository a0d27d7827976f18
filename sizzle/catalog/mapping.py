"""Mapping files into memory."""

from __future__ import annotations

import errno
import mmap
import resource
import sys
from pathlib import Path

from sizzle.errors import CatalogError


def map_file(path: Path) -> memoryview:
    """A file's bytes, read-only, shared with every process that maps it; no copy is made.

    Raises:
        CatalogError: it cannot be opened or mapped.
    """
    try:
        try:
            return _map(path)
        except OSError as error:
            if error.errno != errno.EMFILE or not _allow_more_files():
                raise
            return _map(path)
    except OSError as error:
        raise CatalogError(
            f"{error.strerror or error}.",
            where=str(path),
            fix="check that the file may be read, and that `ulimit -n` leaves room for it.",
        ) from error


def _map(path: Path) -> memoryview:
    with path.open("rb") as file:
        if not path.stat().st_size:  # which cannot be mapped
            return memoryview(b"")
        if sys.version_info >= (3, 13):
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ, trackfd=False))
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


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
