"""Digests of media files: whether a file is the one that an asset was published with.

A film of hours takes seconds to read, so there are two digests. The sampled one reads blocks that
are spread evenly over the file, thousands of them: it takes milliseconds, and finds any other
encoding, and any other clip. The whole one finds everything.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from sizzle.clips import MediaDigest
from sizzle.errors import MediaError
from sizzle.media_input import unreadable

_SAMPLES: Final = 4096  # in two hours at 24 frames a second, one in each clip of 40 frames
_BLOCK: Final = 1024  # bytes of a sample: more would be slower, and find no other clips
_PIECE: Final = 1 << 20
_DIGITS: Final = 12  # of a digest that people compare

_State: TypeAlias = tuple[int, ...]


def digest_of(path: Path) -> MediaDigest:
    """Both digests of a file. Raises MediaError: it cannot be read, or is no regular file."""
    return MediaDigest(sampled_digest(path), whole_digest(path))


def sampled_digest(path: Path) -> str:
    """The digest of a file's size and of samples of its content. Raises as `digest_of`."""
    return _sampled(path, state_of(path))


def whole_digest(path: Path) -> str:
    """The digest of all of a file; read once while the file stays the same. Raises likewise."""
    return _whole(path, state_of(path))


def check_digest(
    path: Path, expected: MediaDigest | None, published_as: str, *, whole: bool = False
) -> None:
    """Check that a file is the published one.

    Args:
        path: of the file.
        expected: its digest in the index; None where it was published without one.
        published_as: what it was published as, such as `the video of demo`; named in the error.
        whole: whether all of the file is read.

    Raises:
        MediaError: it cannot be read, or is another.
    """
    if expected is None:
        return
    pairs = [(sampled_digest(path), expected.sampled)]
    if whole and pairs[0][0] == pairs[0][1]:
        pairs.append((whole_digest(path), expected.whole))
    for found, wanted in pairs:
        if found != wanted:
            raise MediaError(
                f"It is not the file that was published as {published_as}: its digest is "
                f"{found[:_DIGITS]}, that of the published file {wanted[:_DIGITS]}.",
                where=str(path),
                fix="put the published file back, or ingest the timeline again with this one.",
            )


@contextmanager
def unchanged(*paths: Path) -> Iterator[Callable[[], None]]:
    """Check that files stay the same while the block runs.

    Yields:
        The check, to be called before what is made of the files is put in its place, too.

    Raises:
        MediaError: one cannot be read, is no regular file, or was changed or replaced meanwhile;
            that comes before errors of the block, which follow from it.
    """
    before = {path: state_of(path) for path in paths}

    def check() -> None:
        for path, state in before.items():
            # Without the time of the inode's change, which a mere link to the file sets too.
            if state_of(path)[:-1] != state[:-1]:
                raise MediaError(
                    "It was changed while it was read.",
                    where=str(path),
                    fix="wait until it is written completely, and try again.",
                )

    try:
        yield check
    finally:
        check()


def state_of(path: Path) -> _State:
    """What changes whenever a file is written or replaced. Raises MediaError: no regular file."""
    try:
        found = path.stat()
    except OSError as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise MediaError("It is not a regular file.", where=str(path), fix="check the path.")
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


@lru_cache(maxsize=256)
def _sampled(path: Path, _: _State) -> str:
    with _reading(path) as descriptor:
        size = os.fstat(descriptor).st_size
        digest = hashlib.blake2b(size.to_bytes(8), digest_size=32)
        for start in _starts(size):
            digest.update(os.pread(descriptor, _BLOCK, start))
    return digest.hexdigest()


def _starts(size: int) -> Iterator[int]:
    """Where samples begin: everywhere in a small file, else spread, the last at the very end."""
    if size <= _SAMPLES * _BLOCK:
        yield from range(0, size, _BLOCK)
        return
    for number in range(_SAMPLES):
        yield number * (size - _BLOCK) // (_SAMPLES - 1)


@lru_cache(maxsize=256)
def _whole(path: Path, _: _State) -> str:
    digest = hashlib.sha256()
    with _reading(path) as descriptor:
        while piece := os.read(descriptor, _PIECE):
            digest.update(piece)
    return digest.hexdigest()


@contextmanager
def _reading(path: Path) -> Iterator[int]:
    try:
        # Not waiting for the other end of what has become a pipe meanwhile.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        yield descriptor
    except OSError as error:
        raise unreadable(path, error) from error
    finally:
        os.close(descriptor)
