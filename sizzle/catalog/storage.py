"""Where a catalog's files live: one narrow seam, with a folder and an object store behind it.

Names are relative, with `/` between parts. Two kinds of files exist. Segments are named by their
own hash and never change, so writing one twice is harmless. Manifests and the announcement are
small, and are written only if nobody else has written them meanwhile: `swap`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

UNFINISHED = "unfinished"
"""The folder of files that are being written, or were when their writer died."""


class Token(NamedTuple):
    """The state of a file when it was read, by whatever its storage compares."""

    content: bytes | None = None
    e_tag: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Blob:
    """What a file holds, and the token to replace just that."""

    data: bytes
    token: Token


class StoredFile(NamedTuple):
    """A file in a listing: its size in bytes, and when it was written, in seconds since 1970."""

    name: str
    size: int
    modified: float


class Storage(Protocol):
    """A place for files. Every method raises CatalogError where the place fails."""

    @property
    def location(self) -> str:
        """Where it is, for people."""

    def read(self, name: str) -> Blob | None:
        """The whole file, or None where there is none."""

    def holds(self, name: str, data: bytes) -> bool:
        """Whether the file, read afresh, has just this content."""

    def put(self, name: str, data: bytes) -> None:
        """Write a file whole or not at all, whether it exists or not, so that it outlives a crash.

        A reader that holds the old file open keeps it as it was.
        """

    def swap(self, name: str, data: bytes, token: Token | None) -> bool:
        """Write as `put` does, but only over what `token` identifies; None is for no file at all.

        Returns:
            Whether it was written; False says that the file is no longer what the token identifies.
        """

    def delete(self, name: str) -> None:
        """Remove a file; one that is not there is fine."""

    def list(self, folder: str) -> Iterator[StoredFile]:
        """The files in a folder, in any order; none where there is no such folder."""

    def local(self, name: str, sha256: str) -> Path | None:
        """A local file to map that holds the file, or None where there is none.

        Args:
            name: of a file that never changes.
            sha256: the hex digest of what it holds.
        """
