"""Removing packages that nothing is played from any more."""

from __future__ import annotations

import fcntl
import math
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sizzle.errors import NotFoundError
from sizzle.files import write_text
from sizzle.packager.folder import CURRENT, STILLS, UNUSED, current

KEPT_DAYS: Final = 30
"""Days that a package stays after nothing is played from it any more.

Addresses of it may still be in use: players go on with the package that they began with, signed
addresses hold for up to 12 hours by default, and pages and messages hold unsigned ones for longer.
"""

_DAY: Final = 24 * 3600


def sweep_packages(
    root: Path, used: Mapping[str, Collection[str]], now: float, kept_days: float = KEPT_DAYS
) -> tuple[str, ...]:
    """Remove packages, finished or not, that have not been in use for some days.

    A package is in use while a version of the catalog names it, or while an index of a version of
    the catalog was last packaged into it. When one was first seen to be out of use is noted in
    `<root>/unused/<package id>`, so it takes two calls, days apart, to remove it.

    Args:
        root: the folder of all packages.
        used: the ids of packages that the catalog's versions name, by the version of the asset.
        now: seconds since 1970.
        kept_days: since a package was first seen to be out of use.

    Returns:
        The names of the folders that were removed.

    Raises:
        InputError: the folder cannot be written to.
    """
    in_use = {package_id for named in used.values() for package_id in named}
    for version in used:
        with suppress(NotFoundError):
            in_use.add(current(root, version))
    removed = []
    for folder in _packages(root):
        if folder.name in in_use:
            _mark(root, folder).unlink(missing_ok=True)
        elif now - _unused_since(root, folder, now) >= kept_days * _DAY and _remove(folder):
            _mark(root, folder).unlink()
            removed.append(folder.name)
    _forget(root, removed)
    return tuple(removed)


def _packages(root: Path) -> Iterator[Path]:
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if folder.is_dir() and folder.name not in (CURRENT, STILLS, UNUSED):
            yield folder


def _mark(root: Path, folder: Path) -> Path:
    return root / UNUSED / folder.name


def _unused_since(root: Path, folder: Path, now: float) -> float:
    """When a package was first seen to be out of use: now, if it was not seen before."""
    mark = _mark(root, folder)
    with suppress(OSError, ValueError):
        return float(mark.read_text(encoding="ascii"))
    mark.parent.mkdir(exist_ok=True)
    write_text(mark, f"{math.floor(now)}\n")  # never later than now
    return now


def _remove(folder: Path) -> bool:
    """Remove a package, unless it is being made at this moment."""
    with _unlocked(folder) as is_free:
        if is_free:
            shutil.rmtree(folder)
        return is_free


@contextmanager
def _unlocked(folder: Path) -> Iterator[bool]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _forget(root: Path, removed: Collection[str]) -> None:
    """Let no version of an asset be played from a package that was removed."""
    for path in (root / CURRENT).glob("*") if removed else ():
        if path.read_text(encoding="ascii").strip() in removed:
            path.unlink()
