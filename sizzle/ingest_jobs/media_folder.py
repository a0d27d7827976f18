"""The folder of media that editors name files of.

A client's name is never made a path: it is looked up among the names that are there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sizzle.errors import NotFoundError

_MOST_SHOWN = 80


@dataclass(frozen=True)
class MediaFolder:
    """Plain files of one folder; hidden ones, links and folders in it are not there to us."""

    root: Path | None = None

    def names(self) -> list[str]:
        """What there is, sorted."""
        if self.root is None or not self.root.is_dir():
            return []
        with os.scandir(self.root) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.is_file(follow_symlinks=False)
                and not entry.name.startswith(".")
                and entry.name.isprintable()
            )

    def named(self, name: str) -> Path:
        """The file of that name. Raises NotFoundError."""
        if self.root is None or name not in self.names():
            raise NotFoundError(
                f"The media folder has no file {name[:_MOST_SHOWN]!r}.",
                fix="put the export into the service's media folder and name it as it lies there.",
            )
        return self.root / name


def stamp(path: Path) -> str:
    """What a file is now: another stamp, another content."""
    stat = path.stat()
    return f"{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ino}"
