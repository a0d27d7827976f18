"""The Premiere panel: a UXP plug-in that ships, built, inside this package.

`panel/` is what `source/` builds to; it is kept beside it, since whoever installs the package need
not have Node.js.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copytree

from sizzle.errors import InputError
from sizzle.premiere_panel import package
from sizzle.premiere_panel.permission import ServiceAddress

__all__ = ["PANEL", "PANEL_ID", "write_panel"]

PANEL = Path(__file__).parent / "panel"
PANEL_ID = "com.dynamicsizzles.premiere-panel"


def write_panel(target: Path, service: str | None = None) -> Path:
    """Write the panel into a folder, or as a `.ccx` file, whole or not at all.

    Args:
        target: where to. A folder is made; an earlier panel of ours is replaced.
        service: the address of the service that it checks sequences with, the only one that it may
            reach. Without it the panel uses no network.

    Returns:
        The panel's manifest, which the UXP Developer Tool asks for, or the `.ccx` file.

    Raises:
        InputError: the target is, or holds, something else, or cannot be written to, or the
            service's address cannot be used.
    """
    target = target.resolve()
    address = ServiceAddress.parse(service) if service is not None else None
    if target.suffix == package.SUFFIX:
        with tempfile.TemporaryDirectory() as workplace:
            panel = _copied(Path(workplace) / "panel", address)
            return package.write_package(target, panel, PANEL_ID)
    return _write_folder(target, address)


def _copied(folder: Path, address: ServiceAddress | None) -> Path:
    """A copy of the panel, for that service."""
    copytree(PANEL, folder)
    if address:
        address.enter(folder)
    return folder


def _write_folder(folder: Path, address: ServiceAddress | None) -> Path:
    try:
        _refuse_what_is_not_ours(folder)
        with _beside(folder) as workplace:
            _copied(workplace / "new", address)
            _swap(folder, workplace)
    except OSError as error:
        raise InputError(
            f"The panel cannot be written: {error.strerror or error}.",
            where=str(folder),
            fix="create the parent folder, or name another.",
        ) from error
    return folder / "manifest.json"


def _refuse_what_is_not_ours(folder: Path) -> None:
    if not folder.exists() or _is_ours(folder):
        return
    if not folder.is_dir():
        raise InputError(
            "The path is a file, not a folder.", where=str(folder), fix="name a folder."
        )
    if any(folder.iterdir()):
        raise InputError(
            "The folder is not empty, and its content is not a panel.",
            where=str(folder),
            fix="name a new folder, or empty this one.",
        )


def _is_ours(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and manifest.get("id") == PANEL_ID


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A workplace on the folder's own disk, so that moving out of it is one step."""
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as workplace:
        yield Path(workplace)


def _swap(folder: Path, workplace: Path) -> None:
    """Put `new` in the folder's place; what was there goes with the workplace, or comes back."""
    old = workplace / "old"
    if folder.exists():
        folder.rename(old)
    try:
        (workplace / "new").rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
