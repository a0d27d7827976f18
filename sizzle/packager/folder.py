"""Packages on disk.

    <root>/current/<asset version>     the id of the package that the version is played from
    <root>/<package id>/segments.map   the segment map: written last, so a package that has one is
                                       complete
    <root>/<package id>/720p.mp4       a rendition: init segment and fragments
    <root>/<package id>/bed-main.mp4   a bed

A complete package is never changed. Another encoding of the same version is another package, and
players of the first one go on with it.
"""

from __future__ import annotations

from pathlib import Path

from sizzle.clips import checked_id
from sizzle.errors import InputError, NotFoundError
from sizzle.files import replacing, write_text
from sizzle.hls import SegmentMap, from_bytes, to_bytes
from sizzle.packager.errors import PackageError

MAP_NAME = "segments.map"
_CURRENT = "current"


def read_map(folder: Path) -> SegmentMap:
    """The segment map of a complete package: all its files exist, at their full length.

    Raises:
        NotFoundError: there is no package.
        PackageError: it is incomplete: a file is missing or of another length.
        SegmentMapError: the map is damaged, or of an unknown format.
    """
    try:
        data = (folder / MAP_NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise NotFoundError(
            f"There is no package {folder.name}.",
            where=str(folder.parent),
            fix="make it with `sizzle package`; an unfinished one is continued.",
        ) from None
    except OSError as error:
        raise PackageError(
            f"{error.strerror}.", where=str(folder), fix="check the path."
        ) from error
    segment_map = from_bytes(data)
    for track in segment_map.tracks:
        _check_size(folder / track.file, track.file_size)
    return segment_map


def write_map(folder: Path, segment_map: SegmentMap) -> None:
    """Write the map atomically; the package is then complete. Raises InputError."""
    with replacing(folder / MAP_NAME) as temporary:
        temporary.write_bytes(to_bytes(segment_map))


def current(root: Path, asset_version: str) -> str:
    """The id of the package that a version of an asset is played from.

    Raises:
        NotFoundError: the version was not packaged.
    """
    try:
        version = checked_id(asset_version, "asset version")
        return (root / _CURRENT / version).read_text(encoding="ascii").strip()
    except (OSError, InputError):
        raise NotFoundError(
            f"Version {asset_version[:16]} of the asset is not packaged.",
            where=str(root),
            fix="package it with `sizzle package`.",
        ) from None


def make_current(root: Path, asset_version: str, package_id: str) -> None:
    """Play a version from a package from now on. Raises InputError: it cannot be written."""
    (root / _CURRENT).mkdir(parents=True, exist_ok=True)
    write_text(root / _CURRENT / checked_id(asset_version, "asset version"), f"{package_id}\n")


def _check_size(path: Path, size: int) -> None:
    try:
        found = path.stat().st_size
    except OSError as error:
        raise _torn(path, f"is missing ({error.strerror})") from error
    if found != size:
        raise _torn(path, f"has {found} bytes of {size}")


def _torn(path: Path, how: str) -> PackageError:
    return PackageError(
        f"The package is incomplete: {path.name} {how}.",
        where=str(path.parent),
        fix="package the asset again: complete files are kept.",
    )
