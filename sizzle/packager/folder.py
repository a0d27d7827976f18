"""Packages on disk.

    <root>/current/<asset version>     the id of the package that the version is played from
    <root>/<package id>/segments.map   the segment map
    <root>/<package id>/720p.mp4       a rendition: init segment and fragments
    <root>/<package id>/bed-main.mp4   a bed
    <root>/.<name>.making/             a package that is being made, or whose making was interrupted
    <root>/unused/<package id>         since when nothing is played from it: see `sweep`
    <root>/stills/                     pictures of clips: see `stills`

A package id ends with a digest of its files: whatever is made differently, by other settings or
another encoder, has another id. So a package is never changed, its addresses hold the same bytes
for ever, and players of one go on with it when another is made.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable
from hashlib import file_digest, sha256
from pathlib import Path

from sizzle.clips import checked_id
from sizzle.errors import InputError, NotFoundError
from sizzle.files import replacing, sync, write_text
from sizzle.hls import SegmentMap, from_bytes, to_bytes
from sizzle.packager.errors import PackageError

MAP_NAME = "segments.map"
CURRENT = "current"
UNUSED = "unused"
STILLS = "stills"
_ID_DIGITS = 8  # of the digest of a package's files: their other digits say what they are made from


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
    check_files(folder, segment_map)
    return segment_map


def check_files(folder: Path, segment_map: SegmentMap) -> None:
    """See that all files of a map exist, at their full length. Raises PackageError."""
    for track in segment_map.tracks:
        _check_size(folder / track.file, track.file_size)


def write_map(folder: Path, segment_map: SegmentMap) -> None:
    """Write the map atomically; the package is then complete. Raises InputError."""
    with replacing(folder / MAP_NAME) as temporary:
        temporary.write_bytes(to_bytes(segment_map))


def making_folder(root: Path, name: str) -> Path:
    """Where a package is made before it has an id."""
    return root / f".{name}.making"


def made_folders(root: Path, name: str) -> list[Path]:
    """The packages made under a name, which may be a pattern, newest first.

    Packages made by earlier versions have the name as their id.
    """
    folders = [*root.glob(name), *root.glob(f"{name}-*")]
    return sorted(folders, key=lambda folder: folder.stat().st_mtime_ns, reverse=True)


def package_id_of(making: Path, name: str, files: Iterable[str]) -> str:
    """The id of a package that was just made: its name, and a digest of its files."""
    digest = sha256()
    for file in sorted(files):
        with (making / file).open("rb") as content:
            digest.update(f"{file} {file_digest(content, 'sha256').hexdigest()}\n".encode())
    return f"{name}-{digest.hexdigest()[:_ID_DIGITS]}"


def move_into_place(making: Path, folder: Path) -> None:
    """Rename a complete package to its id; one of that id that was damaged gets its files.

    Raises:
        OSError: it cannot be written.
    """
    try:
        making.rename(folder)
    except OSError as error:
        if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
            raise
        # Equal ids are equal files. The map comes last, as without it the package is incomplete.
        for path in sorted(making.iterdir(), key=lambda path: path.name == MAP_NAME):
            path.replace(folder / path.name)
        shutil.rmtree(making)
    sync(folder.parent)


def current(root: Path, asset_version: str) -> str:
    """The id of the package that a version of an asset is played from.

    Raises:
        NotFoundError: the version was not packaged.
    """
    try:
        version = checked_id(asset_version, "asset version")
        return (root / CURRENT / version).read_text(encoding="ascii").strip()
    except (OSError, InputError):
        raise NotFoundError(
            f"Version {asset_version[:16]} of the asset is not packaged.",
            where=str(root),
            fix="package it with `sizzle package`.",
        ) from None


def make_current(root: Path, asset_version: str, package_id: str) -> None:
    """Play a version from a package from now on. Raises InputError: it cannot be written."""
    (root / CURRENT).mkdir(parents=True, exist_ok=True)
    write_text(root / CURRENT / checked_id(asset_version, "asset version"), f"{package_id}\n")
    (root / UNUSED / package_id).unlink(missing_ok=True)


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
