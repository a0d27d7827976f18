"""Writes films and contact sheets whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from av.error import FFmpegError

from sizzle.errors import MediaError
from sizzle.files import replacing, sweep


@contextmanager
def write_whole(output: Path) -> Iterator[Path]:
    """A path to write to, which becomes the output if the block ends without an error.

    What killed runs left in the folder is removed first.

    Raises:
        InputError: the folder does not exist or cannot be written to.
        DiskFullError: the disk is full.
        MediaError: it failed half-way.
    """
    sweep(output.parent)
    try:
        with replacing(output) as unfinished:
            yield unfinished
    except (FFmpegError, OSError) as error:
        raise MediaError(
            f"The file cannot be written: {error.strerror or error}.",
            where=str(output),
            fix="check that the disk has space.",
        ) from error
