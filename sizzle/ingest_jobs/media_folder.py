"""The folder of media files that editors may name.

A client's name never becomes a path: it is looked up among the names of the files there.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sizzle.errors import NotFoundError

_MOST_SHOWN = 80


@dataclass(frozen=True)
class MediaFolder:
    """The regular files of one folder; hidden files, links and folders are ignored."""

    root: Path | None = None

    def names(self) -> list[str]:
        """The files' names, sorted."""
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
                fix="put the export into the service's media folder, and give its name there.",
            )
        return self.root / name


def stamp(path: Path) -> str:
    """A stamp of a file's state: it changes whenever the content does."""
    stat = path.stat()
    return f"{stat.st_size}-{stat.st_mtime_ns}-{stat.st_ino}"
