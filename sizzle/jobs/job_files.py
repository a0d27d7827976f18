"""Where the files of jobs are: one narrow seam, with a folder and an object store behind it.

A job is worked on in a local folder. In a folder of jobs that is where its files are kept; from an
object store they are fetched into one.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import ClassVar, Final, Protocol

from sizzle.errors import SizzleError
from sizzle.files import sync, write_bytes
from sizzle.object_store import is_store_url

PREPARED: Final = frozenset({"request.json", "events.jsonl", "result.json"})
"""What a run begins with and ends in: these are rows, and not kept as files."""


class JobFilesError(SizzleError):
    """Files of a job that cannot be had here."""

    status: ClassVar[int] = 503
    slug: ClassVar[str] = "job-files-unavailable"
    title: ClassVar[str] = "The files of the job are not available"
    retry_after = 5.0


class JobFiles(Protocol):
    """Keeps the files of jobs. Every method raises JobFilesError where it cannot."""

    def add(self, folder: Path) -> str:
        """Keep the files of a folder; once this returns, they survive a crash.

        Returns:
            A new name for them.
        """

    def has(self, name: str) -> bool:
        """Whether they can be had here, as far as that is known without asking others."""

    def local(self, name: str, *, done: bool) -> Path:
        """A local folder with the files.

        Args:
            name: of them.
            done: whether also those have to be there that the job wrote.
        """

    def keep(self, name: str) -> None:
        """Keep what was written into the local folder, as `add` does."""

    def write_file(self, name: str, file: str, content: bytes) -> None:
        """Replace one file."""

    def remove_file(self, name: str, file: str) -> None:
        """Remove one file."""

    def remove(self, name: str) -> None:
        """Remove all files of a name."""

    def abandoned(self, age: float) -> Iterator[str]:
        """All names that are older than some seconds; the caller knows those of jobs."""


class FolderFiles:
    """Files of jobs in a folder, which processes of one machine share, or all machines see.

    Args:
        root: in which each job has a folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, folder: Path) -> str:
        """Move the folder here."""
        for path in folder.iterdir():
            sync(path)
        sync(folder)
        self.root.mkdir(parents=True, exist_ok=True)
        name = token_hex(16)
        folder.rename(self.root / name)
        sync(self.root)
        return name

    def has(self, name: str) -> bool:
        """Whether the folder is here."""
        return (self.root / name).is_dir()

    def local(self, name: str, *, done: bool) -> Path:
        """The folder itself."""
        if not self.has(name):
            raise JobFilesError(
                "The files of the job are on another machine, or were removed.",
                fix="where several machines share a database, set SIZZLE_UPLOADS on all of them.",
            )
        return self.root / name

    def keep(self, name: str) -> None:
        """Flush the files."""
        folder = self.root / name
        for path in folder.iterdir():
            with suppress(OSError):  # a pipe, or removed meanwhile
                sync(path)
        sync(folder)

    def write_file(self, name: str, file: str, content: bytes) -> None:
        """Replace it in the folder."""
        write_bytes(self.root / name / file, content)

    def remove_file(self, name: str, file: str) -> None:
        """Remove it from the folder."""
        (self.root / name / file).unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Remove the folder, at once for others."""
        away = self.root / f".{token_hex(8)}.removed"
        with suppress(FileNotFoundError):
            (self.root / name).rename(away)
        shutil.rmtree(away, ignore_errors=True)

    def abandoned(self, age: float) -> Iterator[str]:
        """The folders that were last changed so long ago."""
        for path in self.root.iterdir() if self.root.is_dir() else ():
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - age:
                    yield path.name


def job_files(root: Path, uploads: str | None, queue: str) -> JobFiles:
    """Where the files of a queue are.

    Args:
        root: a local folder.
        uploads: a folder that all machines see, or an object store's URL; None for `root`.
        queue: its name.

    Raises:
        InputError: a URL that cannot be used.
    """
    if uploads is None:
        return FolderFiles(root)
    if not is_store_url(uploads):
        return FolderFiles(Path(uploads).absolute() / queue)
    from sizzle.jobs.object_files import ObjectFiles

    return ObjectFiles.open(f"{uploads.rstrip('/')}/{queue}", root)
