"""The panel as a `.ccx` file, which Creative Cloud installs with a double click."""

from __future__ import annotations

import json
import stat
import zipfile
from io import BytesIO
from pathlib import Path

from sizzle.errors import InputError
from sizzle.files import write_bytes

__all__ = ["SUFFIX", "write_package"]

SUFFIX = ".ccx"

_UNIX = 3  # the system whose permissions an entry has
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the same for all, so that the same panel gives the same bytes
_MANIFEST_LIMIT = 100_000  # bytes, for what may be anybody's archive


def write_package(file: Path, panel: Path, panel_id: str) -> Path:
    """Write a panel as one file, whole or not at all.

    Args:
        file: where to. An earlier package of the same panel is replaced.
        panel: the folder of the built panel.
        panel_id: the id in its manifest.

    Returns:
        The file.

    Raises:
        InputError: something else is there, or it cannot be written.
    """
    if file.exists() and not _is_package_of(file, panel_id):
        raise InputError(
            "The file exists, and is not a package of this panel.",
            where=str(file),
            fix="name a new file, or remove this one.",
        )
    try:
        write_bytes(file, _packed(panel, panel_id))
    except OSError as error:
        raise InputError(
            f"The panel cannot be written: {error.strerror or error}.",
            where=str(file),
            fix="create the parent folder, or name another.",
        ) from error
    return file


def _packed(panel: Path, panel_id: str) -> bytes:
    """A ZIP whose only folder at the root is the panel's id, as Adobe's installer wants it.

    Without that folder, or with entries without permissions, it fails with status -160.
    """
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in [panel, *sorted(panel.rglob("*"))]:
            name = f"{panel_id}/{path.relative_to(panel).as_posix()}".removesuffix("/.")
            if path.is_dir():
                archive.writestr(_entry(f"{name}/", stat.S_IFDIR | 0o755), b"")
            else:
                archive.writestr(_entry(name, stat.S_IFREG | 0o644), path.read_bytes())
    return content.getvalue()


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.create_system = _UNIX
    entry.external_attr = mode << 16
    entry.compress_type = zipfile.ZIP_STORED if name.endswith("/") else zipfile.ZIP_DEFLATED
    if name.endswith("/"):
        entry.external_attr |= 0x10  # a folder, for readers that know only MS-DOS attributes
    return entry


def _is_package_of(file: Path, panel_id: str) -> bool:
    try:
        with (
            zipfile.ZipFile(file) as archive,
            archive.open(f"{panel_id}/manifest.json") as manifest,
        ):
            found = json.loads(manifest.read(_MANIFEST_LIMIT))
    except (OSError, KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return False
    return isinstance(found, dict) and found.get("id") == panel_id
